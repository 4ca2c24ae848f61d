// Station "wire": Linux "cooked" capture headers (https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html and _SLL2.html).

/** LINKTYPE_LINUX_SLL (113). */
export const Sll = {
  packetType: 0,
  hardwareType: 2,
  addressLength: 4,
  address: 6,
  protocol: 14,
  headerBytes: 16,
} as const;

/** LINKTYPE_LINUX_SLL2 (276). */
export const Sll2 = {
  protocol: 0,
  interfaceIndex: 4,
  hardwareType: 8,
  packetType: 10,
  addressLength: 11,
  address: 12,
  headerBytes: 20,
} as const;

/** Values of `packetType`. */
export const SllPacketType = { Host: 0, Broadcast: 1, Multicast: 2, OtherHost: 3, Outgoing: 4 } as const;
