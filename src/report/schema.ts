// Station "report": the promise to readers of the JSON, as a zod schema and as JSON Schema. Loaded only when asked for: zod
// costs start-up time. Objects are open: more fields may be added beside these. Fields marked `extra` are such additions: every
// report of ours has them, but the JSON Schema does not require them.

import { z } from 'zod';
import type {
  CaptureReport,
  ConnectionReport,
  DirectionReport,
  FindingReport,
  Report,
  UdpFlowReport,
  VerdictReport,
} from './model.ts';

const extras = new WeakSet<object>();

/** Marks a field that is not in the contract of version 1. */
function extra<T extends z.ZodType>(schema: T): T {
  const marked = schema.describe('beside the contract of version 1');
  extras.add(marked);
  return marked;
}

const share = z.number().min(0).max(1);
const count = z.int().nonnegative();
const packetNumber = z.int().positive().describe("Wireshark's frame.number");
const nanoseconds = z.number().nonnegative();
const bytes = count.describe('bytes');
const endpoint = z.looseObject({ ip: z.string(), port: z.int().min(0).max(65_535) });
const point = z.enum(['sender', 'receiver', 'between', 'unknown']);
const severity = z.enum(['problem', 'notice', 'info', 'healthy']);
const belief = z.enum(['yes', 'no', 'cannot-tell']);

const warning = z.looseObject({ code: z.string(), count, message: z.string() });

const capture: z.ZodType<CaptureReport> = z.looseObject({
  path: z.string(),
  format: z.enum(['pcap', 'pcapng']),
  compression: z.enum(['gzip', 'zstd']).nullable(),
  linkTypes: z.array(z.string()),
  packets: count,
  capturedBytes: bytes,
  originalBytes: bytes,
  firstTime: z.string().nullable().describe('ISO 8601, UTC, nanoseconds'),
  durationNs: nanoseconds,
  damage: z.looseObject({ packet: packetNumber.nullable(), offset: count.nullable(), message: z.string() }).nullable(),
  warnings: z.array(warning),
  otherPackets: extra(z.looseObject({ udp: count, icmp: count, other: count, undecoded: count, undecodedCut: count })),
});

const smallReason = z.enum([
  'receive-window',
  'application',
  'send-buffer',
  'congestion-window',
  'pacing',
  'segmentation-off',
  'path-mtu',
  'split-below-tcp',
  'retransmission',
  'unknown',
]);

const limits = z
  .looseObject({
    busyNs: nanoseconds,
    receiveWindow: share.nullable(),
    sender: share.nullable(),
    network: share.nullable(),
    recovery: share.nullable(),
    inferredNs: extra(
      nanoseconds.describe('of busyNs: nothing was unacknowledged, and data is inferred to have waited'),
    ),
  })
  .describe('shares of busyNs (data unacknowledged, or known or inferred to be waiting)');

const window = z.looseObject({
  scaleShift: z.int().min(0).max(14).nullable(),
  minBytes: bytes.nullable(),
  medianBytes: z.number().nonnegative().nullable(),
  maxBytes: bytes.nullable(),
  zeroWindowPeriods: count,
  zeroWindowNs: nanoseconds,
  clamped: z.boolean(),
  clampedAtBytes: bytes.nullable(),
  rawMin: extra(z.int().min(0).max(65_535).nullable()),
  rawMax: extra(z.int().min(0).max(65_535).nullable()),
  scaleFrom: extra(z.enum(['handshake', 'bytes-in-flight']).nullable()),
});

const retransmissions = z.looseObject({
  packets: count,
  bytes,
  fast: count,
  timeout: count,
  tailProbe: count,
  spurious: count,
  frames: extra(count),
});

const direction: z.ZodType<DirectionReport> = z.looseObject({
  from: z.enum(['client', 'server']),
  packets: count.describe('frames captured'),
  payloadBytes: bytes,
  uniquePayloadBytes: bytes,
  capturePoint: point,
  capturePointConfidence: share,
  segmentSizeBytes: bytes.nullable().describe('payload of a full wire packet'),
  segmentSizeFrom: z.enum(['handshake', 'observed', 'ip-id']).nullable(),
  maxPayloadBytes: bytes.nullable(),
  medianPayloadBytes: z.number().nonnegative().nullable(),
  superPackets: z.looseObject({
    count,
    shareOfBytes: share,
    kind: z.enum(['tso', 'gro', 'lro', 'mixed', 'unknown']).nullable(),
  }),
  wirePackets: z.looseObject({
    count,
    dataCount: count,
    exactness: z.enum(['known', 'inferred']),
    how: z.array(z.enum(['ip-id', 'epb-flags', 'length', 'handshake', 'single'])),
  }),
  wireBytes: bytes.describe('on the link: headers, FCS, preamble and gap included'),
  tsoInEffect: z.boolean().nullable(),
  receiveMergeInEffect: z.boolean().nullable(),
  smallPackets: z.looseObject({
    present: z.boolean(),
    reason: smallReason.nullable(),
    confidence: share.nullable(),
  }),
  limits,
  limitsOverTime: z.array(
    z.looseObject({
      fromNs: z.number(),
      toNs: z.number(),
      limit: z.enum(['receiveWindow', 'sender', 'network', 'recovery']),
    }),
  ),
  window,
  retransmissions,
  outOfOrderPackets: count,
  duplicateAcks: count,
  stretchAcks: count,
  windowProbes: extra(count),
  keepAlives: extra(count),
  repeatedFins: extra(count),
  ecn: extra(z.looseObject({ negotiated: z.boolean().nullable(), ce: count, ece: count, cwr: count })),
  capturePointEvidence: extra(
    z.array(z.looseObject({ text: z.string(), pointsTo: point, weight: z.number(), packets: z.array(packetNumber) })),
  ),
  rateBitsPerSec: extra(z.number().nonnegative().nullable()),
  largestSuperPacketBytes: extra(bytes.nullable()),
});

const claimFields = {
  severity,
  confidence: share,
  claim: z.string(),
  evidence: z.array(
    z.looseObject({
      text: z.string(),
      packets: z.array(packetNumber),
      filter: z.string().nullable().describe('Wireshark display filter'),
      source: z.string().regex(/^(capture|host:.+)$/),
    }),
  ),
  against: z.array(z.string()).min(1),
  fixes: z.array(
    z.looseObject({
      command: z.string(),
      effect: z.string(),
      risk: z.string(),
      undo: z.string(),
      persist: z.record(z.string(), z.string()),
    }),
  ),
};

const verdict: z.ZodType<VerdictReport> = z.looseObject({
  code: z.string(),
  direction: z.union([z.literal(0), z.literal(1)]).nullable(),
  ...claimFields,
});

const finding: z.ZodType<FindingReport> = z.looseObject({
  code: z.string(),
  host: z.string().nullable(),
  ...claimFields,
});

const connection: z.ZodType<ConnectionReport> = z.looseObject({
  id: z.int().positive(),
  protocol: z.literal('tcp'),
  client: endpoint,
  server: endpoint,
  handshakeSeen: z.boolean(),
  capture: count.describe('index into captures'),
  firstPacket: packetNumber,
  lastPacket: packetNumber,
  capturePoint: z.enum(['sender', 'receiver', 'between', 'both', 'unknown']),
  rttNs: z.looseObject({
    handshake: nanoseconds.nullable(),
    min: nanoseconds.nullable(),
    median: nanoseconds.nullable(),
    p95: nanoseconds.nullable(),
  }),
  directions: z.tuple([direction, direction]),
  verdicts: z.array(verdict),
  beliefs: z.looseObject({ tsoIsOff: belief, captureToolIsWrong: belief, sameEverywhere: belief }),
  tcpStream: extra(count),
  encapsulation: extra(z.array(z.string())),
  startNs: extra(z.number()),
  durationNs: extra(nanoseconds),
  beliefReasons: extra(
    z.looseObject({ tsoIsOff: z.string(), captureToolIsWrong: z.string(), sameEverywhere: z.string() }),
  ),
});

const udpFlow: z.ZodType<UdpFlowReport> = z.looseObject({
  client: endpoint,
  server: endpoint,
  firstPacket: packetNumber,
  packets: count,
  payloadBytes: bytes,
  largerThanMtu: count,
  maxPayloadBytes: bytes,
});

/** Checks a whole report; what it accepts is what version 1 promises. */
export const reportSchema: z.ZodType<Report> = z.looseObject({
  schema: z.literal('wiretruth.report/1'),
  tool: z.looseObject({ name: z.literal('wiretruth'), version: z.string() }),
  captures: z.array(capture),
  connections: z.array(connection),
  findings: z.array(finding),
  udpFlows: extra(z.array(udpFlow)),
});

/** The promise as JSON Schema, draft 2020-12. */
export function reportJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(reportSchema, {
    override: ({ zodSchema, jsonSchema }) => {
      if (!(zodSchema instanceof z.ZodObject) || jsonSchema.required === undefined) return;
      const shape: Readonly<Record<string, object>> = zodSchema.shape;
      jsonSchema.required = jsonSchema.required.filter((key) => !extras.has(shape[key] ?? {}));
    },
  });
  return { $id: 'wiretruth.report/1', title: 'wiretruth report, version 1', ...schema };
}
