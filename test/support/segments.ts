// Captures written as readable lines, one frame a line, as in
//
//   client > server syn mss 1460 sackok ts 1:0 wscale 7 win 64240 at 0ms
//   server > client syn ack 1 mss 1460 win 65160 at 20ms
//   client > server seq 1:1449 ack 1 win 512 ts 100:90 at 20.1ms
//
// Sequence numbers count from the side's SYN (0), as Wireshark shows them. IP IDs follow each host's counter, which advances
// by the segments of the frame as Linux's does, checksums are right, and the frames are whole, unless a word says otherwise.

import { CaptureAnalysis } from '../../src/analysis/capture-analysis.ts';
import type {
  CaptureMeasurement,
  ConnectionMeasurement,
  DirectionMeasurement,
} from '../../src/analysis/measurement.ts';
import { checksumField, onesSum } from '../../src/bytes/checksum.ts';
import { timeNs } from '../../src/bytes/time.ts';
import { createExplainer } from '../../src/explain.ts';
import { BatchLoader } from '../../src/packets/load.ts';
import { encodeFrame, type FrameSpec, type IpSpec, type TunnelSpec } from '../../src/wire/encode.ts';
import { FrameFlags, type FrameSink, LinkType } from '../../src/wire/frame.ts';
import { Ipv4, writeIpv4Checksum } from '../../src/wire/ipv4.ts';
import { TcpFlag } from '../../src/wire/tcp-flags.ts';

/** One end. Addresses are 10.0.0.N or fd00::N. */
export interface Host {
  readonly address: number;
  readonly port: number;
  readonly initialSequence: number;
  readonly firstId: number;
  readonly ttl: number;
}

export interface SegmentOptions {
  readonly ipVersion?: 4 | 6;
  readonly hosts?: Readonly<Record<string, Partial<Host>>>;
  /** Payload of a full segment, by which IP IDs advance; 1,448 when not given. */
  readonly segmentBytes?: number;
  /** Added to every time, in ns, and to every sequence number, IP ID and timestamp value. */
  readonly shift?: {
    readonly ns?: number;
    readonly sequence?: number;
    readonly id?: number;
    readonly timestamp?: number;
  };
}

/** A frame as a sink gets it. */
export interface SegmentFrame {
  readonly bytes: Uint8Array;
  readonly originalLength: number;
  readonly ns: number;
  readonly interfaceIndex: number;
  readonly flags: number;
}

const defaultHosts: Readonly<Record<string, Host>> = {
  client: { address: 1, port: 40_000, initialSequence: 1_000, firstId: 100, ttl: 64 },
  server: { address: 2, port: 5_201, initialSequence: 900_000, firstId: 7_000, ttl: 64 },
  router: { address: 254, port: 0, initialSequence: 0, firstId: 1, ttl: 64 },
};

const flagOfWord: Readonly<Record<string, number>> = {
  syn: TcpFlag.Syn,
  fin: TcpFlag.Fin,
  rst: TcpFlag.Rst,
  psh: TcpFlag.Psh,
  ece: TcpFlag.Ece,
  cwr: TcpFlag.Cwr,
};

const epbFlagOfWord: Readonly<Record<string, number>> = {
  inbound: FrameFlags.Inbound,
  outbound: FrameFlags.Outbound,
  offloaded: FrameFlags.SegmentationOffload,
};

const valueWords = new Set([
  ...['seq', 'ack', 'win', 'mss', 'wscale', 'ts', 'sack', 'id', 'segments', 'ttl', 'tos', 'at', 'if', 'snap', 'vlan'],
  ...['port', 'udp', 'too-big', 'fragment', 'vxlan'],
]);
const bareWords = new Set([
  ...Object.keys(flagOfWord),
  ...Object.keys(epbFlagOfWord),
  'sackok',
  'partial',
  'wrong',
  'padded',
]);

interface Words {
  readonly from: string;
  readonly to: string;
  readonly values: ReadonlyMap<string, string>;
  readonly bare: ReadonlySet<string>;
}

const nanosecondsPerUnit: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 };

function parseLine(line: string): Words {
  const words = line.trim().split(/\s+/);
  const [from, arrow, to] = words;
  if (from === undefined || to === undefined || arrow !== '>') throw new Error(`no "a > b" in: ${line}`);
  const values = new Map<string, string>();
  const bare = new Set<string>();
  for (let at = 3; at < words.length; at++) {
    const word = words[at] ?? '';
    if (bareWords.has(word)) bare.add(word);
    else if (valueWords.has(word)) values.set(word, words[++at] ?? '');
    else throw new Error(`"${word}" in: ${line}`);
  }
  if (!values.has('at')) throw new Error(`no time in: ${line}`);
  return { from, to, values, bare };
}

function parseTime(text: string): number {
  const match = /^([\d.]+)(ns|us|ms|s)$/.exec(text);
  const unit = nanosecondsPerUnit[match?.[2] ?? ''];
  if (match?.[1] === undefined || unit === undefined) throw new Error(`no time: ${text}`);
  return Math.round(Number(match[1]) * unit);
}

/** `a:b`; `a` alone is `a:a`. */
function pair(text: string): [number, number] {
  const [first = Number.NaN, second = first] = text.split(':').map(Number);
  if (Number.isNaN(first + second)) throw new Error(`no numbers: ${text}`);
  return [first, second];
}

const u16 = (value: number): number[] => [(value >>> 8) & 0xff, value & 0xff];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value)];

/** Encodes lines; holds what one frame takes from those before it. */
class Encoder {
  readonly #options: SegmentOptions;
  readonly #ids = new Map<string, number>();

  constructor(options: SegmentOptions) {
    this.#options = options;
  }

  #host(name: string): Host {
    const base = defaultHosts[name] ?? defaultHosts['client'];
    if (base === undefined) throw new Error(`no host ${name}`);
    return { ...base, ...this.#options.hosts?.[name] };
  }

  frame(line: string): SegmentFrame {
    const words = parseLine(line);
    const { values, bare } = words;
    const spec = this.#spec(words);
    const room = new Uint8Array(spec.payload.length + 1024);
    let { length } = encodeFrame(spec, room);
    if (values.has('too-big')) this.#writeTooBig(room, Number(values.get('too-big')));
    if (bare.has('padded')) length = Math.max(length, 60);
    const captured = Math.min(length, Number(values.get('snap') ?? length));
    return {
      bytes: room.slice(0, captured),
      originalLength: length,
      ns: parseTime(values.get('at') ?? '') + (this.#options.shift?.ns ?? 0),
      interfaceIndex: Number(values.get('if') ?? 0),
      flags: [...bare].reduce((flags, word) => flags | (epbFlagOfWord[word] ?? 0), 0),
    };
  }

  #spec(words: Words): FrameSpec {
    const { from, to, values, bare } = words;
    const [source, destination] = [this.#host(from), this.#host(to)];
    const syn = bare.has('syn');
    const [start, end] = pair(values.get('seq') ?? (syn ? '0' : '1'));
    const udpBytes = values.get('udp');
    const payloadBytes = udpBytes === undefined ? end - start : Number(udpBytes);
    const common = {
      macSource: source.address,
      macDestination: destination.address,
      ip: this.#ip(words, source, destination, payloadBytes),
      payload: new Uint8Array(payloadBytes).fill(0x5a),
      checksum: bare.has('partial') ? ('partial' as const) : bare.has('wrong') ? 1 : ('full' as const),
      ...(values.has('vlan') ? { vlanTags: [Number(values.get('vlan'))] } : {}),
      ...(values.has('vxlan') ? { tunnel: this.#vxlan(Number(values.get('vxlan'))) } : {}),
    };
    if (values.has('too-big')) return { ...common, payload: this.#quoted(words), checksum: 'none' };
    const ports = { sourcePort: Number(values.get('port') ?? source.port), destinationPort: destination.port };
    if (source.port < destination.port && values.has('port')) {
      ports.sourcePort = source.port;
      ports.destinationPort = Number(values.get('port'));
    }
    if (udpBytes !== undefined) return { ...common, udp: ports };
    const ack = values.get('ack');
    const shift = this.#options.shift?.sequence ?? 0;
    const names = [...bare].reduce((flags, word) => flags | (flagOfWord[word] ?? 0), 0);
    return {
      ...common,
      tcp: {
        ...ports,
        sequence: (source.initialSequence + start + shift) >>> 0,
        acknowledgement: ack === undefined ? 0 : (destination.initialSequence + Number(ack) + shift) >>> 0,
        flags: names | (ack === undefined ? 0 : TcpFlag.Ack),
        window: Number(values.get('win') ?? 512),
        options: this.#tcpOptions(words, destination.initialSequence + shift),
      },
    };
  }

  #ip(words: Words, source: Host, destination: Host, payloadBytes: number): IpSpec {
    const { from, values } = words;
    const version = this.#options.ipVersion ?? 4;
    const fixed = { version, source: source.address, destination: destination.address };
    const marks = { hops: Number(values.get('ttl') ?? source.ttl), trafficClass: Number(values.get('tos') ?? 0) };
    if (version === 6) return { ...fixed, ...marks };
    const segments = Number(
      values.get('segments') ?? Math.max(1, Math.ceil(payloadBytes / (this.#options.segmentBytes ?? 1448))),
    );
    const id = Number(values.get('id') ?? this.#ids.get(from) ?? source.firstId);
    this.#ids.set(from, id + segments);
    const identification = (id + (this.#options.shift?.id ?? 0)) & 0xffff;
    const fragment = values.has('fragment') ? { fragment: Number(values.get('fragment')) } : {};
    return { ...fixed, ...marks, identification, ...fragment };
  }

  #tcpOptions(words: Words, acknowledgedBase: number): Uint8Array {
    const { values, bare } = words;
    const shift = this.#options.shift?.timestamp ?? 0;
    const bytes: number[] = [];
    if (values.has('mss')) bytes.push(2, 4, ...u16(Number(values.get('mss'))));
    if (bare.has('sackok')) bytes.push(1, 1, 4, 2);
    if (values.has('ts')) {
      const [value, echo] = pair(values.get('ts') ?? '');
      bytes.push(1, 1, 8, 10, ...u32((value + shift) >>> 0), ...u32((echo + shift) >>> 0));
    }
    if (values.has('wscale')) bytes.push(1, 3, 3, Number(values.get('wscale')));
    const blocks = values.get('sack')?.split(',') ?? [];
    if (blocks.length > 0) bytes.push(1, 1, 5, 2 + 8 * blocks.length);
    for (const block of blocks) {
      for (const edge of pair(block)) bytes.push(...u32((acknowledgedBase + edge) >>> 0));
    }
    return Uint8Array.from(bytes);
  }

  #vxlan(identifier: number): TunnelSpec {
    const outer: IpSpec = { version: 4, source: 101, destination: 102, hops: 64, trafficClass: 0, identification: 1 };
    return { kind: 'vxlan', outer, sourcePort: 50_000, identifier };
  }

  /** ICMP header, then the start of a packet that the destination sent to the server. */
  #quoted(words: Words): Uint8Array {
    const spec = this.#spec({
      from: words.to,
      to: 'server',
      values: new Map([
        ['seq', words.values.get('seq') ?? '1:1449'],
        ['ack', '1'],
      ]),
      bare: new Set(),
    });
    const whole = new Uint8Array(spec.payload.length + 1024);
    encodeFrame(spec, whole);
    return Uint8Array.from([...new Uint8Array(8), ...whole.subarray(14, 14 + 28)]);
  }

  /** Type 3 code 4 with the next hop's MTU (RFC 1191 section 4), around the payload that `#quoted` made. */
  #writeTooBig(frame: Uint8Array, mtuBytes: number): void {
    const view = new DataView(frame.buffer);
    view.setUint8(14 + Ipv4.protocol, 1);
    view.setUint16(34, 0x0304);
    view.setUint16(40, mtuBytes);
    view.setUint16(36, checksumField(onesSum(view, 34, 36, 0)));
    writeIpv4Checksum(view, 14);
  }
}

/** The frames of a capture. Blank lines and lines that start with `#` are skipped. */
export function framesOf(lines: string, options: SegmentOptions = {}): SegmentFrame[] {
  const encoder = new Encoder(options);
  return lines
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('#'))
    .map((line) => encoder.frame(line));
}

/** Hands frames to a sink as a reader would: interfaces first, bytes only lent. `afterFrame` is called after each. */
export function feed(frames: readonly SegmentFrame[], sink: FrameSink, afterFrame?: (count: number) => void): void {
  const interfaces = new Set([0, ...frames.map((frame) => frame.interfaceIndex)]);
  for (const index of [...interfaces].sort()) sink.onInterface({ index, linkType: LinkType.Ethernet });
  const lent = new Uint8Array(Math.max(60, ...frames.map((frame) => frame.bytes.length)) + 3);
  const view = new DataView(lent.buffer);
  frames.forEach(({ bytes, originalLength, ns, interfaceIndex, flags }, index) => {
    lent.fill(0xa5);
    lent.set(bytes, 3);
    sink.onFrame(view, 3, bytes.length, originalLength, timeNs(ns), interfaceIndex, flags);
    afterFrame?.(index + 1);
  });
}

/** Measures a capture as `explain` does. */
export function measureCapture(
  frames: readonly SegmentFrame[],
): Omit<CaptureMeasurement, 'connections'> & { readonly connections: readonly ConnectionMeasurement[] } {
  const explainer = createExplainer({ captureIndex: 0 });
  feed(frames, explainer.sink);
  const { connections, ...rest } = explainer.finish();
  return { ...rest, connections: [...connections] };
}

/** Measures the connections of a capture in batches of `rows` rows. */
export function measureInBatches(frames: readonly SegmentFrame[], rows: number): readonly ConnectionMeasurement[] {
  const analysis = new CaptureAnalysis(0);
  const loader = new BatchLoader((_, decoder) => analysis.consume(decoder), { batch: analysis.batch });
  feed(frames, loader, (count) => {
    if (count % rows === 0) loader.flush();
  });
  loader.flush();
  return [...analysis.measurements()];
}

/** Measures the only connection of some lines. */
export function measure(lines: string, options: SegmentOptions = {}): ConnectionMeasurement {
  const { connections } = measureCapture(framesOf(lines, options));
  const [connection] = connections;
  if (connection === undefined || connections.length !== 1) throw new Error(`${connections.length} connections`);
  return connection;
}

/** What was measured of the client's data in some lines. */
export function clientData(lines: string, options: SegmentOptions = {}): DirectionMeasurement {
  return measure(lines, options).directions[0];
}

/** SYN, SYN-ACK, ACK over 20 ms seen beside the client; no timestamps, so a full segment is 1,460 bytes unless told. */
export function handshake(words: { readonly client?: string; readonly server?: string } = {}): string {
  const { client = 'mss 1460 sackok wscale 7', server = 'mss 1460 sackok wscale 7' } = words;
  return `
    client > server syn ${client} win 64240 at 0ms
    server > client syn ack 1 ${server} win 65160 at 20ms
    client > server ack 1 win 502 at 20.01ms
  `;
}

/** `rounds` round trips of 20 ms seen beside the client: `burst` segments, then one acknowledgement with `window`. */
export function bulk(rounds: number, burst: number, window: number): string {
  return Array.from({ length: rounds }, (_, round) => {
    const at = 30 + round * 20;
    const first = 1 + round * burst * 1460;
    const data = Array.from({ length: burst }, (__, i) => {
      return `client > server seq ${first + i * 1460}:${first + (i + 1) * 1460} ack 1 at ${(at + i / 1000).toFixed(3)}ms`;
    });
    return [...data, `server > client ack ${first + burst * 1460} win ${window} at ${at + 19.9}ms`].join('\n');
  }).join('\n');
}
