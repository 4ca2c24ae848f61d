// Station "capture": what a file is that is no capture we read, so that the error can say so.

interface Signature {
  readonly name: string;
  /** Bytes as a string of Latin-1 characters. */
  readonly bytes: string;
  readonly at?: number;
  /** What to do about it. */
  readonly advice?: string;
}

const withWireshark = 'convert it with: editcap IN OUT.pcapng';

/** Magic numbers of what people feed by mistake: other capture formats, compressed files, and what lies beside a capture. */
const signatures: readonly Signature[] = [
  { name: 'gzip-compressed data', bytes: '\x1f\x8b', advice: 'decompress it first' },
  { name: 'Zstandard-compressed data', bytes: '\x28\xb5\x2f\xfd', advice: 'decompress it first' },
  { name: 'xz-compressed data', bytes: '\xfd7zXZ\0', advice: 'decompress it first: xz -dc FILE | ...' },
  { name: 'bzip2-compressed data', bytes: 'BZh', advice: 'decompress it first: bzip2 -dc FILE | ...' },
  { name: 'LZ4-compressed data', bytes: '\x04\x22\x4d\x18', advice: 'decompress it first: lz4 -dc FILE | ...' },
  { name: 'LZ4-compressed data', bytes: '\x02\x21\x4c\x18', advice: 'decompress it first: lz4 -dc FILE | ...' },
  { name: 'compress(1) data', bytes: '\x1f\x9d', advice: 'decompress it first: uncompress -c FILE | ...' },
  { name: 'a zip archive', bytes: 'PK\x03\x04', advice: 'unpack it first' },
  { name: 'a 7-Zip archive', bytes: '7z\xbc\xaf\x27\x1c', advice: 'unpack it first' },
  { name: 'a tar archive', bytes: 'ustar', at: 257, advice: 'unpack it first' },
  { name: 'a snoop capture (Solaris)', bytes: 'snoop\0\0\0', advice: withWireshark },
  { name: 'a Bluetooth snoop capture', bytes: 'btsnoop\0', advice: 'it holds no IP packets' },
  { name: 'a Microsoft Network Monitor 1 capture', bytes: 'RTSS', advice: withWireshark },
  { name: 'a Microsoft Network Monitor 2 capture', bytes: 'GMBU', advice: withWireshark },
  { name: 'a NetXRay or Sniffer capture', bytes: 'XCP\0', advice: withWireshark },
  { name: 'a Sniffer capture', bytes: 'TRSNIFF data', advice: withWireshark },
  { name: 'an AIX iptrace capture', bytes: 'iptrace ', advice: withWireshark },
  { name: 'an HP-UX nettl trace', bytes: '\x54\x52\x00\x64\x00', advice: withWireshark },
  { name: 'an ELF program', bytes: '\x7fELF' },
  { name: 'a PDF document', bytes: '%PDF' },
  { name: 'an SQLite database', bytes: 'SQLite format 3' },
  { name: 'a Parquet table', bytes: 'PAR1' },
  { name: 'a systemd journal', bytes: 'LPKSHHRH' },
  { name: 'a PNG picture', bytes: '\x89PNG' },
  { name: 'a core of perf(1) data', bytes: 'PERFILE2' },
  {
    name: 'XML or HTML text',
    bytes: '<?xml',
    advice: 'PDML cannot be read back; give the capture that it was made from',
  },
  { name: 'HTML text', bytes: '<!DOCTYPE', advice: 'perhaps the page of a failed download' },
  { name: 'HTML text', bytes: '<html', advice: 'perhaps the page of a failed download' },
  { name: 'UTF-16 text', bytes: '\xff\xfe' },
  { name: 'UTF-16 text', bytes: '\xfe\xff' },
];

/** What the first bytes of a file (512 of them, or all) look like, in words, and what to do; for an error. */
export function describeUnknown(bytes: Uint8Array): string {
  const known = signatures.find((signature) => startsWith(bytes, signature.bytes, signature.at ?? 0));
  if (known !== undefined) return `looks like ${known.name}${known.advice === undefined ? '' : ` (${known.advice})`}`;
  if (bytes.every((byte) => byte === 0)) return `begins with ${bytes.length} zero bytes`;
  if (bytes.every(isTextByte)) return `looks like text, "${firstLine(bytes)}"${textAdvice(bytes)}`;
  const hex = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `begins with the bytes ${hex}, which no known capture format does`;
}

function startsWith(bytes: Uint8Array, wanted: string, at: number): boolean {
  if (bytes.length < at + wanted.length) return false;
  for (let i = 0; i < wanted.length; i++) if (bytes[at + i] !== wanted.charCodeAt(i)) return false;
  return true;
}

function isTextByte(byte: number): boolean {
  return byte >= 0x20 ? byte !== 0x7f : byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

function firstLine(bytes: Uint8Array): string {
  const characters: string[] = [];
  for (const byte of bytes.subarray(0, 40)) {
    if (byte === 0x0a || byte === 0x0d) break;
    characters.push(byte < 0x80 ? String.fromCharCode(byte) : '?');
  }
  return characters.join('');
}

/** A line that begins as 07:00:00.123456 does is what tcpdump prints. */
function textAdvice(bytes: Uint8Array): string {
  return /^\d\d:\d\d:\d\d\.\d+ /.test(firstLine(bytes)) ? ' (printed by tcpdump; write a file with tcpdump -w)' : '';
}
