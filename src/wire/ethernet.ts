// Station "wire": Ethernet II (IEEE 802.3), without preamble and without frame check sequence.

/** Byte offsets in an Ethernet header. */
export const Ethernet = { destination: 0, source: 6, type: 12, headerBytes: 14 } as const;

/** EtherTypes (IEEE registration authority) that are understood here. */
export const EtherType = {
  Ipv4: 0x0800,
  Arp: 0x0806,
  TransparentBridging: 0x6558,
  Vlan: 0x8100,
  ProviderVlan: 0x88a8,
  OldQinQ: 0x9100,
  Ipv6: 0x86dd,
  PppoeSession: 0x8864,
  Mpls: 0x8847,
  MplsMulticast: 0x8848,
} as const;

/** Smallest Ethernet frame without check sequence: shorter ones are padded by the sender (IEEE 802.3 section 4.2.3.3). */
export const ethernetMinimumBytes = 60;

/** Preamble, start delimiter, check sequence and gap that each frame takes on a link beside its captured bytes. */
export const ethernetWireOverheadBytes = 24;
