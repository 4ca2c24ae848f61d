// Station "report": measurements and verdicts become the report's data. Undefined becomes null, rows (from 0) become packet
// numbers (from 1), messages become sentences. Key order here is the key order of the JSON.

import type { CapturePointEvidence, ConnectionMeasurement, DirectionMeasurement } from '../analysis/measurement.ts';
import type { Beliefs } from '../diagnosis/beliefs.ts';
import type { Evidence, Fix, Verdict } from '../diagnosis/verdict.ts';
import { type Language, renderMessage } from './messages/render.ts';
import type {
  CapturePointEvidenceReport,
  ConnectionReport,
  DirectionReport,
  EvidenceReport,
  FindingReport,
  FixReport,
  VerdictReport,
} from './model.ts';

/** What to add when several files make one report. */
export interface BuildOptions {
  readonly language: Language;
  /** Added to the connection's number in its own file, so that numbers are unique over all files. */
  readonly idOffset?: number;
}

/** One connection of the report. */
export function buildConnection(
  measurement: ConnectionMeasurement,
  verdicts: readonly Verdict[],
  beliefs: Beliefs,
  options: BuildOptions,
): ConnectionReport {
  const { language } = options;
  const { rttNs } = measurement;
  return {
    id: measurement.id + (options.idOffset ?? 0),
    protocol: 'tcp',
    client: { ip: measurement.client.ip, port: measurement.client.port },
    server: { ip: measurement.server.ip, port: measurement.server.port },
    handshakeSeen: measurement.handshake.seen,
    capture: measurement.capture,
    firstPacket: measurement.firstRow + 1,
    lastPacket: measurement.lastRow + 1,
    capturePoint: measurement.capturePoint,
    rttNs: {
      handshake: rttNs.handshake ?? null,
      min: rttNs.min ?? null,
      median: rttNs.median ?? null,
      p95: rttNs.p95 ?? null,
    },
    directions: [
      buildDirection(measurement.directions[0], language),
      buildDirection(measurement.directions[1], language),
    ],
    verdicts: verdicts.map((verdict) => buildVerdict(verdict, language)),
    beliefs: {
      tsoIsOff: beliefs.tsoIsOff.answer,
      captureToolIsWrong: beliefs.captureToolIsWrong.answer,
      sameEverywhere: beliefs.sameEverywhere.answer,
    },
    tcpStream: measurement.tcpStream,
    encapsulation: measurement.encapsulation,
    startNs: measurement.firstNs,
    durationNs: Math.max(0, measurement.lastNs - measurement.firstNs),
    beliefReasons: {
      tsoIsOff: renderMessage(beliefs.tsoIsOff.reason, language),
      captureToolIsWrong: renderMessage(beliefs.captureToolIsWrong.reason, language),
      sameEverywhere: renderMessage(beliefs.sameEverywhere.reason, language),
    },
  };
}

function buildDirection(direction: DirectionMeasurement, language: Language): DirectionReport {
  return {
    from: direction.side === 0 ? 'client' : 'server',
    packets: direction.frames,
    payloadBytes: direction.payloadBytes,
    uniquePayloadBytes: direction.uniquePayloadBytes,
    capturePoint: direction.capturePoint,
    capturePointConfidence: direction.capturePointConfidence,
    segmentSizeBytes: direction.segmentBytes ?? null,
    segmentSizeFrom: direction.segmentFrom ?? null,
    maxPayloadBytes: direction.maxPayloadBytes ?? null,
    medianPayloadBytes: direction.medianPayloadBytes ?? null,
    superPackets: {
      count: direction.superPackets.count,
      shareOfBytes: direction.payloadBytes === 0 ? 0 : direction.superPacketBytes / direction.payloadBytes,
      kind: direction.superPackets.count === 0 ? null : (direction.superPacketKind ?? 'unknown'),
    },
    wirePackets: {
      count: direction.wirePackets,
      dataCount: direction.wireDataPackets,
      exactness: direction.wireExactness,
      how: direction.wireHow,
    },
    wireBytes: direction.wireBytes,
    tsoInEffect: direction.tsoInEffect ?? null,
    receiveMergeInEffect: direction.receiveMergeInEffect ?? null,
    smallPackets: {
      present: direction.smallPackets.present,
      reason: direction.smallPackets.present ? (direction.smallPackets.reason ?? 'unknown') : null,
      confidence: direction.smallPackets.confidence ?? null,
    },
    limits: buildLimits(direction),
    limitsOverTime: direction.limitsOverTime.map(({ fromNs, toNs, limit }) => ({ fromNs, toNs, limit })),
    window: buildWindow(direction),
    retransmissions: buildRetransmissions(direction),
    outOfOrderPackets: direction.outOfOrder.count,
    duplicateAcks: direction.duplicateAcks.count,
    stretchAcks: direction.stretchAcks,
    windowProbes: direction.windowProbes.count,
    keepAlives: direction.keepAlives.count,
    repeatedFins: direction.repeatedFins.count,
    ecn: {
      negotiated: direction.ecn.negotiated ?? null,
      ce: direction.ecn.ce,
      ece: direction.ecn.ece,
      cwr: direction.ecn.cwr,
    },
    capturePointEvidence: direction.capturePointEvidence
      .toSorted(byWeight)
      .map((evidence) => buildCapturePointEvidence(evidence, language)),
    rateBitsPerSec: direction.rateBitsPerSec ?? null,
    largestSuperPacketBytes: direction.largestSuperPacketBytes ?? null,
  };
}

function buildLimits(direction: DirectionMeasurement): DirectionReport['limits'] {
  const { limits } = direction;
  return {
    busyNs: direction.busyNs,
    inferredNs: direction.inferredBusyNs ?? 0,
    receiveWindow: limits.receiveWindow ?? null,
    sender: limits.sender ?? null,
    network: limits.network ?? null,
    recovery: limits.recovery ?? null,
  };
}

function buildWindow(direction: DirectionMeasurement): DirectionReport['window'] {
  const { window } = direction;
  return {
    scaleShift: window.scaleShift ?? null,
    minBytes: window.minBytes ?? null,
    medianBytes: window.medianBytes ?? null,
    maxBytes: window.maxBytes ?? null,
    zeroWindowPeriods: window.zeroWindowPeriods,
    zeroWindowNs: window.zeroWindowNs,
    clamped: window.clamped,
    clampedAtBytes: window.clampedAtBytes ?? null,
    rawMin: window.rawMin ?? null,
    rawMax: window.rawMax ?? null,
    scaleFrom: window.scaleFrom ?? null,
  };
}

function buildRetransmissions(direction: DirectionMeasurement): DirectionReport['retransmissions'] {
  const { retransmissions } = direction;
  return {
    packets: retransmissions.packets,
    bytes: retransmissions.bytes,
    fast: retransmissions.fast,
    timeout: retransmissions.timeout,
    tailProbe: retransmissions.tailProbe,
    spurious: retransmissions.spurious,
    frames: retransmissions.frames.count,
  };
}

/**
 * The catalogues' key: one per kind, or more where the same kind can say different things. Spelled out, not put together: it is
 * looked up for every piece of evidence of every connection, and a new string is looked up more slowly.
 */
export function capturePointKey(evidence: CapturePointEvidence): string {
  const { kind, values } = evidence;
  switch (kind) {
    case 'packet-type':
      if (values['outgoingCount'] === undefined) return 'capture-point.packet-type.incoming';
      return values['incomingCount'] === undefined
        ? 'capture-point.packet-type.outgoing'
        : 'capture-point.packet-type.both';
    case 'retransmission-of-unseen':
      return values['seenTwiceCount'] === undefined
        ? 'capture-point.retransmission-of-unseen.before'
        : 'capture-point.retransmission-of-unseen.behind';
    case 'acknowledgement-lag':
      return values['laggingCount'] === undefined
        ? 'capture-point.acknowledgement-lag.current'
        : 'capture-point.acknowledgement-lag.lagging';
    case 'ttl':
      return evidence.pointsTo === 'between' ? 'capture-point.ttl.between' : 'capture-point.ttl.near';
    case 'turnaround-timing':
      return evidence.pointsTo === 'between'
        ? 'capture-point.turnaround-timing.between'
        : 'capture-point.turnaround-timing.near';
    default:
      return plainPointKeys[kind];
  }
}

type KindWithOneKey = Exclude<
  CapturePointEvidence['kind'],
  'packet-type' | 'retransmission-of-unseen' | 'acknowledgement-lag' | 'ttl' | 'turnaround-timing'
>;

const plainPointKeys: Readonly<Record<KindWithOneKey, string>> = {
  'epb-direction': 'capture-point.epb-direction',
  loopback: 'capture-point.loopback',
  'partial-checksum': 'capture-point.partial-checksum',
  'valid-checksum': 'capture-point.valid-checksum',
  'merged-frames': 'capture-point.merged-frames',
  'super-packets-with-wire-checksums': 'capture-point.super-packets-with-wire-checksums',
  'handshake-timing': 'capture-point.handshake-timing',
  padding: 'capture-point.padding',
  'above-mtu': 'capture-point.above-mtu',
};

function byWeight(a: CapturePointEvidence, b: CapturePointEvidence): number {
  return b.weight - a.weight;
}

function packetOf(row: number): number {
  return row + 1;
}

function buildCapturePointEvidence(evidence: CapturePointEvidence, language: Language): CapturePointEvidenceReport {
  return {
    text: renderMessage({ key: capturePointKey(evidence), values: evidence.values }, language),
    pointsTo: evidence.pointsTo,
    weight: evidence.weight,
    packets: evidence.rows.map(packetOf),
  };
}

/** One verdict in words. */
export function buildVerdict(verdict: Verdict, language: Language): VerdictReport {
  return {
    code: verdict.code,
    direction: verdict.direction ?? null,
    severity: verdict.severity,
    confidence: verdict.confidence,
    claim: renderMessage(verdict.claim, language),
    evidence: verdict.evidence.map((evidence) => buildEvidence(evidence, language)),
    against: verdict.against.map((message) => renderMessage(message, language)),
    fixes: verdict.fixes.map((fix) => buildFix(fix, language)),
  };
}

/** A verdict about a host, a device or the file. `host` is undefined for the file. */
export function buildFinding(verdict: Verdict, host: string | undefined, language: Language): FindingReport {
  const { direction: _direction, ...rest } = buildVerdict(verdict, language);
  return { ...rest, host: host ?? null };
}

function buildEvidence(evidence: Evidence, language: Language): EvidenceReport {
  return {
    text: renderMessage(evidence.text, language),
    packets: evidence.packets,
    filter: evidence.filter ?? null,
    source: evidence.source,
  };
}

function buildFix(fix: Fix, language: Language): FixReport {
  return {
    command: fix.command,
    effect: renderMessage(fix.effect, language),
    risk: renderMessage(fix.risk, language),
    undo: fix.undo,
    persist: fix.persist,
  };
}
