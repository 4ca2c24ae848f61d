// Station "report": text in columns of a terminal, where Hangul, Kana and Han characters take two columns each.

/** Ranges of wide characters (East Asian Width W and F, Unicode Standard Annex 11), first and last, ascending. */
const wideRanges: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

function characterWidth(codePoint: number): number {
  if (codePoint < 0x1100) return codePoint >= 0x300 && codePoint <= 0x36f ? 0 : 1;
  for (const [first, last] of wideRanges) {
    if (codePoint < first) return 1;
    if (codePoint <= last) return 2;
  }
  return 1;
}

/** Columns that the text takes in a terminal. Expects no control characters and no colour sequences. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character.codePointAt(0) ?? 0);
  return width;
}

/** The text filled with spaces at its end to `width` columns; longer text stays as it is. */
export function padRight(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}

/** The text filled with spaces at its start to `width` columns; longer text stays as it is. */
export function padLeft(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - textWidth(text))) + text;
}

/** The text cut to `width` columns, with an ellipsis where something was cut. */
export function cutText(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const character of text) {
    const next = used + characterWidth(character.codePointAt(0) ?? 0);
    if (next > width - 1) break;
    kept += character;
    used = next;
  }
  return `${kept}…`;
}

/**
 * Breaks the text at spaces into lines of at most `width` columns; a longer word gets a line of its own, uncut. No-break spaces
 * hold words together and become plain spaces.
 */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of text.split(/[ \n\t]+/)) {
    const wordWidth = textWidth(word);
    if (line !== '' && used + 1 + wordWidth > width) {
      lines.push(line);
      line = word;
      used = wordWidth;
    } else {
      line = line === '' ? word : `${line} ${word}`;
      used += (used === 0 ? 0 : 1) + wordWidth;
    }
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines.map((text) => text.replaceAll('\u00a0', ' '));
}
