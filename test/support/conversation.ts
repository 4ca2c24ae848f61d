// Random conversations for properties: not a TCP, but nothing in them that a tap could not see.

import fc from 'fast-check';
import { framesOf, handshake, type SegmentFrame, type SegmentOptions } from './segments.ts';

type Step =
  | { readonly kind: 'data'; readonly bytes: number; readonly captured: boolean; readonly gapUs: number }
  | { readonly kind: 'ack'; readonly share: number; readonly window: number; readonly gapUs: number }
  | { readonly kind: 'again'; readonly share: number; readonly bytes: number; readonly gapUs: number }
  | { readonly kind: 'overtaken'; readonly bytes: number; readonly byBytes: number; readonly gapUs: number }
  | { readonly kind: 'duplicate'; readonly share: number; readonly gapUs: number };

const gapUs = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 30_000 }), fc.constant(250_000));
const share = fc.double({ min: 0, max: 1, noNaN: true });
const payload = fc.oneof(fc.constantFrom(1, 1460, 2920, 14_600, 64_240), fc.integer({ min: 1, max: 5000 }));
const kind = <K extends string>(name: K) => fc.constant(name);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: kind('data'),
      bytes: payload,
      captured: fc.integer({ min: 0, max: 9 }).map((roll) => roll > 0),
      gapUs,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: kind('ack'),
      share,
      window: fc.constantFrom(512, 512, 512, 20, 1, 0, 65_535),
      gapUs,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('again'), share, bytes: payload, gapUs }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('overtaken'), bytes: payload, byBytes: payload, gapUs }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('duplicate'), share, gapUs }) },
);

export interface Conversation {
  readonly withHandshake: boolean;
  readonly timestamps: boolean;
  readonly steps: readonly Step[];
}

/** Data of every size, seen or not; acknowledgements of any part of it; windows; retransmissions; disorder; SACK. */
export const conversation: fc.Arbitrary<Conversation> = fc.record({
  withHandshake: fc.boolean(),
  timestamps: fc.boolean(),
  steps: fc.array(step, { minLength: 1, maxLength: 60 }),
});

/** One sender of data, one of acknowledgements, as lines; not a TCP, but nothing that a tap could not see. */
export function linesOf({ withHandshake, timestamps, steps }: Conversation): string {
  const words = `mss 1460 sackok wscale 7${timestamps ? ' ts 1:1' : ''}`;
  const lines = withHandshake ? [handshake({ client: words, server: words })] : [];
  let us = 21_000;
  let next = 1;
  let una = 1;
  let window = 512;
  const ts = (): string => (timestamps ? ` ts ${Math.floor(us / 1000)}:${Math.floor(us / 1000) - 1}` : '');
  for (const current of steps) {
    us += current.gapUs;
    const at = `${ts()} at ${us}us`;
    if (current.kind === 'data') {
      if (current.captured) lines.push(`client > server seq ${next}:${next + current.bytes} ack 1${at}`);
      next += current.bytes;
    } else if (current.kind === 'ack') {
      una += Math.floor((next - una) * current.share);
      window = current.window;
      lines.push(`server > client ack ${una} win ${window}${at}`);
    } else if (current.kind === 'overtaken') {
      const [middle, end] = [next + current.bytes, next + current.bytes + current.byBytes];
      lines.push(`client > server seq ${next}:${middle} ack 1${ts()} at ${us + 3}us`);
      lines.push(`client > server seq ${middle}:${end} ack 1${at}`);
      next = end;
      us += 3;
    } else if (current.kind === 'again') {
      const start = 1 + Math.floor((next - 1) * current.share);
      const end = Math.min(next, start + current.bytes);
      if (end > start) lines.push(`client > server seq ${start}:${end} ack 1${at}`);
    } else {
      const edge = una + Math.floor((next - una) * current.share);
      const sack = edge > una ? ` sack ${edge}:${next}` : '';
      lines.push(`server > client ack ${una} win ${window}${sack}${at}`);
    }
  }
  return lines.join('\n');
}

/** Lines stand in the order of sending, which IP IDs follow; frames in the order of their times. */
export function captured(lines: string, options: SegmentOptions = {}): SegmentFrame[] {
  return framesOf(lines, { segmentBytes: 1460, ...options }).sort((a, b) => a.ns - b.ns);
}
