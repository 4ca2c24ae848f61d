// Station "analysis": the numbers of a direction by their names. They lie in the memory of the packet loop, which reads and writes them
// for every packet; here they are properties, for code that runs rarely. docs/adr/0009-directions-in-typed-arrays.md has the measurements.

import type { Seq32 } from '../bytes/seq32.ts';
import type { Engine } from '../engine/engine.ts';
import * as D from '../engine/layout/doubles.ts';
import * as B from '../engine/layout/flags.ts';
import * as W from '../engine/layout/words.ts';

/** What a fresh record holds where it is not 0. */
const firstDoubles: Readonly<Partial<Record<keyof typeof D, number>>> = {
  clockLastNs: -1,
  effectiveAckNs: -1,
  handshakeTurnNs: -1,
  lowSinceNs: -1,
  minWindow: Number.POSITIVE_INFINITY,
  peerTsNs: -1,
  peerTurnMinNs: Number.POSITIVE_INFINITY,
  synSentNs: -1,
  tsEpochNs: -1,
  turnMinNs: Number.POSITIVE_INFINITY,
  turnNs: -1,
  zeroSinceNs: -1,
};
const firstWords: Readonly<Partial<Record<keyof typeof W, number>>> = {
  firstDataRow: -1,
  firstRow: -1,
  firstTtl: -1,
  largestWindow: -1,
  lastAckWindow: -1,
  lastDataRow: -1,
  lastRow: -1,
  lowSinceRow: -1,
  previousId: -1,
  previousRow: -1,
  rawMax: -1,
  rawMin: 65_535,
  rawWindow: -1,
  scaleShift: -1,
  synScale: 255,
  tap: -1,
  windowBytes: -1,
};

const doublesSet = placesOf(D, firstDoubles);
const wordsSet = placesOf({ ...W, ...B }, { ...firstWords, near: 1 });

function placesOf(
  table: Readonly<Record<string, number>>,
  values: Readonly<Record<string, number>>,
): readonly (readonly [number, number])[] {
  return Object.entries(values).map(([name, value]) => [table[name]!, value]);
}

type SeqField =
  | 'next'
  | 'una'
  | 'previousEnd'
  | 'edge'
  | 'sackHighest'
  | 'recoveryPoint'
  | 'effectiveUna'
  | 'effectiveEdge';

/** The numbers by their names. */
export type NamedNumbers = { -readonly [K in keyof typeof D]: number } & {
  -readonly [K in keyof typeof W]: K extends SeqField ? Seq32 : number;
} & { -readonly [K in keyof typeof B]: boolean };

/** Fills a record, all zero, with what is known of a direction before its first packet. */
export function startRecord({ doubles, words }: Engine, at: number): void {
  for (const [place, value] of doublesSet) doubles[(at + place) >>> 3] = value;
  for (const [place, value] of wordsSet) words[(at + place) >>> 2] = value;
}

/** A record in the loop's memory. */
export class LoopRecord {
  readonly engine: Engine;
  /** Its address, in bytes. */
  readonly at: number;

  constructor(engine: Engine, at: number) {
    this.engine = engine;
    this.at = at;
  }

  /** The double at a place of the record, in bytes. */
  double(place: number): number {
    return this.engine.doubles[(this.at + place) >>> 3]!;
  }

  /** The 32-bit number at a place of the record, in bytes. */
  word(place: number): number {
    return this.engine.words[(this.at + place) >>> 2]!;
  }
}

/** Makes each number a property of the class, whose instances lie at `at` in the memory of `engine`. */
export function nameNumbers(
  prototype: object,
  tables: {
    readonly doubles: Readonly<Record<string, number>>;
    readonly words: Readonly<Record<string, number>>;
    readonly flags: Readonly<Record<string, number>>;
  },
): void {
  type Place = { readonly engine: Engine; readonly at: number };
  for (const [name, place] of Object.entries(tables.doubles)) {
    Object.defineProperty(prototype, name, {
      get(this: Place) {
        return this.engine.doubles[(this.at + place) >>> 3];
      },
      set(this: Place, value: number) {
        this.engine.doubles[(this.at + place) >>> 3] = value;
      },
    });
  }
  for (const [name, place] of Object.entries(tables.words)) {
    Object.defineProperty(prototype, name, {
      get(this: Place) {
        return this.engine.words[(this.at + place) >>> 2];
      },
      set(this: Place, value: number) {
        this.engine.words[(this.at + place) >>> 2] = value;
      },
    });
  }
  for (const [name, place] of Object.entries(tables.flags)) {
    Object.defineProperty(prototype, name, {
      get(this: Place) {
        return this.engine.words[(this.at + place) >>> 2] !== 0;
      },
      set(this: Place, value: boolean) {
        this.engine.words[(this.at + place) >>> 2] = value ? 1 : 0;
      },
    });
  }
}
nameNumbers(LoopRecord.prototype, { doubles: D, words: W, flags: B });

/** `LoopRecord` with its numbers as properties. */
export const NamedRecord: new (engine: Engine, at: number) => LoopRecord & NamedNumbers = LoopRecord as new (
  engine: Engine,
  at: number,
) => LoopRecord & NamedNumbers;
