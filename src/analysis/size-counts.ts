// Station "analysis": how often each size occurred. Bulk transfers use few sizes, so counts are exact almost always.

const MOST_SIZES = 1024;

/** Sizes that are kept in a plain list before a hash table is worth its memory. */
const FEW = 8;

/** Counts by size. Exact for the first 1,024 different sizes; later ones are counted at the nearest 1/64 octave below. */
export class SizeCounts {
  /** Size and count in turn, as long as there are few. */
  private few: number[] | undefined = [];
  private keys: Int32Array = nothing;
  private counts: Uint32Array = noCounts;
  private used = 0;
  private lastSlot = 0;
  /** Made by `sorted`, after which nothing is added any more. */
  private inOrder: { size: number; count: number }[] | undefined;

  add(size: number): void {
    const { few } = this;
    if (few === undefined) this.addAt(size, 1);
    else this.addToFew(few, size);
  }

  /** All sizes ascending with their counts. */
  sorted(): readonly { readonly size: number; readonly count: number }[] {
    if (this.inOrder !== undefined) return this.inOrder;
    const result: { size: number; count: number }[] = [];
    for (let at = 0; at < (this.few?.length ?? 0); at += 2)
      result.push({ size: this.few![at]!, count: this.few![at + 1]! });
    this.keys.forEach((size, slot) => {
      if (size >= 0) result.push({ size, count: this.counts[slot] ?? 0 });
    });
    this.inOrder = result.sort((a, b) => a.size - b.size);
    return this.inOrder;
  }

  private addToFew(few: number[], size: number): void {
    for (let at = 0; at < few.length; at += 2) {
      if (few[at] !== size) continue;
      few[at + 1]!++;
      return;
    }
    if (few.length < 2 * FEW) {
      few.push(size, 1);
      return;
    }
    this.few = undefined;
    this.keys = new Int32Array(8 * FEW).fill(-1);
    this.counts = new Uint32Array(8 * FEW);
    for (let at = 0; at < few.length; at += 2) this.addAt(few[at]!, few[at + 1]!);
    this.addAt(size, 1);
  }

  private addAt(size: number, times: number): void {
    if (this.keys[this.lastSlot] === size) {
      this.counts[this.lastSlot]! += times;
      return;
    }
    const mask = this.keys.length - 1;
    let slot = (Math.imul(size, 0x9e3779b1) >>> 16) & mask;
    for (;;) {
      const key = this.keys[slot] ?? -1;
      if (key === size) break;
      if (key === -1) {
        if (this.used >= MOST_SIZES && size !== rounded(size)) {
          this.addAt(rounded(size), times);
          return;
        }
        if ((this.used + 1) * 2 > this.keys.length) {
          this.grow();
          this.addAt(size, times);
          return;
        }
        this.keys[slot] = size;
        this.used++;
        break;
      }
      slot = (slot + 1) & mask;
    }
    this.counts[slot]! += times;
    this.lastSlot = slot;
  }

  private grow(): void {
    const keys = this.keys;
    const counts = this.counts;
    this.keys = new Int32Array(keys.length * 2).fill(-1);
    this.counts = new Uint32Array(keys.length * 2);
    const mask = this.keys.length - 1;
    keys.forEach((size, old) => {
      if (size < 0) return;
      let slot = (Math.imul(size, 0x9e3779b1) >>> 16) & mask;
      while (this.keys[slot] !== -1) slot = (slot + 1) & mask;
      this.keys[slot] = size;
      this.counts[slot] = counts[old] ?? 0;
    });
    this.lastSlot = 0;
  }
}

const nothing: Int32Array = new Int32Array(0);
const noCounts: Uint32Array = new Uint32Array(0);

function rounded(size: number): number {
  if (size < 64) return size;
  const shift = 31 - Math.clz32(size) - 6;
  return shift > 0 ? (size >>> shift) << shift : size;
}
