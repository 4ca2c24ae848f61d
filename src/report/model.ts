// Station "report": the report as data, version 1 of the promised JSON ("wiretruth.report/1").
// Field meanings are those of docs/report.md; null is "not known", never 0 or -1. Bytes, nanoseconds, shares 0..1,
// packet numbers from 1 as in Wireshark.

export type CapturePointName = 'sender' | 'receiver' | 'between' | 'both' | 'unknown';
export type LimitName = 'receiveWindow' | 'sender' | 'network' | 'recovery';
export type Severity = 'problem' | 'notice' | 'info' | 'healthy';
export type SmallPacketReason =
  | 'receive-window'
  | 'application'
  | 'send-buffer'
  | 'congestion-window'
  | 'pacing'
  | 'segmentation-off'
  | 'path-mtu'
  | 'split-below-tcp'
  | 'retransmission'
  | 'unknown';
export type BeliefAnswer = 'yes' | 'no' | 'cannot-tell';

export interface ReportWarning {
  readonly code: string;
  readonly count: number;
  readonly message: string;
}

export interface CaptureReport {
  readonly path: string;
  readonly format: 'pcap' | 'pcapng';
  readonly compression: 'gzip' | 'zstd' | null;
  readonly linkTypes: readonly string[];
  readonly packets: number;
  readonly capturedBytes: number;
  readonly originalBytes: number;
  readonly firstTime: string | null;
  readonly durationNs: number;
  readonly damage: { readonly packet: number | null; readonly offset: number | null; readonly message: string } | null;
  readonly warnings: readonly ReportWarning[];
  /** Packets that are not TCP, by what they are; extra to the contract. */
  readonly otherPackets: {
    readonly udp: number;
    readonly icmp: number;
    readonly other: number;
    readonly undecoded: number;
    /** Of these, cut by the snap length before their headers ended. */
    readonly undecodedCut: number;
  };
}

export interface DirectionReport {
  readonly from: 'client' | 'server';
  readonly packets: number;
  readonly payloadBytes: number;
  readonly uniquePayloadBytes: number;
  readonly capturePoint: Exclude<CapturePointName, 'both'>;
  readonly capturePointConfidence: number;
  readonly segmentSizeBytes: number | null;
  readonly segmentSizeFrom: 'handshake' | 'observed' | 'ip-id' | null;
  readonly maxPayloadBytes: number | null;
  readonly medianPayloadBytes: number | null;
  readonly superPackets: {
    readonly count: number;
    readonly shareOfBytes: number;
    readonly kind: 'tso' | 'gro' | 'lro' | 'mixed' | 'unknown' | null;
  };
  readonly wirePackets: {
    readonly count: number;
    readonly dataCount: number;
    readonly exactness: 'known' | 'inferred';
    readonly how: readonly ('ip-id' | 'epb-flags' | 'length' | 'handshake' | 'single')[];
  };
  readonly wireBytes: number;
  readonly tsoInEffect: boolean | null;
  readonly receiveMergeInEffect: boolean | null;
  readonly smallPackets: {
    readonly present: boolean;
    readonly reason: SmallPacketReason | null;
    readonly confidence: number | null;
  };
  readonly limits: {
    readonly busyNs: number;
    readonly receiveWindow: number | null;
    readonly sender: number | null;
    readonly network: number | null;
    readonly recovery: number | null;
    /** What of busyNs is inferred: nothing was in flight, and data waited for its pacing or below TCP; extra to the contract. */
    readonly inferredNs: number;
  };
  readonly limitsOverTime: readonly { readonly fromNs: number; readonly toNs: number; readonly limit: LimitName }[];
  readonly window: {
    readonly scaleShift: number | null;
    readonly minBytes: number | null;
    readonly medianBytes: number | null;
    readonly maxBytes: number | null;
    readonly zeroWindowPeriods: number;
    readonly zeroWindowNs: number;
    readonly clamped: boolean;
    readonly clampedAtBytes: number | null;
    /** The 16-bit field as sent, before scaling; extra to the contract. */
    readonly rawMin: number | null;
    readonly rawMax: number | null;
    /** Where the scale comes from; extra to the contract. */
    readonly scaleFrom: 'handshake' | 'bytes-in-flight' | null;
  };
  readonly retransmissions: {
    readonly packets: number;
    readonly bytes: number;
    readonly fast: number;
    readonly timeout: number;
    readonly tailProbe: number;
    readonly spurious: number;
    /** Captured frames that carried them (a retransmission can be a super-packet); extra to the contract. */
    readonly frames: number;
  };
  readonly outOfOrderPackets: number;
  readonly duplicateAcks: number;
  readonly stretchAcks: number;
  /** Zero-window probes and keep-alives sent in this direction, ECN marks; extra to the contract. */
  readonly windowProbes: number;
  readonly keepAlives: number;
  readonly repeatedFins: number;
  readonly ecn: {
    readonly negotiated: boolean | null;
    readonly ce: number;
    readonly ece: number;
    readonly cwr: number;
  };
  /** What speaks for the capture point (and against it: `pointsTo` differs), heaviest first; extra to the contract. */
  readonly capturePointEvidence: readonly CapturePointEvidenceReport[];
  /** Goodput while data was flowing; extra to the contract. */
  readonly rateBitsPerSec: number | null;
  /** Largest super-packet payload that TCP could build at this segment size; extra to the contract. */
  readonly largestSuperPacketBytes: number | null;
}

export interface CapturePointEvidenceReport {
  readonly text: string;
  readonly pointsTo: Exclude<CapturePointName, 'both'>;
  /** In log-odds; below zero it speaks against `pointsTo`. */
  readonly weight: number;
  readonly packets: readonly number[];
}

export interface EvidenceReport {
  readonly text: string;
  readonly packets: readonly number[];
  readonly filter: string | null;
  /** "capture" or "host:FILE:LINE". */
  readonly source: string;
}

export interface FixReport {
  readonly command: string;
  readonly effect: string;
  readonly risk: string;
  readonly undo: string;
  readonly persist: Readonly<Record<string, string>>;
}

export interface VerdictReport {
  readonly code: string;
  /** 0 client to server, 1 server to client, null for the connection as a whole. */
  readonly direction: 0 | 1 | null;
  readonly severity: Severity;
  readonly confidence: number;
  readonly claim: string;
  readonly evidence: readonly EvidenceReport[];
  readonly against: readonly string[];
  readonly fixes: readonly FixReport[];
}

export type FindingReport = Omit<VerdictReport, 'direction'> & { readonly host: string | null };

export interface ConnectionReport {
  readonly id: number;
  readonly protocol: 'tcp';
  readonly client: { readonly ip: string; readonly port: number };
  readonly server: { readonly ip: string; readonly port: number };
  readonly handshakeSeen: boolean;
  readonly capture: number;
  readonly firstPacket: number;
  readonly lastPacket: number;
  readonly capturePoint: CapturePointName;
  readonly rttNs: {
    readonly handshake: number | null;
    readonly min: number | null;
    readonly median: number | null;
    readonly p95: number | null;
  };
  readonly directions: readonly [DirectionReport, DirectionReport];
  readonly verdicts: readonly VerdictReport[];
  readonly beliefs: {
    readonly tsoIsOff: BeliefAnswer;
    readonly captureToolIsWrong: BeliefAnswer;
    readonly sameEverywhere: BeliefAnswer;
  };
  /** Wireshark's tcp.stream number for this connection when the capture is opened alone; extra to the contract. */
  readonly tcpStream: number;
  /** Encapsulation around the connection, outermost first ("vlan 7", "vxlan 42"); extra to the contract. */
  readonly encapsulation: readonly string[];
  /** First packet after the capture's first packet, and last after first; extra to the contract. */
  readonly startNs: number;
  readonly durationNs: number;
  /** One sentence each for the answers in `beliefs`; extra to the contract. */
  readonly beliefReasons: {
    readonly tsoIsOff: string;
    readonly captureToolIsWrong: string;
    readonly sameEverywhere: string;
  };
}

/** One UDP flow (one 5-tuple, both ways); extra to the contract. */
export interface UdpFlowReport {
  readonly client: { readonly ip: string; readonly port: number };
  readonly server: { readonly ip: string; readonly port: number };
  readonly firstPacket: number;
  readonly packets: number;
  readonly payloadBytes: number;
  /** Datagrams longer than the MTU: USO before the cut, or UDP GRO after the merge. */
  readonly largerThanMtu: number;
  readonly maxPayloadBytes: number;
}

export interface Report {
  readonly schema: 'wiretruth.report/1';
  readonly tool: { readonly name: 'wiretruth'; readonly version: string };
  readonly captures: readonly CaptureReport[];
  readonly connections: readonly ConnectionReport[];
  readonly findings: readonly FindingReport[];
  readonly udpFlows: readonly UdpFlowReport[];
}
