// Station "lab", scenario files: from what was read to an experiment on this machine's kernel.
import type { EndPlan, Experiment, TapPlan } from '../experiment-plan.ts';
import type { Link, PathPlan } from '../topology.ts';
import type { ReceivePlan, SendPlan, SocketPlan } from '../traffic-plan.ts';
import { PERFECT, type WireCard, type WireDirection, type WirePlan } from '../wire-plan.ts';
import { prepare } from './prepare.ts';
import type {
  ScenarioCard,
  ScenarioDirection,
  ScenarioExchange,
  ScenarioFile,
  ScenarioLink,
  ScenarioSender,
  ScenarioSocket,
  ScenarioTap,
} from './scenario.ts';

const PORT = 5201;
const USUAL_WRITE_BYTES = 65_536;
const USUAL_READ_BYTES = 262_144;
const USUAL_DURATION_US = 20_000_000;
const USUAL_SNAPLEN = 128;
/** What is recorded on a wire or SPAN port. */
const WIRE_FILE = 'wire.pcap';
const USUAL_PEER_RTT_US = 1000;
const MSS_OPTION = 1460;

/** The experiment that a scenario file describes. */
export function toExperiment(file: ScenarioFile): Experiment {
  const taps = file.taps ?? [{ at: 'sender' as const }, ...(hasReceiver(file) ? [{ at: 'receiver' as const }] : [])];
  const tracked = taps.some(({ at }) => at === 'wire');
  return {
    scenario: file.name,
    description: file.description,
    seed: file.seed ?? 1,
    parameters: {},
    path: pathPlan(file, tracked),
    senderFeatures: file.sender.features ?? {},
    receiverFeatures: file.receiver?.features ?? {},
    mergedBy: file.truth?.['merged-by'] ?? null,
    prepare: prepare(file),
    senderIs: file['data-from'] ?? 'client',
    sender: senderPlan(file.sender),
    receiver: receiverPlan(file),
    taps: taps.filter(({ at }) => at !== 'wire').map((tap, index, all) => tapPlan(tap, all.slice(0, index), file)),
    smallPacketsReason: file.truth?.['small-packets'] ?? null,
    port: PORT,
    deadlineMs: (file.duration ?? USUAL_DURATION_US) / 1000,
    sampleEveryMs: 20,
  };
}

const hasReceiver = (file: ScenarioFile): boolean => !file.loopback && !file.receiver?.windows;

function pathPlan(file: ScenarioFile, tracked: boolean): PathPlan {
  const base = { family: file.family ?? 4, middles: [], links: [], middleLikeWire: true } as const;
  if (file.loopback) return { ...base, loopback: true };
  const { windows } = file.receiver ?? {};
  if (windows) {
    const scale = file.receiver?.['window-scale'];
    const peer = {
      mssOption: MSS_OPTION,
      rttUs: file.receiver?.['round-trip'] ?? USUAL_PEER_RTT_US,
      ackEverySegments: 2,
      tso: file.sender.features?.['tso'] ?? true,
      windows: windows.map((rule) => ({
        atMs: (rule.at ?? 0) / 1000,
        kind: rule.raw === undefined ? ('frozen' as const) : ('constant' as const),
        raw: rule.raw ?? 0,
      })),
      ...(scale === undefined ? {} : { windowScale: scale }),
      ...(tracked ? { recordFile: WIRE_FILE } : {}),
    };
    return { ...base, peer };
  }
  const parts = file.path ?? [{ link: {} }];
  const middles = parts.flatMap((part) => (part.bridge ? ['bridge' as const] : part.router ? ['router' as const] : []));
  const cuts = parts.every((part) => (part.bridge ?? part.router)?.offloads !== true);
  const stretches = parts.flatMap(({ link }) => (link === undefined ? [] : [link]));
  // What is on the wire is recorded on the first link that is more than a cable; if all are cables, the first becomes one.
  const recorded = tracked
    ? Math.max(
        0,
        stretches.findIndex((link) => !isCable(link)),
      )
    : -1;
  const links = stretches.map((link, index) => linkPlan(link, file.seed ?? 1, index === recorded));
  return { ...base, middles, links, middleLikeWire: cuts };
}

/** Nothing but perhaps an MTU is said of it. */
const isCable = (link: ScenarioLink): boolean => Object.keys(link).every((key) => key === 'mtu');

function linkPlan(link: ScenarioLink, seed: number, record: boolean): Link {
  const { mtu, back, 'sender-card': left, 'receiver-card': right, ...forward } = link;
  const size = mtu === undefined ? {} : { mtu };
  if (isCable(link) && !record) return { kind: 'veth', ...size };
  const same = {
    ...(forward.rate === undefined ? {} : { rate: forward.rate }),
    ...(forward.delay === undefined ? {} : { delay: forward.delay }),
  };
  const plan: WirePlan = {
    left: cardPlan(left),
    right: cardPlan(right),
    leftToRight: directionPlan(forward),
    rightToLeft: directionPlan({ ...same, ...back }),
    seed,
    ...(record ? { recordFile: WIRE_FILE, recordAt: 0.5, recordSnaplen: USUAL_SNAPLEN } : {}),
  };
  return { kind: 'wire', plan, ...size };
}

function directionPlan(direction: ScenarioDirection): WireDirection {
  return {
    rateBitsPerSecond: direction.rate ?? PERFECT.rateBitsPerSecond,
    delayUs: direction.delay ?? PERFECT.delayUs,
    queueBytes: direction.queue ?? PERFECT.queueBytes,
    lossShare: direction.loss ?? PERFECT.lossShare,
    lossList: direction.lose ?? PERFECT.lossList,
    reorderShare: direction.reorder ?? PERFECT.reorderShare,
    reorderUs: direction['reorder-by'] ?? PERFECT.reorderUs,
  };
}

function cardPlan(card: ScenarioCard | undefined): WireCard {
  const flushUs = card?.['gro-flush'];
  return {
    tso: card?.tso ?? true,
    receive: card?.receive ?? 'segment',
    moderationUs: card?.moderation ?? 0,
    ...(flushUs === undefined ? {} : { groFlushNs: flushUs * 1000 }),
  };
}

function senderPlan(sender: ScenarioSender): EndPlan {
  const { send, exchange, 'start-after': startAfter } = sender;
  const stream: SendPlan | undefined = send && {
    bytes: send.bytes,
    writeBytes: send.write ?? USUAL_WRITE_BYTES,
    ...(send.every === undefined ? {} : { intervalUs: send.every }),
    ...(send['writes-each-time'] === undefined ? {} : { writesPerInterval: send['writes-each-time'] }),
  };
  return {
    socket: socketPlan(sender.socket),
    ...(stream === undefined ? {} : { send: stream }),
    ...exchangePart(exchange),
    ...(startAfter === undefined ? {} : { startAfterMs: startAfter / 1000 }),
  };
}

function receiverPlan(file: ScenarioFile): EndPlan {
  const { read, socket } = file.receiver ?? {};
  if (file.sender.exchange) return { socket: socketPlan(socket), ...exchangePart(file.sender.exchange) };
  const receive: ReceivePlan = {
    readBytes: read?.bytes ?? USUAL_READ_BYTES,
    ...(read?.every === undefined ? {} : { intervalUs: read.every }),
    ...(read?.record === undefined ? {} : { recordBytes: read.record }),
    ...(read?.['stop-after'] === undefined ? {} : { stopAfterBytes: read['stop-after'] }),
    ...(read?.['stop-for'] === undefined ? {} : { stopUs: read['stop-for'] }),
  };
  return { socket: socketPlan(socket), receive };
}

function exchangePart(exchange: ScenarioExchange | undefined): Pick<EndPlan, 'exchange'> {
  if (!exchange) return {};
  const { rounds, request, response, think, 'writes-per-request': writes } = exchange;
  return {
    exchange: {
      rounds,
      requestBytes: request,
      responseBytes: response,
      ...(think === undefined ? {} : { thinkUs: think }),
      ...(writes === undefined ? {} : { writesPerRequest: writes }),
    },
  };
}

function socketPlan(socket: ScenarioSocket | undefined): SocketPlan {
  if (!socket) return {};
  const { nodelay, cork, pacing } = socket;
  const plan: { -readonly [K in keyof SocketPlan]: SocketPlan[K] } = {};
  if (nodelay !== undefined) plan.noDelay = nodelay;
  if (cork !== undefined) plan.cork = cork;
  if (pacing !== undefined) plan.pacingBytesPerSecond = pacing / 8;
  if (socket['congestion-control'] !== undefined) plan.congestionControl = socket['congestion-control'];
  if (socket['send-buffer'] !== undefined) plan.sndbufBytes = socket['send-buffer'];
  if (socket['receive-buffer'] !== undefined) plan.rcvbufBytes = socket['receive-buffer'];
  if (socket['max-segment'] !== undefined) plan.maxSegmentBytes = socket['max-segment'];
  return plan;
}

function tapPlan(tap: ScenarioTap, before: readonly ScenarioTap[], file: ScenarioFile): TapPlan {
  const { at, device, late } = tap;
  const name = device === undefined ? at : `${at}-${device}`;
  const taken = before.filter((other) => other.at === at && other.device === device).length;
  const inside = device === 'vxlan0';
  return {
    at: at === 'middle' || at === 'wire' ? { middle: 0, side: tap.side === 'sender' ? 'left' : 'right' } : at,
    file: `${name}${taken === 0 ? '' : taken + 1}.pcap`,
    snaplen: tap.snaplen ?? USUAL_SNAPLEN,
    nanoseconds: true,
    ...(device === undefined || device === 'any' ? {} : { device }),
    ...(device === 'any' ? { any: 'LINUX_SLL2' as const } : {}),
    ...(file.loopback ? { sees: 'both' as const } : {}),
    ...(file.vxlan && !inside ? { encapsulation: 'vxlan' as const } : {}),
    ...(file.vlan === undefined ? {} : { encapsulation: 'vlan' as const }),
    ...(late === undefined ? {} : { late }),
  };
}
