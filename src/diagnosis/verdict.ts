// Station "diagnosis": what a rule says. Texts are message keys with values, so that every language is made late, in report/.

/** What the placeholders of a sentence take, by name; undefined is not known. */
export type MessageValues = Readonly<Record<string, number | string | undefined>>;

/** A sentence of the message catalogues (report/messages): its key, and the values its placeholders take. */
export interface Message {
  readonly key: string;
  readonly values?: MessageValues;
}

export interface Evidence {
  readonly text: Message;
  /** Packet numbers, from 1 as in Wireshark. */
  readonly packets: readonly number[];
  /** A Wireshark display filter that shows them. */
  readonly filter?: string;
  readonly source: 'capture' | `host:${string}`;
}

/** A change to a host, with its undo. Commands are text; `<dev>` stands for a device that the capture does not name. */
export interface Fix {
  readonly command: string;
  readonly effect: Message;
  readonly risk: Message;
  readonly undo: string;
  /** How to make it last, by mechanism: networkmanager, systemd-link, netplan, ifupdown, ifcfg, udev, modprobe, sysctl. */
  readonly persist: Readonly<Record<string, string>>;
}

export interface Verdict {
  readonly code: string;
  /** Undefined where it concerns the connection (or host, or file) as a whole. */
  readonly direction?: 0 | 1;
  readonly severity: 'problem' | 'notice' | 'info' | 'healthy';
  /** 0..1: how sure, as a share of like cases in which the claim would hold. */
  readonly confidence: number;
  readonly claim: Message;
  readonly evidence: readonly Evidence[];
  /** What speaks for another cause, or would. Never empty. */
  readonly against: readonly Message[];
  /** Empty with severity healthy or info means "leave it on". */
  readonly fixes: readonly Fix[];
}
