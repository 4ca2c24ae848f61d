// Station "wire": VXLAN (RFC 7348), behind UDP.

/** Byte offsets in a VXLAN header. */
export const Vxlan = { flags: 0, networkIdentifier: 4, headerBytes: 8, validIdentifier: 0x08 } as const;

/** UDP ports: IANA's, and the one that Linux used before it (`vxlan` without `dstport`). */
export const vxlanPorts = { iana: 4789, linuxDefault: 8472 } as const;
