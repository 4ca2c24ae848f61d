// Station "analysis": how often each size occurred. Bulk transfers use few sizes, so counts are exact almost always.

const MOST_SIZES = 1024;

/** Counts by size. Exact for the first 1,024 different sizes; later ones are counted at the nearest 1/64 octave below. */
export class SizeCounts {
  private keys: Int32Array = new Int32Array(8).fill(-1);
  private counts: Float64Array = new Float64Array(8);
  private used = 0;
  private lastSlot = 0;
  /** Made by `sorted`, after which nothing is added any more. */
  private inOrder: { size: number; count: number }[] | undefined;

  add(size: number): void {
    if (this.keys[this.lastSlot] === size) {
      this.counts[this.lastSlot] = (this.counts[this.lastSlot] ?? 0) + 1;
      return;
    }
    this.addAt(size);
  }

  /** All sizes ascending with their counts. */
  sorted(): readonly { readonly size: number; readonly count: number }[] {
    if (this.inOrder !== undefined) return this.inOrder;
    const result: { size: number; count: number }[] = [];
    this.keys.forEach((size, slot) => {
      if (size >= 0) result.push({ size, count: this.counts[slot] ?? 0 });
    });
    this.inOrder = result.sort((a, b) => a.size - b.size);
    return this.inOrder;
  }

  private addAt(size: number): void {
    const mask = this.keys.length - 1;
    let slot = (Math.imul(size, 0x9e3779b1) >>> 16) & mask;
    for (;;) {
      const key = this.keys[slot] ?? -1;
      if (key === size) break;
      if (key === -1) {
        if (this.used >= MOST_SIZES && size !== rounded(size)) {
          this.addAt(rounded(size));
          return;
        }
        if ((this.used + 1) * 2 > this.keys.length) {
          this.grow();
          this.addAt(size);
          return;
        }
        this.keys[slot] = size;
        this.used++;
        break;
      }
      slot = (slot + 1) & mask;
    }
    this.counts[slot] = (this.counts[slot] ?? 0) + 1;
    this.lastSlot = slot;
  }

  private grow(): void {
    const keys = this.keys;
    const counts = this.counts;
    this.keys = new Int32Array(keys.length * 2).fill(-1);
    this.counts = new Float64Array(keys.length * 2);
    const mask = this.keys.length - 1;
    keys.forEach((size, old) => {
      if (size < 0) return;
      let slot = (Math.imul(size, 0x9e3779b1) >>> 16) & mask;
      while (this.keys[slot] !== -1) slot = (slot + 1) & mask;
      this.keys[slot] = size;
      this.counts[slot] = counts[old] ?? 0;
    });
  }
}

function rounded(size: number): number {
  if (size < 64) return size;
  const shift = 31 - Math.clz32(size) - 6;
  return shift > 0 ? (size >>> shift) << shift : size;
}
