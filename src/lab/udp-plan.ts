// Station "lab": a stream of UDP datagrams, as plain data for the UDP process.

/** Sends bursts of datagrams; with segmentBytes one send call is cut by the stack or the card (UDP_SEGMENT). */
export interface UdpPlan {
  readonly burstBytes: number;
  readonly segmentBytes: number;
  readonly bursts: number;
  readonly intervalUs: number;
  /** The receiver asks for merged datagrams (UDP_GRO). */
  readonly receiverMerges: boolean;
}

/** Arguments of one end. */
export interface UdpEndPlan extends UdpPlan {
  readonly role: 'send' | 'receive';
  readonly family: 4 | 6;
  readonly address: string;
  readonly port: number;
}

/** What one end did. */
export interface UdpResult {
  readonly calls: number;
  readonly bytes: number;
}
