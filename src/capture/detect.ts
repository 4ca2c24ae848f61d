// Station "capture": which format a file is in, by its first bytes and never by its name.

/** A file's first bytes in words, for the error that says that they are no capture. */
export function describeUnknown(bytes: Uint8Array): string {
  const hex = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `it begins with bytes ${hex}`;
}
