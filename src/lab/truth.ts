// Station "lab": truth.json, what the kernel itself says about a transfer whose captures lie beside it.
import type { Counters, DeviceCounters } from './counters.ts';
import type { PeerResult } from './peer-plan.ts';
import type { TcpInfo } from './tcp-info.ts';
import type { UdpPlan, UdpResult } from './udp-plan.ts';
import type { WireResult } from './wire-plan.ts';

/** Where a tap sees the data of one direction. "both": sender and receiver in one file. */
export type TapPoint = 'sender' | 'receiver' | 'between' | 'both';

/** The reasons of the report's smallPackets.reason that a scenario can intend. */
export type SmallPacketCause =
  | 'receive-window'
  | 'application'
  | 'send-buffer'
  | 'congestion-window'
  | 'pacing'
  | 'segmentation-off'
  | 'path-mtu'
  | 'split-below-tcp'
  | 'retransmission';

/** One capture file. */
export interface TapTruth {
  readonly file: string;
  readonly host: string;
  readonly device: string;
  readonly snaplen: number;
  readonly packets: number;
  /** True when the capture began after the handshake. */
  readonly startedLate: boolean;
  /** The file holds each packet twice or more, from two taps. */
  readonly severalTaps: boolean;
  /** Headers around the connection in this file. */
  readonly encapsulation: 'vxlan' | 'vlan' | null;
  readonly clientToServer: TapPoint;
  readonly serverToClient: TapPoint;
}

/** One direction of a connection, from the kernel's counters at its two ends. */
export interface DirectionTruth {
  readonly from: 'client' | 'server';
  /** Bytes that the application wrote; 0 for a direction without data. */
  readonly bytesWritten: number;
  readonly bytesRead: number;
  /** State of tcp-segmentation-offload (v4 or v6, as used) of the sending device; null on lo-like devices that have no choice. */
  readonly tsoFeatureOn: boolean;
  /**
   * Packets of more than one wire segment left TCP's host: TcpOutSegs and TcpRetransSegs grew by more than what
   * the sending device counted as transmitted skbs. Null for a direction without data.
   */
  readonly tsoInEffect: boolean | null;
  /** generic-receive-offload of the receiving device. */
  readonly groFeatureOn: boolean;
  /**
   * Segments per frame as the receiving host's IP layer counted them (ECN counters over InReceives), or, where a card of the user-space
   * wire merged, as that wire did; null without IP traffic.
   */
  readonly receiverSegmentsPerFrame: number | null;
  /** Who made frames of several segments that the receiver saw: its GRO, its card, nobody, or the sender (never cut on the way). */
  readonly mergedBy: 'gro' | 'card' | 'card-without-gso-size' | 'never-cut' | null;
  /** What the scenario was built to make packets small by, should they be small; null: not built to, no claim. */
  readonly smallPacketsReason: SmallPacketCause | null;
  /** Reasons that are as true (a collapsed congestion window and the loss behind it). */
  readonly smallPacketsAlso: readonly SmallPacketCause[];
  /** TCP_INFO at the sending end just before close; null when that end is a user-space peer. */
  readonly senderInfo: TcpInfo | null;
  /** TCP_INFO at the receiving end just before close; null when that end is a user-space peer. */
  readonly receiverInfo: TcpInfo | null;
}

/** One TCP connection. */
export interface ConnectionTruth {
  readonly client: { readonly ip: string; readonly port: number | null };
  readonly server: { readonly ip: string; readonly port: number };
  /** [0] client to server, [1] server to client. */
  readonly directions: readonly [DirectionTruth, DirectionTruth];
  readonly elapsedUs: number;
}

/** One host's counters over the transfer. */
export interface HostTruth {
  readonly device: string;
  /** File with its "ethtool -k". */
  readonly ethtoolFile: string;
  readonly counters: Counters;
  readonly deviceCounters: DeviceCounters;
}

/** The file truth.json. */
export interface Truth {
  readonly schema: 'wiretruth.truth/1';
  readonly scenario: string;
  readonly description: string;
  readonly seed: number;
  readonly kernel: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Names the role of the host that sent more data: "sender" is that host in all other fields. */
  readonly dataFrom: 'client' | 'server';
  readonly taps: readonly TapTruth[];
  readonly connections: readonly ConnectionTruth[];
  readonly hosts: Readonly<Record<string, HostTruth>>;
  /** Counts of user-space wires, in path order; left is the sender's side. */
  readonly wires: readonly WireResult[];
  /** For a UDP stream: what the applications did; connections is empty then. */
  readonly udp: { readonly plan: UdpPlan; readonly sent: UdpResult; readonly received: UdpResult } | null;
  /** Counts of a user-space receiver. */
  readonly peer: PeerResult | null;
}
