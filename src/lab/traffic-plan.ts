// Station "lab": what one end of a connection does. Plain data: it travels to the traffic process as JSON.
import type { TcpInfo } from './tcp-info.ts';

/** Socket settings; what is left out stays at the kernel's default. */
export interface SocketPlan {
  readonly sndbufBytes?: number;
  readonly rcvbufBytes?: number;
  /** cubic when left out, whatever the machine's default is. */
  readonly congestionControl?: string;
  readonly noDelay?: boolean;
  readonly cork?: boolean;
  /** SO_MAX_PACING_RATE, bytes per second. */
  readonly pacingBytesPerSecond?: number;
  /** TCP_MAXSEG before connect or listen. */
  readonly maxSegmentBytes?: number;
}

/** A stream of writes. */
export interface SendPlan {
  readonly bytes: number;
  readonly writeBytes: number;
  /** Time from the start of one write to the start of the next; 0 or absent: as fast as the socket takes them. */
  readonly intervalUs?: number;
  /** So many writes back to back in each interval (1 when absent). */
  readonly writesPerInterval?: number;
}

/** How the other end reads. */
export interface ReceivePlan {
  /** Bytes asked for in one recv call. */
  readonly readBytes: number;
  /** Pause between reads. */
  readonly intervalUs?: number;
  /** Wait until this many bytes are there, then read them all at once: what a record-oriented server does. */
  readonly recordBytes?: number;
  /** Read this many bytes, then not again for `stopUs`. */
  readonly stopAfterBytes?: number;
  readonly stopUs?: number;
}

/** Client: write `requestBytes`, wait for `responseBytes`, think, again. Server: the other half. */
export interface ExchangePlan {
  readonly rounds: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly thinkUs?: number;
  /** The request goes out in this many writes (1 when absent): write-write-read is Nagle's bad case. */
  readonly writesPerRequest?: number;
}

/** One process, one TCP connection. */
export interface TrafficPlan {
  readonly role: 'listen' | 'connect';
  readonly family: 4 | 6;
  /** To connect to; for a listener the address to bind. */
  readonly address: string;
  readonly port: number;
  readonly socket: SocketPlan;
  readonly send?: SendPlan;
  readonly receive?: ReceivePlan;
  readonly exchange?: ExchangePlan;
  /** Time between samples of TCP_INFO; the last one is taken just before close in any case. */
  readonly sampleEveryMs: number;
  /** After this time the process takes its last sample and closes, whatever is left. */
  readonly deadlineMs: number;
  /** Wait this long between the handshake and the first byte (lets a mid-connection capture start). */
  readonly startAfterMs?: number;
}

/** TCP_INFO at a moment, microseconds since the connection was up. */
export interface TcpInfoSample {
  readonly atUs: number;
  readonly info: TcpInfo;
}

/** What the traffic process prints at its end. */
export interface TrafficResult {
  readonly localPort: number;
  readonly bytesWritten: number;
  readonly bytesRead: number;
  readonly elapsedUs: number;
  readonly deadlineHit: boolean;
  /** The last sample before close. */
  readonly final: TcpInfo;
  readonly samples: readonly TcpInfoSample[];
}
