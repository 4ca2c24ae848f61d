// Station "analysis": what was measured of one connection. Numbers, never reasons for a person; diagnosis/ turns them into
// verdicts. Rows are global and count from 0 (Wireshark's frame.number - 1). Undefined is "not known". Sides: 0 = client to
// server, 1 = server to client. Everything in a DirectionMeasurement is about the data of that direction: its frames, the
// acknowledgements that answered them, and the window (of the peer) that bounded them.

import type { EpochTime } from '../bytes/time.ts';

export type Side = 0 | 1;
export type DirectionCapturePoint = 'sender' | 'receiver' | 'between' | 'unknown';
export type ConnectionCapturePoint = DirectionCapturePoint | 'both';
export type Limit = 'receiveWindow' | 'sender' | 'network' | 'recovery';
export type SmallReason =
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

/** A few rows that show something, first ones first (at most 8), and how many there are in all. */
export interface RowSample {
  readonly count: number;
  readonly rows: readonly number[];
}

/** One thing that speaks for a capture point. */
export interface CapturePointEvidence {
  readonly kind:
    | 'packet-type' // SLL outgoing/incoming
    | 'epb-direction'
    | 'loopback'
    | 'partial-checksum' // single packets whose checksum is only the pseudo-header sum: sent from here
    | 'valid-checksum'
    | 'merged-frames'
    | 'super-packets-with-wire-checksums'
    | 'handshake-timing'
    | 'turnaround-timing'
    | 'acknowledgement-lag' // acknowledgements against the data that the tap had seen
    | 'ttl'
    | 'padding'
    | 'retransmission-of-unseen' // data missing at the tap was retransmitted: lost before it
    | 'above-mtu';
  readonly pointsTo: DirectionCapturePoint;
  /** Weight in log-odds. */
  readonly weight: number;
  /** Numbers behind it, in the unit its key names (…Ns, …Count, …Bytes). */
  readonly values: Readonly<Record<string, number>>;
  readonly rows: readonly number[];
}

export interface ChecksumCounts {
  /** Whole packet captured and the TCP checksum right. */
  readonly valid: number;
  /** The field holds just the folded pseudo-header sum: left for an offload, or written by GRO. */
  readonly partial: number;
  /** Whole packet captured, neither valid nor partial. */
  readonly wrong: number;
  /** Not decidable: cut by the snaplen, or not looked at. */
  readonly unknown: number;
}

export interface WindowMeasurement {
  readonly scaleShift?: number;
  readonly scaleFrom?: 'handshake' | 'bytes-in-flight';
  /** Scaled, or undefined where the scale is not known. Of all segments after the handshake. */
  readonly minBytes?: number;
  readonly medianBytes?: number;
  readonly maxBytes?: number;
  readonly lastBytes?: number;
  readonly rawMin?: number;
  readonly rawMax?: number;
  readonly zeroWindows: RowSample;
  readonly zeroWindowPeriods: number;
  readonly zeroWindowNs: number;
  /** Fell and never came back while the sender was waiting for it. */
  readonly clamped: boolean;
  readonly clampedAtBytes?: number;
  readonly clampedSinceRow?: number;
  readonly clampedForNs?: number;
  /** The largest window before the fall, in bytes. */
  readonly beforeClampBytes?: number;
  /** Frames that end exactly at the right edge of the window. */
  readonly framesAtRightEdge: RowSample;
  /** The half-window rule bounds the segment size: the largest window ever seen is below two segments. */
  readonly halfWindowSegmentBytes?: number;
}

export interface RetransmissionMeasurement {
  readonly frames: RowSample;
  readonly packets: number;
  readonly bytes: number;
  /** In wire packets. */
  readonly fast: number;
  readonly timeout: number;
  readonly tailProbe: number;
  readonly spurious: number;
  /** SYN or SYN-ACK sent again: counted as timeouts. */
  readonly handshake: number;
  /** Wire packets whose original was not seen at the tap: lost before it. */
  readonly originalUnseen: number;
  /** Highest number of segments missing in one hole, and how many holes there were: bulk loss against single loss. */
  readonly largestHoleBytes: number;
  readonly holes: number;
}

export interface DirectionMeasurement {
  readonly side: Side;
  readonly frames: number;
  readonly dataFrames: number;
  readonly payloadBytes: number;
  readonly uniquePayloadBytes: number;
  readonly firstDataRow?: number;
  readonly lastDataRow?: number;
  readonly firstDataNs?: number;
  readonly lastDataNs?: number;

  readonly capturePoint: DirectionCapturePoint;
  readonly capturePointConfidence: number;
  readonly capturePointEvidence: readonly CapturePointEvidence[];

  /** Payload of a full wire packet, in bytes. */
  readonly segmentBytes?: number;
  readonly segmentFrom?: 'handshake' | 'observed' | 'ip-id';
  /** Segment size that both MSS options and the header options allow, when the handshake was seen. */
  readonly handshakeSegmentBytes?: number;
  readonly maxPayloadBytes?: number;
  readonly medianPayloadBytes?: number;
  /** Half of all payload bytes travel in frames of at least this many payload bytes. */
  readonly byteMedianPayloadBytes?: number;
  /** Largest super-packet that TCP could build at this segment size, payload bytes (65,160 at 1,448). */
  readonly largestSuperPacketBytes?: number;

  readonly superPackets: RowSample;
  readonly superPacketBytes: number;
  readonly superPacketKind?: 'tso' | 'gro' | 'lro' | 'mixed' | 'unknown';
  readonly wirePackets: number;
  readonly wireDataPackets: number;
  readonly wireBytes: number;
  readonly wireExactness: 'known' | 'inferred';
  readonly wireHow: readonly ('ip-id' | 'epb-flags' | 'length' | 'handshake' | 'single')[];
  /** IPv4 ID steps that equal the segment count by length, over those that could be compared. */
  readonly ipIdAgree: number;
  readonly ipIdCompared: number;
  readonly ipIdMode?: 'incrementing' | 'constant' | 'random';
  readonly tsoInEffect?: boolean;
  readonly receiveMergeInEffect?: boolean;
  /** Frames with the IPv4 total length 0 or an IPv6 jumbo option, or longer than 65,535: BIG TCP. */
  readonly bigTcp: RowSample;
  /** Data frames above the link's MTU as it can be told from the MSS options (payload > handshakeSegmentBytes). */
  readonly aboveMss: RowSample;

  readonly checksums: {
    /** Frames of one wire packet at most (SYN, ACK, single data). */
    readonly single: ChecksumCounts;
    /** Frames of several wire packets. */
    readonly multi: ChecksumCounts;
    readonly partialSample: RowSample;
    readonly wrongSample: RowSample;
  };

  readonly smallPackets: {
    readonly present: boolean;
    readonly reason?: SmallReason;
    readonly confidence?: number;
    /** Payload bytes in small frames by what bounded each of them. */
    readonly bytesByReason: Readonly<Record<SmallReason, number>>;
    readonly samples: Readonly<Record<SmallReason, RowSample>>;
    /** Median of the spacing of small frames sent without an acknowledgement before them, and its spread. */
    readonly spacingMedianNs?: number;
    /** Bursts of single-segment frames at one instant with consecutive IDs: how many, and frames in the longest. */
    readonly cutBursts: number;
    readonly longestCutBurst: number;
  };

  readonly busyNs: number;
  /** How much of busyNs nothing was in flight, and data is inferred to have waited: for its pacing or in a queue below TCP. */
  readonly inferredBusyNs?: number;
  /** Shares of busyNs; undefined where they cannot be told (no window scale). */
  readonly limits: {
    readonly receiveWindow?: number;
    readonly sender?: number;
    readonly network?: number;
    readonly recovery?: number;
  };
  readonly limitsOverTime: readonly { readonly fromNs: number; readonly toNs: number; readonly limit: Limit }[];
  /** Whether the sender's share was its application (writes came late) or its send buffer (a plateau of bytes in flight). */
  readonly senderLimitKind?: 'application' | 'send-buffer';
  /** Whether the network's share was paced (spaced sending) or a congestion window (sends on acknowledgements). */
  readonly networkLimitKind?: 'pacing' | 'congestion-window';
  readonly maxInFlightBytes: number;

  readonly window: WindowMeasurement;
  readonly retransmissions: RetransmissionMeasurement;
  readonly outOfOrder: RowSample;
  readonly duplicateAcks: RowSample;
  readonly stretchAcks: number;
  /** Largest number of bytes one acknowledgement covered. */
  readonly largestAckBytes: number;
  readonly windowProbes: RowSample;
  readonly keepAlives: RowSample;
  /** FINs without data that were sent before: no retransmissions here, because TCP_INFO is read before a connection is closed. */
  readonly repeatedFins: RowSample;
  readonly ecn: { readonly negotiated?: boolean; readonly ce: number; readonly ece: number; readonly cwr: number };
  /** Time from a data frame to the acknowledgement that covers it, at the tap. */
  readonly ackDelayNs?: { readonly min: number; readonly median: number; readonly p95: number; readonly count: number };
  /** Goodput while data was flowing, bits per second. */
  readonly rateBitsPerSec?: number;
}

export interface ConnectionMeasurement {
  /** From 1, in order of the first packet. */
  readonly id: number;
  readonly tcpStream: number;
  readonly capture: number;
  readonly ipVersion: 4 | 6;
  readonly client: { readonly ip: string; readonly port: number };
  readonly server: { readonly ip: string; readonly port: number };
  readonly encapsulation: readonly string[];
  readonly firstRow: number;
  readonly lastRow: number;
  readonly firstNs: number;
  readonly lastNs: number;
  readonly capturePoint: ConnectionCapturePoint;
  readonly handshake: {
    readonly seen: boolean;
    readonly clientMssOption?: number;
    readonly serverMssOption?: number;
    readonly clientScaleShift?: number;
    readonly serverScaleShift?: number;
    readonly timestamps: boolean;
    readonly sackPermitted: boolean;
    /** SYNs (or SYN-ACKs) sent again: when each was sent after the first, in ns. */
    readonly synRetransmitNs: readonly number[];
    readonly synRows: readonly number[];
    readonly established: boolean;
    readonly reset: boolean;
  };
  readonly rttNs: {
    readonly handshake?: number;
    readonly min?: number;
    readonly median?: number;
    readonly p95?: number;
  };
  readonly directions: readonly [DirectionMeasurement, DirectionMeasurement];
  /** The same packets seen at a second tap in this file (another interface, or merged captures). Not counted elsewhere. */
  readonly duplicates: RowSample & {
    readonly taps: number;
    readonly delayMedianNs?: number;
    readonly sameInterface: boolean;
  };
  /** ICMP "fragmentation needed" / "packet too big" about this connection. */
  readonly icmpTooBig: RowSample & {
    readonly mtuBytes?: number;
    readonly fromIp?: string /** Data frames sent by then whose wire packets already fit. */;
    readonly alreadyFitted: number;
  };
  /** Outer UDP checksum state of VXLAN/Geneve packets around it. */
  readonly tunnelChecksums?: {
    readonly wrong: number;
    readonly zero: number;
    readonly valid: number;
    readonly partial: number;
  };
  /** Rows of anything malformed. */
  readonly malformed: RowSample;
}

export interface UdpFlowMeasurement {
  readonly client: { readonly ip: string; readonly port: number };
  readonly server: { readonly ip: string; readonly port: number };
  readonly firstRow: number;
  readonly packets: number;
  readonly payloadBytes: number;
  readonly largerThanMtu: RowSample;
  readonly maxPayloadBytes: number;
  /** Segment length that the datagrams larger than the MTU are a multiple of, when it can be told. */
  readonly segmentBytes?: number;
}

/** What was measured of a capture file, its connections aside. */
export interface FileMeasurement {
  readonly connectionCount: number;
  readonly firstTime?: EpochTime;
  readonly durationNs: number;
  readonly udpFlows: readonly UdpFlowMeasurement[];
  readonly otherPackets: {
    readonly udp: number;
    readonly icmp: number;
    readonly other: number;
    readonly undecoded: number;
    /** Of these, cut by the snap length before their headers ended. */
    readonly undecodedCut: number;
  };
  readonly interfaces: readonly {
    readonly index: number;
    readonly linkType: number;
    readonly name?: string;
    readonly speedBitsPerSec?: number;
  }[];
  /** Packets the capture itself lost, as the file says. */
  readonly captureDrops?: number;
  /** Sequence ranges acknowledged but never seen: lost by the capture, not by the network. */
  readonly ackedUnseen: RowSample;
}

/** All that a capture file gave. */
export interface CaptureMeasurement extends FileMeasurement {
  /** In order of their first packet; each is measured when it is asked for. Can be walked once. */
  readonly connections: Iterable<ConnectionMeasurement>;
}
