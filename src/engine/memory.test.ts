import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Engine } from './engine.ts';

interface Piece {
  readonly at: number;
  readonly bytes: number;
}

type Step = { readonly kind: 'take'; readonly bytes: number } | { readonly kind: 'give back'; readonly which: number };

const bytes = fc.oneof(fc.integer({ min: 16, max: 200 }), fc.integer({ min: 16, max: 20_000 }));
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('take' as const), bytes }),
  fc.record({ kind: fc.constant('give back' as const), which: fc.nat() }),
);

/** Takes and gives back pieces; every one is filled while it is held, so that one that overlaps another is seen. */
function held(engine: Engine, steps: readonly Step[]): Piece[] {
  const pieces: Piece[] = [];
  for (const next of steps) {
    engine.loop.ensureHeadroom();
    const memory = new Uint8Array(engine.loop.memory.buffer);
    if (next.kind === 'take') {
      const at = engine.loop.allocate(next.bytes) >>> 0;
      expect(memory.subarray(at, at + next.bytes).every((byte) => byte === 0)).toBe(true);
      memory.fill(0xff, at, at + next.bytes);
      pieces.push({ at, bytes: next.bytes });
    } else {
      const [piece] = pieces.splice(next.which % Math.max(1, pieces.length), 1);
      if (piece !== undefined) engine.loop.release(piece.at, piece.bytes);
    }
  }
  return pieces.toSorted((a, b) => a.at - b.at);
}

test('pieces of memory are zero when taken, and never overlap, whatever was taken and given back before', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const pieces = held(new Engine(), steps);
      for (const [index, piece] of pieces.entries()) {
        const next = pieces[index + 1];
        if (next !== undefined) expect(piece.at + piece.bytes).toBeLessThanOrEqual(next.at);
      }
    }),
    { numRuns: 60 },
  );
});

test('a larger piece that was given back is cut for smaller ones before new memory is taken', () => {
  const { loop } = new Engine();
  loop.ensureHeadroom();
  const large = loop.allocate(4096);
  loop.release(large, 4096);
  const end = loop.reserve(8);
  const small = Array.from({ length: 16 }, () => loop.allocate(256));
  expect(Math.max(...small)).toBeLessThan(end);
  expect(new Set(small).size).toBe(16);
});
