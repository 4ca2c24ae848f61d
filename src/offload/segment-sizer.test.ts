import { describe, expect, it } from 'vitest';
import { DirectionSizes } from './segment-sizer.ts';

/** Takes frames of `payloadBytes` and the ID steps behind each. */
function learntFrom(votes: readonly (readonly [payloadBytes: number, step: number])[]): number {
  const direction = new DirectionSizes(1, 2);
  for (const [payloadBytes, step] of votes) direction.vote(payloadBytes, step);
  return direction.learnt;
}

const times = <T>(count: number, value: T): T[] => new Array<T>(count).fill(value);

describe('a segment size', () => {
  it('is learnt from three frames that divide evenly', () => {
    expect(learntFrom(times(3, [7300, 10]))).toBe(730);
    expect(learntFrom(times(2, [7300, 10]))).toBe(0);
  });

  it('is not learnt from odd steps among frames that were one packet: there the tap missed a packet', () => {
    const lossy = times(5, [...times(9, [1460, 1] as const), [1460, 2] as const]).flat();
    expect(learntFrom(lossy)).toBe(0);
  });

  it('is not contradicted by small frames, nor by frames that it explains', () => {
    expect(
      learntFrom([
        [7300, 10],
        [200, 1],
        [7300, 10],
        [1000, 2],
        [7300, 10],
      ]),
    ).toBe(730);
  });
});
