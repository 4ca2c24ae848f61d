// Station "offload", machine side: a capture's wire packets (cut as `wire` cuts them) as a table, for the comparison of two taps.

import { type PairDirections, PairTable } from '../../analysis/pair-table.ts';
import type { EpochTime, TimeNs } from '../../bytes/time.ts';
import { createCaptureReader } from '../../capture/chunk-reader.ts';
import type { RawKind } from '../../capture/record-parser.ts';
import { ipv4Text, ipv6Text } from '../../flow/address.ts';
import { FrameLayers, LayerKind } from '../../offload/layers.ts';
import { type DirectionSizes, SegmentSizer } from '../../offload/segment-sizer.ts';
import type { CaptureInterface, FrameSink } from '../../wire/frame.ts';
import { IpProtocol, Ipv4 } from '../../wire/ipv4.ts';
import { Ipv6 } from '../../wire/ipv6.ts';
import { Tcp } from '../../wire/tcp.ts';
import { TcpFlag } from '../../wire/tcp-flags.ts';
import { WireRewriter } from './wire-rewriter.ts';

/** Takes a capture (of one of its interfaces, or of all) and fills a table with its wire packets. */
export class WireCollector implements FrameSink {
  readonly table: PairTable = new PairTable();
  readonly interfaces: CaptureInterface[] = [];
  private readonly sink: PacketSink;
  private readonly chosen: number | undefined;
  private readonly rewriter: WireRewriter;
  private readonly reader: ReturnType<typeof createCaptureReader>;
  private record: Uint8Array = new Uint8Array(0);
  /** Frame numbers of the file, by those of the chosen interface; and of packets that the second reader has not had yet. */
  private readonly frameNumbers: number[] = [];
  private readonly origins: number[] = [];
  private nextOrigin = 0;
  private frames = 0;

  constructor(directions: PairDirections, chosen?: number) {
    this.chosen = chosen;
    this.sink = new PacketSink(this.table, directions, () => this.takeOrigin());
    this.reader = createCaptureReader(this.sink, { file: 'wire' });
    this.rewriter = new WireRewriter((bytes) => this.reader.write(bytes));
    this.rewriter.onWholeFrame = (view, start, captured, time, layers) => {
      if (layers !== undefined) this.sink.take(view, start, captured, time, layers, this.frames);
    };
    this.rewriter.onPacketOut = (packetNumber) => this.origins.push(this.frameNumbers[packetNumber - 1] ?? 0);
  }

  private takeOrigin(): number {
    const origin = this.origins[this.nextOrigin] ?? 0;
    this.nextOrigin += 1;
    return origin;
  }

  readonly onRawBlock = (bytes: Uint8Array, kind: RawKind): void => {
    if (kind === 'frame') this.record = bytes;
    else this.rewriter.onRawBlock(bytes, kind);
  };

  onInterface(info: CaptureInterface): void {
    this.interfaces.push(info);
    this.rewriter.onInterface(info);
  }

  onFirstTime(epoch: EpochTime): void {
    this.sink.zero = epoch;
  }

  /** The absolute time of the table's time 0; undefined when it is empty. */
  get firstTime(): EpochTime | undefined {
    return this.table.count === 0 ? undefined : this.sink.zero;
  }

  onFrame(
    view: DataView,
    start: number,
    captured: number,
    original: number,
    time: TimeNs,
    index: number,
    flags: number,
  ): void {
    this.frames += 1;
    if (this.chosen !== undefined && index !== this.chosen) return;
    this.frameNumbers.push(this.frames);
    this.rewriter.onRawBlock(this.record, 'frame');
    this.rewriter.onFrame(view, start, captured, original, time, index, flags);
  }

  /** The input has ended. */
  finish(): void {
    this.rewriter.finish();
    if (this.frameNumbers.length > 0) this.reader.end();
  }
}

/** Takes the packets of the cut capture into the table, and those that needed no cut. */
class PacketSink implements FrameSink {
  /** The absolute time of the table's time 0, and what has to be added to times of the cut capture. */
  zero: EpochTime | undefined = undefined;
  private shiftNs = 0;
  private readonly table: PairTable;
  private readonly directions: PairDirections;
  private readonly origin: () => number;
  private readonly linkTypes: number[] = [];
  private readonly layers: FrameLayers = new FrameLayers();
  private readonly sizer: SegmentSizer = new SegmentSizer();
  private readonly indexes: Map<DirectionSizes, number> = new Map();

  constructor(table: PairTable, directions: PairDirections, origin: () => number) {
    this.table = table;
    this.directions = directions;
    this.origin = origin;
  }

  onInterface(info: CaptureInterface): void {
    this.linkTypes[info.index] = info.linkType;
  }

  onFirstTime(epoch: EpochTime): void {
    const { seconds, nanoseconds } = this.zero ?? epoch;
    this.shiftNs = (epoch.seconds - seconds) * 1e9 + (epoch.nanoseconds - nanoseconds);
  }

  onFrame(view: DataView, start: number, captured: number, original: number, time: TimeNs, index: number): void {
    const frame = this.origin();
    const { layers } = this;
    if (!layers.parse(view, start, captured, original, this.linkTypes[index] ?? -1)) return;
    this.take(view, start, captured, time + this.shiftNs, layers, frame);
  }

  take(view: DataView, start: number, captured: number, timeNs: number, layers: FrameLayers, frame: number): void {
    if (layers.transport !== IpProtocol.Tcp) return;
    const tcp = start + layers.transportOffset;
    const flags = view.getUint8(tcp + Tcp.flags) | ((view.getUint8(tcp + Tcp.dataOffset) & 1) << 8);
    const control = ((flags & TcpFlag.Syn) >> 1) + (flags & TcpFlag.Fin);
    const inner = layers.innerIpLayer;
    const isV4 = layers.kinds[inner] === LayerKind.Ipv4;
    this.table.add({
      direction: this.directionOf(view, start, layers),
      sequence: view.getInt32(tcp + Tcp.sequence),
      sequenceBytes: layers.payloadBytes + control,
      acknowledgement: view.getInt32(tcp + Tcp.acknowledgement),
      flags,
      identification: isV4 ? view.getUint16(start + layers.offsets[inner]! + Ipv4.identification) : -1,
      headerHash: hashHeader(view, tcp, Math.min(start + captured, start + layers.payloadOffset)),
      timeNs,
      frame,
    });
  }

  private directionOf(view: DataView, start: number, layers: FrameLayers): number {
    const key = this.sizer.direction(view, start, layers, 0);
    const known = this.indexes.get(key);
    if (known !== undefined) return known;
    const ip = start + layers.offsets[layers.innerIpLayer]!;
    const isV4 = layers.kinds[layers.innerIpLayer] === LayerKind.Ipv4;
    const ports = start + layers.transportOffset;
    const from = `${address(view, ip, isV4, 0)}:${view.getUint16(ports)}`;
    const to = `${address(view, ip, isV4, 1)}:${view.getUint16(ports + 2)}`;
    const index = this.directions.index(from, to);
    this.indexes.set(key, index);
    return index;
  }
}

/** Window, urgent pointer and options, as far as they were captured: what no path changes. */
function hashHeader(view: DataView, tcp: number, end: number): number {
  let mixed = view.getUint16(tcp + Tcp.window) ^ (view.getUint16(tcp + Tcp.urgentPointer) << 16);
  for (let at = tcp + Tcp.options; at + 4 <= end; at += 4)
    mixed = Math.imul(mixed ^ view.getInt32(at), 0x85eb_ca6b) ^ (mixed >>> 13);
  return mixed;
}

function address(view: DataView, ip: number, isV4: boolean, which: 0 | 1): string {
  if (isV4) return ipv4Text(view.getUint32(ip + Ipv4.source + 4 * which));
  const at = ip + Ipv6.source + 16 * which;
  return `[${ipv6Text([view.getUint32(at), view.getUint32(at + 4), view.getUint32(at + 8), view.getUint32(at + 12)])}]`;
}
