// Station "capture": the text inside captures (names, comments) is UTF-8, and pure code has no TextDecoder.

const replacement = 0xfffd;

/** Decodes UTF-8 (RFC 3629); each byte that is no part of a valid sequence becomes U+FFFD. Stops at a NUL byte. */
export function decodeUtf8(view: DataView, start: number, length: number): string {
  const end = start + length;
  const parts: string[] = [];
  let codePoints: number[] = [];
  let at = start;
  while (at < end) {
    const lead = view.getUint8(at);
    if (lead === 0) break;
    const size = lead < 0x80 ? 1 : sequenceSize(view, at, end, lead);
    codePoints.push(size === 0 ? replacement : codePointOf(view, at, lead, size));
    at += Math.max(size, 1);
    if (codePoints.length === 4096) {
      parts.push(String.fromCodePoint(...codePoints));
      codePoints = [];
    }
  }
  parts.push(String.fromCodePoint(...codePoints));
  return parts.join('');
}

/** Encodes a string as UTF-8; a lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    let code = character.codePointAt(0) ?? replacement;
    if (code >= 0xd800 && code <= 0xdfff) code = replacement;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    else
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
  }
  return Uint8Array.from(bytes);
}

/** Bytes of the valid sequence that begins at `at` with a lead byte of 0x80 or more, 0 when there is none (RFC 3629 section 4). */
function sequenceSize(view: DataView, at: number, end: number, lead: number): number {
  const size =
    lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  if (size === 0 || size > end - at) return 0;
  for (let i = 1; i < size; i++) if ((view.getUint8(at + i) & 0xc0) !== 0x80) return 0;
  const second = view.getUint8(at + 1);
  const overlong = (lead === 0xe0 && second < 0xa0) || (lead === 0xf0 && second < 0x90);
  const outOfRange = (lead === 0xed && second > 0x9f) || (lead === 0xf4 && second > 0x8f);
  return overlong || outOfRange ? 0 : size;
}

function codePointOf(view: DataView, at: number, lead: number, size: number): number {
  let code = size === 1 ? lead : lead & (0x7f >> size);
  for (let i = 1; i < size; i++) code = (code << 6) | (view.getUint8(at + i) & 0x3f);
  return code;
}
