// Station "capture", machine side: the 64-bit xxHash (github.com/Cyan4973/xxHash, doc/xxhash_spec.md), whose low half ends a
// Zstandard frame (RFC 8878, section 3.1.1). Numbers of 64 bits are kept as two halves: with BigInt it would take 20 times as long.

const prime1High = 0x9e3779b1;
const prime1Low = 0x85ebca87;
const prime2High = 0xc2b2ae3d;
const prime2Low = 0x27d4eb4f;
const stripeBytes = 32;
const mask64 = 0xffff_ffff_ffff_ffffn;
const prime1 = 0x9e3779b185ebca87n;
const prime2 = 0xc2b2ae3d27d4eb4fn;
const prime3 = 0x165667b19e3779f9n;
const prime4 = 0x85ebca77c2b2ae63n;
const prime5 = 0x27d4eb2f165667c5n;

/** Upper half of the 64-bit product of two unsigned 32-bit numbers, modulo 2^32. */
function upperOfProduct(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const other = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 65_536) + Math.floor(other / 65_536)) | 0;
}

/** Hash of a stream of bytes, seed 0. */
export class Xxh64 {
  /** Four accumulators: high half, low half, of each. */
  readonly #state = new Int32Array(8);
  readonly #stripe = new Uint8Array(stripeBytes);
  readonly #stripeView = new DataView(this.#stripe.buffer);
  #stripeFilled = 0;
  #totalBytes = 0;

  constructor() {
    this.reset();
  }

  reset(): void {
    const starts = [prime1 + prime2, prime2, 0n, -prime1];
    for (const [i, value] of starts.entries()) {
      this.#state[2 * i] = Number((value >> 32n) & 0xffffffffn);
      this.#state[2 * i + 1] = Number(value & 0xffffffffn);
    }
    this.#stripeFilled = 0;
    this.#totalBytes = 0;
  }

  update(bytes: Uint8Array): void {
    this.#totalBytes += bytes.length;
    let at = 0;
    if (this.#stripeFilled > 0) {
      at = Math.min(stripeBytes - this.#stripeFilled, bytes.length);
      this.#stripe.set(bytes.subarray(0, at), this.#stripeFilled);
      this.#stripeFilled += at;
      if (this.#stripeFilled < stripeBytes) return;
      this.#round(this.#stripeView, 0);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (; bytes.length - at >= stripeBytes; at += stripeBytes) this.#round(view, at);
    this.#stripe.set(bytes.subarray(at));
    this.#stripeFilled = bytes.length - at;
  }

  /** The low 32 bits of the hash of all that came, unsigned: what a Zstandard frame ends with. */
  low32(): number {
    return Number(this.#finish() & 0xffffffffn);
  }

  /** Each accumulator: acc = rotateLeft(acc + lane * prime2, 31) * prime1. */
  #round(view: DataView, at: number): void {
    const state = this.#state;
    for (let lane = 0; lane < 4; lane++) {
      const inputLow = view.getInt32(at + 8 * lane, true);
      const inputHigh = view.getInt32(at + 8 * lane + 4, true);
      const productLow = Math.imul(inputLow, prime2Low);
      const productHigh =
        (upperOfProduct(inputLow, prime2Low) + Math.imul(inputLow, prime2High) + Math.imul(inputHigh, prime2Low)) | 0;
      const low = (state[2 * lane + 1]! + productLow) | 0;
      const carry = low >>> 0 < productLow >>> 0 ? 1 : 0;
      const high = (state[2 * lane]! + productHigh + carry) | 0;
      // Rotating left by 31 is swapping the halves and rotating right by 1.
      const turnedHigh = (low >>> 1) | (high << 31);
      const turnedLow = (high >>> 1) | (low << 31);
      state[2 * lane + 1] = Math.imul(turnedLow, prime1Low);
      state[2 * lane] =
        upperOfProduct(turnedLow, prime1Low) + Math.imul(turnedLow, prime1High) + Math.imul(turnedHigh, prime1Low);
    }
  }

  /** Once a frame: BigInt will do. */
  #finish(): bigint {
    const [v1 = 0n, v2 = 0n, v3 = 0n, v4 = 0n] = [0, 1, 2, 3].map(
      (lane) => (BigInt(this.#state[2 * lane]! >>> 0) << 32n) | BigInt(this.#state[2 * lane + 1]! >>> 0),
    );
    let hash = prime5;
    if (this.#totalBytes >= stripeBytes) {
      hash = (rotate(v1, 1n) + rotate(v2, 7n) + rotate(v3, 12n) + rotate(v4, 18n)) & mask64;
      for (const value of [v1, v2, v3, v4]) hash = ((hash ^ scramble(value)) * prime1 + prime4) & mask64;
    }
    hash = this.#takeRest((hash + BigInt(this.#totalBytes)) & mask64);
    hash = ((hash ^ (hash >> 33n)) * prime2) & mask64;
    hash = ((hash ^ (hash >> 29n)) * prime3) & mask64;
    return hash ^ (hash >> 32n);
  }

  #takeRest(start: bigint): bigint {
    let hash = start;
    let at = 0;
    const left = this.#stripeFilled;
    for (; left - at >= 8; at += 8) {
      const lane = scramble(this.#stripeView.getBigUint64(at, true));
      hash = (rotate(hash ^ lane, 27n) * prime1 + prime4) & mask64;
    }
    if (left - at >= 4) {
      const lane = (BigInt(this.#stripeView.getUint32(at, true)) * prime1) & mask64;
      hash = (rotate(hash ^ lane, 23n) * prime2 + prime3) & mask64;
      at += 4;
    }
    for (; at < left; at++) {
      const lane = (BigInt(this.#stripe[at] ?? 0) * prime5) & mask64;
      hash = (rotate(hash ^ lane, 11n) * prime1) & mask64;
    }
    return hash;
  }
}

function rotate(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & mask64;
}

function scramble(value: bigint): bigint {
  return (rotate((value * prime2) & mask64, 31n) * prime1) & mask64;
}
