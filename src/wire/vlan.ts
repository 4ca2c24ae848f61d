// Station "wire": IEEE 802.1Q tag, as it lies between the MAC addresses and the inner EtherType.

import { EtherType } from './ethernet.ts';

/** Byte offsets from the tag's own EtherType on. */
export const Vlan = { tagProtocol: 0, tagControl: 2, innerType: 4, tagBytes: 4 } as const;

/** Whether an EtherType announces a VLAN tag (customer, provider, and the old QinQ value). */
export function isVlanType(etherType: number): boolean {
  return etherType === EtherType.Vlan || etherType === EtherType.ProviderVlan || etherType === EtherType.OldQinQ;
}
