// Chance and order for benchmark input.

/** 32-bit xorshift: same seed, same capture, on every machine. */
export class Random {
  #state;
  constructor(seed) {
    this.#state = (seed ^ 0x9e3779b9) | 0 || 1;
    for (let i = 0; i < 16; i += 1) this.uint32();
  }
  uint32() {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }
  /** In [0, 1). */
  unit() {
    return this.uint32() / 4294967296;
  }
  /** Whole number in [from, to). */
  between(from, to) {
    return from + Math.floor(this.unit() * (to - from));
  }
  chance(probability) {
    return this.unit() < probability;
  }
  logUniform(from, to) {
    return from * (to / from) ** this.unit();
  }
}

/** Binary heap of (time, index): who is next. */
export class TimeHeap {
  size = 0;
  #times;
  #indexes;
  constructor(capacity) {
    this.#times = new Float64Array(capacity + 1);
    this.#indexes = new Int32Array(capacity + 1);
  }
  push(time, index) {
    const times = this.#times;
    const indexes = this.#indexes;
    let at = this.size;
    this.size += 1;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (times[parent] <= time) break;
      times[at] = times[parent];
      indexes[at] = indexes[parent];
      at = parent;
    }
    times[at] = time;
    indexes[at] = index;
  }
  pop() {
    const times = this.#times;
    const indexes = this.#indexes;
    const top = indexes[0];
    this.size -= 1;
    const time = times[this.size];
    const index = indexes[this.size];
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && times[child + 1] < times[child]) child += 1;
      if (times[child] >= time) break;
      times[at] = times[child];
      indexes[at] = indexes[child];
      at = child;
    }
    times[at] = time;
    indexes[at] = index;
    return top;
  }
}
