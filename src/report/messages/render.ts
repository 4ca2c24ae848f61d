// Station "report": a message key and its values become a sentence of one language. Messages stay keys until here, so that
// diagnosis never knows a language.
//
// Placeholders: {name} as it is, {name:bytes}, {name:duration} (nanoseconds in), {name:percent} (a share 0..1 in),
// {name:count} (thousands separators), {name:rate} (bits per second in), {name:packets} (count and the right plural).
// Korean particles that depend on the sound before them are written {을/를}, {이/가}, {은/는}, {과/와}, {으로/로}; English words that
// depend on the number before them {is/are}, {frame/frames}.

import type { Message, MessageValues } from '../../diagnosis/verdict.ts';
import { formatBytes, formatCount, formatDuration, formatNumber, formatPercent, formatRate } from '../units.ts';
import { messagesEn } from './en.ts';
import { hostLabelsEn } from './host-en.ts';
import { hostLabelsKo } from './host-ko.ts';
import { messagesKo } from './ko.ts';
import { verdictCataloguesEn } from './verdicts-en.ts';
import { verdictCataloguesKo } from './verdicts-ko.ts';

export type Language = 'en' | 'ko';

/** Languages that reports can be written in; the first is the default. */
export const languages: readonly Language[] = ['en', 'ko'];

type Catalogue = Readonly<Record<string, string>>;

/** Not joined into one object: at every start that took 10 ms, and a report looks up some dozens of sentences once each. */
const catalogues: Readonly<Record<Language, readonly Catalogue[]>> = {
  en: [messagesEn, hostLabelsEn, ...verdictCataloguesEn],
  ko: [messagesKo, hostLabelsKo, ...verdictCataloguesKo],
};

/** All messages of one language, ours and the verdicts'. Slow. */
export function catalogueOf(language: Language): Catalogue {
  return Object.assign({}, ...catalogues[language]);
}

/** The template of one message; undefined when the language has none. */
function templateOf(key: string, language: Language): string | undefined {
  for (const catalogue of catalogues[language]) {
    const template = catalogue[key];
    if (template !== undefined) return template;
  }
  return undefined;
}

const placeholder = /\{([A-Za-z][A-Za-z0-9]*)(?::([a-z]+))?\}|\{([가-힣]+|[a-z]+)\/([가-힣]+|[a-z]+)\}/g;

/** The names and formats of a template's placeholders, sorted: what both languages must share. */
export function placeholdersOf(template: string): string[] {
  const found = new Set<string>();
  for (const match of template.matchAll(placeholder)) {
    if (match[1] !== undefined) found.add(match[2] === undefined ? match[1] : `${match[1]}:${match[2]}`);
  }
  return [...found].sort();
}

/** The sentence. A key that the catalogue lacks gives the key and its values, so that no fact is ever lost. */
export function renderMessage(message: Message, language: Language): string {
  const pieces = piecesOfKey(message.key, language);
  if (pieces !== undefined) return fill(pieces, message.values ?? noValues, language);
  const pairs = Object.entries(message.values ?? noValues).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}`],
  );
  return [message.key, ...pairs].join(' ');
}

const noValues: MessageValues = {};

/** One of our own labels, by key. */
export function label(key: string, language: Language, values?: MessageValues): string {
  return renderMessage(values === undefined ? { key } : { key, values }, language);
}

/** A piece of a template: text, and behind it a value, a pair of which one fits what is before it, or (at the end) nothing. */
interface Piece {
  readonly text: string;
  readonly name: string | undefined;
  readonly format: (value: number) => string;
  /** The words behind it fit this number. */
  readonly isCount: boolean;
  /** After a consonant, or one. */
  readonly first: string;
  /** After a vowel, or several. */
  readonly second: string;
}

/** Templates are few and used for every connection: each is taken apart once. */
const compiled: Readonly<Record<Language, Map<string, readonly Piece[]>>> = { en: new Map(), ko: new Map() };

function piecesOfKey(key: string, language: Language): readonly Piece[] | undefined {
  const known = compiled[language].get(key);
  if (known !== undefined) return known;
  const template = templateOf(key, language) ?? templateOf(key, 'en');
  if (template === undefined) return undefined;
  const pieces = piecesOf(template, language);
  compiled[language].set(key, pieces);
  return pieces;
}

function piecesOf(template: string, language: Language): readonly Piece[] {
  const pieces: Piece[] = [];
  let last = 0;
  for (const match of template.matchAll(placeholder)) {
    const [whole, name, formatName, first = '', second = ''] = match;
    const text = template.slice(last, match.index);
    const isCount = formatName === 'count' || formatName === 'packets';
    pieces.push({ text, name, format: formatterOf(formatName, language), isCount, first, second });
    last = match.index + whole.length;
  }
  const text = template.slice(last);
  pieces.push({ text, name: undefined, format: formatNumber, isCount: false, first: '', second: '' });
  return pieces;
}

/** What is not known is said to be so. */
function unknownValue(language: Language): string {
  return templateOf('value.unknown', language) ?? '?';
}

/** A template with its placeholders and pairs filled in. A value that is not given is called not known. */
export function fillTemplate(template: string, values: MessageValues, language: Language): string {
  return fill(piecesOf(template, language), values, language);
}

function fill(pieces: readonly Piece[], values: MessageValues, language: Language): string {
  let out = '';
  let number = 0;
  for (const { text, name, format, isCount, first, second } of pieces) {
    out += text;
    if (name !== undefined) {
      const value = values[name];
      if (typeof value === 'number') {
        out += format(value);
        if (isCount) number = value;
      } else out += value ?? unknownValue(language);
    } else if (second !== '') {
      if (language === 'ko') out += particle(out, first, second);
      else out += number === 1 ? first : second;
    }
  }
  return out;
}

function formatterOf(format: string | undefined, language: Language): (value: number) => string {
  switch (format) {
    case 'bytes':
      return formatBytes;
    case 'duration':
      return formatDuration;
    case 'percent':
      return formatPercent;
    case 'count':
      return formatCount;
    case 'rate':
      return formatRate;
    case 'packets':
      return language === 'ko' ? packetsInKorean : packetsInEnglish;
    default:
      return formatNumber;
  }
}

function packetsInKorean(count: number): string {
  return `패킷 ${formatCount(count)}개`;
}

function packetsInEnglish(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'packet' : 'packets'}`;
}

/** How the units and digits that end our formatted values are read aloud in Korean: true when with a final consonant. */
const endsInConsonant: readonly (readonly [RegExp, boolean])[] = [
  [/(bit\/s|초)$/, false],
  [/(ns|µs|ms| s|B|%)$/, false],
  [/(min|h)$/, true],
  [/[013678]$/, true],
  [/[2459]$/, false],
  [/[lmnLMNR]$/, true],
];

/** The particle that fits the sound before it; 으로/로 treats a final ㄹ as a vowel. */
function particle(before: string, afterConsonant: string, afterVowel: string): string {
  const bare = before.replace(/[)\]"'」”’]+$/, '');
  const code = bare.codePointAt(bare.length - 1) ?? 0;
  if (code >= 0xac00 && code <= 0xd7a3) {
    const final = (code - 0xac00) % 28;
    return final === 0 || (final === 8 && afterConsonant === '으로') ? afterVowel : afterConsonant;
  }
  for (const [pattern, consonant] of endsInConsonant) {
    if (!pattern.test(bare)) continue;
    if (consonant && afterConsonant === '으로' && /[178lLR]$/.test(bare)) return afterVowel;
    return consonant ? afterConsonant : afterVowel;
  }
  return afterVowel;
}
