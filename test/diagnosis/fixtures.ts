// Measurements for the tests of diagnosis rules: a healthy 20 MB transfer over Ethernet, captured at the sender with TSO on
// (the figures of such a transfer in a namespace lab), of which each test changes what its question is about.

import type {
  CaptureMeasurement,
  ConnectionMeasurement,
  DirectionMeasurement,
  RowSample,
  Side,
  SmallReason,
} from '../../src/analysis/measurement.ts';
import type { DiagnosisContext } from '../../src/diagnosis/rule.ts';
import type { HostState } from '../../src/hoststate/host-state.ts';

export const noRows: RowSample = { count: 0, rows: [] };

export function rows(count: number, first = 10, step = 2): RowSample {
  return { count, rows: Array.from({ length: Math.min(count, 8) }, (_, index) => first + index * step) };
}

type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [K in keyof T]?: DeepPartial<T[K]> | undefined }
    : T;

/** Replaces leaves; a key given as undefined is taken away. */
function patched<T>(base: T, patch: DeepPartial<T> | undefined): T {
  if (patch === undefined || typeof base !== 'object' || base === null || Array.isArray(patch))
    return (patch ?? base) as T;
  const out: Record<string, unknown> = { ...(base as Record<string, unknown>) };
  for (const [key, value] of Object.entries(patch as Record<string, unknown>)) {
    if (value === undefined) delete out[key];
    else if (typeof value === 'object' && value !== null && !Array.isArray(value) && typeof out[key] === 'object') {
      out[key] = patched(out[key], value as never);
    } else out[key] = value;
  }
  return out as T;
}

export const reasons: readonly SmallReason[] = [
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
];

export function bytesByReason(values: Partial<Record<SmallReason, number>> = {}): Record<SmallReason, number> {
  return Object.fromEntries(reasons.map((reason) => [reason, values[reason] ?? 0])) as Record<SmallReason, number>;
}

function samplesByReason(values: Partial<Record<SmallReason, RowSample>> = {}): Record<SmallReason, RowSample> {
  return Object.fromEntries(reasons.map((reason) => [reason, values[reason] ?? noRows])) as Record<
    SmallReason,
    RowSample
  >;
}

const checksumNone = { valid: 0, partial: 0, wrong: 0, unknown: 0 };

/** 20 MB in super-packets of 65,160 bytes, nothing wrong. */
function bulk(): DirectionMeasurement {
  return {
    side: 0,
    frames: 1620,
    dataFrames: 1618,
    payloadBytes: 20_971_520,
    uniquePayloadBytes: 20_971_520,
    firstDataRow: 3,
    lastDataRow: 2400,
    firstDataNs: 600_000,
    lastDataNs: 400_600_000,
    capturePoint: 'sender',
    capturePointConfidence: 0.97,
    capturePointEvidence: [
      { kind: 'partial-checksum', pointsTo: 'sender', weight: 3, values: { frameCount: 1600 }, rows: [3] },
    ],
    segmentBytes: 1448,
    segmentFrom: 'handshake',
    handshakeSegmentBytes: 1448,
    maxPayloadBytes: 65_160,
    medianPayloadBytes: 65_160,
    byteMedianPayloadBytes: 65_160,
    largestSuperPacketBytes: 65_160,
    superPackets: rows(316, 3),
    superPacketBytes: 20_500_000,
    superPacketKind: 'tso',
    wirePackets: 14_490,
    wireDataPackets: 14_484,
    wireBytes: 22_100_000,
    wireExactness: 'known',
    wireHow: ['ip-id'],
    ipIdAgree: 465,
    ipIdCompared: 465,
    ipIdMode: 'incrementing',
    tsoInEffect: true,
    bigTcp: noRows,
    aboveMss: rows(316, 3),
    checksums: {
      single: { ...checksumNone, partial: 12 },
      multi: { ...checksumNone, partial: 316 },
      partialSample: rows(328, 3),
      wrongSample: noRows,
    },
    smallPackets: {
      present: false,
      bytesByReason: bytesByReason(),
      samples: samplesByReason(),
      cutBursts: 0,
      longestCutBurst: 0,
    },
    busyNs: 400_000_000,
    limits: { receiveWindow: 0.05, sender: 0.1, network: 0.84, recovery: 0.01 },
    limitsOverTime: [
      { fromNs: 600_000, toNs: 360_600_000, limit: 'network' },
      { fromNs: 360_600_000, toNs: 400_600_000, limit: 'sender' },
    ],
    networkLimitKind: 'congestion-window',
    senderLimitKind: 'application',
    maxInFlightBytes: 1_200_000,
    window: {
      scaleShift: 7,
      scaleFrom: 'handshake',
      minBytes: 64_256,
      medianBytes: 3_100_000,
      maxBytes: 3_145_728,
      lastBytes: 3_145_728,
      rawMin: 502,
      rawMax: 24_576,
      zeroWindows: noRows,
      zeroWindowPeriods: 0,
      zeroWindowNs: 0,
      clamped: false,
      framesAtRightEdge: noRows,
    },
    retransmissions: {
      frames: noRows,
      packets: 0,
      bytes: 0,
      fast: 0,
      handshake: 0,
      timeout: 0,
      tailProbe: 0,
      spurious: 0,
      originalUnseen: 0,
      largestHoleBytes: 0,
      holes: 0,
    },
    outOfOrder: noRows,
    duplicateAcks: noRows,
    stretchAcks: 0,
    largestAckBytes: 65_160,
    windowProbes: noRows,
    keepAlives: noRows,
    repeatedFins: noRows,
    ecn: { negotiated: false, ce: 0, ece: 0, cwr: 0 },
    ackDelayNs: { min: 300_000, median: 450_000, p95: 900_000, count: 700 },
    rateBitsPerSec: 419_430_400,
  } satisfies DirectionMeasurement;
}

/** The quiet direction: acknowledgements only. */
function quiet(): DirectionMeasurement {
  return {
    ...bulk(),
    side: 1,
    frames: 790,
    dataFrames: 0,
    payloadBytes: 0,
    uniquePayloadBytes: 0,
    capturePoint: 'receiver',
    superPackets: noRows,
    superPacketBytes: 0,
    wirePackets: 790,
    wireDataPackets: 0,
    wireBytes: 71_000,
    wireHow: ['single'],
    ipIdAgree: 0,
    ipIdCompared: 0,
    aboveMss: noRows,
    checksums: {
      single: { ...checksumNone, valid: 790 },
      multi: checksumNone,
      partialSample: noRows,
      wrongSample: noRows,
    },
    busyNs: 0,
    limits: {},
    limitsOverTime: [],
    maxInFlightBytes: 0,
  };
}

function withoutData(direction: DirectionMeasurement): DirectionMeasurement {
  const {
    firstDataRow: _a,
    lastDataRow: _b,
    firstDataNs: _c,
    lastDataNs: _d,
    maxPayloadBytes: _e,
    medianPayloadBytes: _f,
    byteMedianPayloadBytes: _g,
    superPacketKind: _h,
    tsoInEffect: _i,
    rateBitsPerSec: _j,
    ackDelayNs: _k,
    ...rest
  } = direction;
  return rest;
}

export type DirectionPatch = DeepPartial<DirectionMeasurement>;

export interface ConnectionPatch {
  readonly data?: DirectionPatch;
  readonly back?: DirectionPatch;
  readonly connection?: DeepPartial<Omit<ConnectionMeasurement, 'directions'>>;
  /** Which side sends the data; the client by default. */
  readonly dataSide?: Side;
}

/** A healthy bulk transfer with the given changes: `data` is the direction that carries it, `back` the other. */
export function connection(patch: ConnectionPatch = {}): ConnectionMeasurement {
  const dataSide = patch.dataSide ?? 0;
  const data: DirectionMeasurement = { ...patched<DirectionMeasurement>(bulk(), patch.data), side: dataSide };
  const back: DirectionMeasurement = {
    ...patched<DirectionMeasurement>(withoutData(quiet()), patch.back),
    side: dataSide === 0 ? 1 : 0,
  };
  const base: ConnectionMeasurement = {
    id: 1,
    tcpStream: 0,
    capture: 0,
    ipVersion: 4,
    client: { ip: '10.0.0.1', port: 40000 },
    server: { ip: '10.0.0.2', port: 5201 },
    encapsulation: [],
    firstRow: 0,
    lastRow: 2409,
    firstNs: 0,
    lastNs: 401_000_000,
    capturePoint: data.capturePoint,
    handshake: {
      seen: true,
      clientMssOption: 1460,
      serverMssOption: 1460,
      clientScaleShift: 7,
      serverScaleShift: 7,
      timestamps: true,
      sackPermitted: true,
      synRetransmitNs: [],
      synRows: [0, 1],
      established: true,
      reset: false,
    },
    rttNs: { handshake: 310_000, min: 300_000, median: 450_000, p95: 900_000 },
    directions: dataSide === 0 ? [data, back] : [back, data],
    duplicates: { ...noRows, taps: 1, sameInterface: false },
    icmpTooBig: { ...noRows, alreadyFitted: 0 },
    malformed: noRows,
  };
  return patched<ConnectionMeasurement>(base, patch.connection as DeepPartial<ConnectionMeasurement>);
}

/** Two patches in one; unlike `patched`, undefined stays as the wish to take a key away. */
function merged(base: unknown, patch: unknown): unknown {
  if (
    typeof base !== 'object' ||
    base === null ||
    typeof patch !== 'object' ||
    patch === null ||
    Array.isArray(patch)
  ) {
    return patch;
  }
  const out: Record<string, unknown> = { ...(base as Record<string, unknown>) };
  for (const [key, value] of Object.entries(patch)) out[key] = key in out ? merged(out[key], value) : value;
  return out;
}

/** Small packets for one reason: 1,448-byte frames unless the patch says otherwise. */
export function smallBecause(
  reason: SmallReason,
  patch: DirectionPatch = {},
  others: Partial<Record<SmallReason, number>> = {},
): DirectionPatch {
  const base: DirectionPatch = {
    dataFrames: 14_484,
    frames: 14_486,
    maxPayloadBytes: 1448,
    medianPayloadBytes: 1448,
    byteMedianPayloadBytes: 1448,
    superPackets: noRows,
    superPacketBytes: 0,
    superPacketKind: undefined,
    tsoInEffect: false,
    wirePackets: 14_486,
    aboveMss: noRows,
    smallPackets: {
      present: true,
      reason,
      confidence: 0.9,
      bytesByReason: bytesByReason({ [reason]: 20_000_000, ...others }),
      samples: samplesByReason({ [reason]: rows(14_000, 3, 1) }),
    },
  };
  return merged(base, patch) as DirectionPatch;
}

export function context(
  patch: { capture?: Partial<CaptureMeasurement>; hosts?: readonly HostState[] } = {},
): DiagnosisContext {
  return {
    capture: { ackedUnseen: noRows, interfaces: [{ index: 0, linkType: 1 }], ...patch.capture },
    hosts: patch.hosts ?? [],
  };
}
