// Station "packets": the tags and tunnels around a packet, interned so that a row holds one small number.

/** Kinds of layer that can stand between the link header and the packet that is analysed. */
export const LayerKind = {
  Vlan: 1,
  Mpls: 2,
  Pppoe: 3,
  IpInIp: 4,
  Gre: 5,
  Vxlan: 6,
  Geneve: 7,
} as const;

const layerNames: readonly string[] = ['', 'vlan', 'mpls', 'pppoe', 'ipip', 'gre', 'vxlan', 'geneve'];

/** Chains beyond this share number 0; a capture with more kinds of tunnels than this is damaged or hostile. */
const MOST_CHAINS = 4096;

/** Interned chains of layers. Number 0 is the empty chain. */
export class Encapsulations {
  private readonly parents: number[] = [0];
  private readonly kinds: number[] = [0];
  private readonly values: number[] = [0];
  private readonly numbers = new Map<number, number>();

  /** The number of the chain `parent` followed by one more layer; `value` is a VLAN, MPLS label, VNI or 0 (24 bits). */
  add(parent: number, kind: number, value: number): number {
    const key = (parent * 16 + kind) * 0x100_0000 + (value & 0xff_ffff);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    if (this.parents.length >= MOST_CHAINS) return 0;
    const number = this.parents.push(parent) - 1;
    this.kinds.push(kind);
    this.values.push(value & 0xff_ffff);
    this.numbers.set(key, number);
    return number;
  }

  /** The layers outermost first, as in `["vlan 7", "vxlan 42", "ipip"]`. */
  names(number: number): string[] {
    const names: string[] = [];
    for (let at = number; at > 0; at = this.parents[at] ?? 0) {
      const kind = this.kinds[at] ?? 0;
      const name = layerNames[kind] ?? '';
      const numbered = kind !== LayerKind.IpInIp && !(kind === LayerKind.Gre && this.values[at] === 0);
      names.unshift(numbered ? `${name} ${this.values[at]}` : name);
    }
    return names;
  }

  /** Whether the chain holds a tunnel (not just tags). */
  hasTunnel(number: number): boolean {
    for (let at = number; at > 0; at = this.parents[at] ?? 0)
      if ((this.kinds[at] ?? 0) >= LayerKind.IpInIp) return true;
    return false;
  }
}
