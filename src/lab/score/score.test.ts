import { expect, test } from 'vitest';
import { type Check, figureCheck, type Place, wordCheck } from './check.ts';
import { makeScore, type Score } from './score.ts';
import { scoreText } from './text.ts';

const place: Place = { at: 'sender', where: '001-x/sender.pcap', direction: 0 };
const elsewhere: Place = { at: 'receiver', where: '001-x/receiver.pcap', direction: 0 };
const share = (error: number): Check =>
  figureCheck('receive-window-share', place, { found: 0.5 + error, truth: 0.5, error, limit: 0.02 });
const scored = (...checks: Check[]): Score => makeScore({ kernel: '6.18', transfers: 1, failed: [] }, checks);

test('a claim agrees or is wrong; none is counted against where the capture can tell, and not at all where it cannot', () => {
  const score = scored(
    wordCheck('tso-in-effect', place, 'true', ['true'], true),
    wordCheck('tso-in-effect', place, 'false', ['true'], true),
    wordCheck('tso-in-effect', place, undefined, ['true'], true),
    wordCheck('tso-in-effect', elsewhere, undefined, ['true'], false),
  );
  expect(score).toMatchObject({ agrees: 1, wrong: 1, noClaim: 1, silent: 1, wrongTsoClaims: 1 });
  expect(score.agreement).toBeCloseTo(1 / 3);
  expect(score.disagreements.map(({ outcome }) => outcome)).toEqual(['wrong', 'no-claim']);
});

test('a reason that is as true agrees', () => {
  const check = wordCheck(
    'small-packets-reason',
    place,
    'retransmission',
    ['congestion-window', 'retransmission'],
    true,
  );
  expect(check.outcome).toBe('agrees');
});

test('errors are shown as their distribution, over the limit counted', () => {
  const { errors } = scored(...[0, 0.001, -0.002, 0.01, -0.05].map(share));
  expect(errors).toEqual([
    {
      kind: 'receive-window-share',
      at: 'sender',
      count: 5,
      median: 0.002,
      p90: 0.05,
      max: 0.05,
      limit: 0.02,
      overLimit: 1,
    },
  ]);
});

test('confusion tables count truth by what was said', () => {
  const { confusion } = scored(
    wordCheck('capture-point', place, 'sender', ['sender'], true),
    wordCheck('capture-point', place, 'sender', ['sender'], true),
    wordCheck('capture-point', place, 'between', ['sender'], true),
  );
  expect(confusion).toEqual([{ kind: 'capture-point', at: 'sender', counts: { sender: { sender: 2, between: 1 } } }]);
});

test('the text names transfers, agreement, wrong claims about TSO and each disagreement', () => {
  const text = scoreText(scored(share(0.05), wordCheck('tso-in-effect', place, 'true', ['true'], true)), false);
  expect(text).toContain('1 transfers on Linux 6.18: explain agrees with the kernel on 50.0% of 2 checks');
  expect(text).toContain('wrong claims about TSO: 0');
  expect(text).toContain("receive window's share: 001-x/sender.pcap, client to server: 0.55, truly 0.5");
});
