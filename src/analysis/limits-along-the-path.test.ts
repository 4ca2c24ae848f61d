// The same transfer at taps along its path: what limited it is a property of the transfer, not of the place.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bulk, clientData, handshake } from '../../test/support/segments.ts';
import { runTransfer, type Transfer } from '../../test/support/transfer.ts';

const transfer: fc.Arbitrary<Transfer> = fc.record({
  oneWayNs: fc.integer({ min: 1_000_000, max: 40_000_000 }),
  windowBytes: fc.integer({ min: 2 * 1460, max: 44 * 1460 }),
  congestionSegments: fc.integer({ min: 2, max: 40 }),
  writes: fc.array(
    fc.record({
      gapNs: fc.integer({ min: 0, max: 30_000_000 }),
      bytes: fc.integer({ min: 100, max: 400_000 }).filter((bytes) => bytes % 1460 !== 0),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

/**
 * Shares agree with the sender's own account to so many percent points, and `rounds` round trips for each write: away from the
 * sender its turn is measured, and what the last round trip of a write waited for shows only there.
 */
function agrees(place: number, timestamps: boolean, points: number, rounds: number): void {
  fc.assert(
    fc.property(transfer, (all) => {
      const { lines, windowNs, busyNs } = runTransfer({ ...all, timestamps }, place);
      fc.pre(busyNs > 20 * all.oneWayNs);
      // Where both windows are about the same a capture cannot tell which of them it was.
      fc.pre(Math.abs(all.windowBytes - all.congestionSegments * 1460) > 3 * 1460);
      const { limits } = clientData(lines, { segmentBytes: 1460 });
      const allowedNs = (busyNs * points) / 100 + rounds * all.writes.length * 2 * all.oneWayNs;
      expect(Math.abs((limits.receiveWindow ?? 0) * busyNs - windowNs)).toBeLessThanOrEqual(allowedNs);
    }),
    { numRuns: 60 },
  );
}

describe("the receive window's share is the sender's own account of it", () => {
  test('at a tap beside the sender', () => agrees(0, false, 2, 0.5));
  test('at a tap beside the sender, with timestamps', () => agrees(0, true, 2, 0.5));
  test('at a tap in the middle, with timestamps', () => agrees(0.5, true, 6, 1));
  test('at a tap beside the receiver, with timestamps', () => agrees(1, true, 6, 1));
});

describe('without the handshake', () => {
  /** The transfer without the lines in which it is opened. */
  const late = (lines: string): string =>
    lines
      .split('\n')
      .filter((line) => !/ syn /.test(line))
      .join('\n');

  test.each([0, 0.5, 1])(
    "the receive window's share is right or not known, at a tap %d of the way from the sender",
    (place) => {
      let known = 0;
      fc.assert(
        fc.property(transfer, (chosen) => {
          // Whole segments, which fill the window: that is what tells its scale.
          const all = { ...chosen, windowBytes: chosen.windowBytes - (chosen.windowBytes % 1448) };
          const { lines, windowNs, busyNs } = runTransfer({ ...all, timestamps: true }, place);
          fc.pre(busyNs > 20 * all.oneWayNs);
          fc.pre(Math.abs(all.windowBytes - all.congestionSegments * 1460) > 3 * 1460);
          const { limits, busyNs: measuredNs } = clientData(late(lines));
          if (limits.receiveWindow === undefined) return;
          known++;
          const allowedNs = busyNs * 0.06 + 1.5 * all.writes.length * 2 * all.oneWayNs;
          expect(Math.abs(limits.receiveWindow * measuredNs - windowNs)).toBeLessThanOrEqual(allowedNs);
        }),
        { numRuns: 60, seed: 7 },
      );
      expect(known).toBeGreaterThan(10);
    },
  );
});

describe('a congestion window of one segment less than the receive window', () => {
  const share = (place: number, timestamps = false): number => {
    const oneSegmentLess = { oneWayNs: 10_000_000, windowBytes: 8760, congestionSegments: 5, timestamps };
    const { lines } = runTransfer({ ...oneSegmentLess, writes: [{ gapNs: 0, bytes: 657_001 }] }, place);
    return clientData(lines, { segmentBytes: 1460 }).limits.receiveWindow ?? Number.NaN;
  };

  test('limits beside the sender', () => {
    expect(share(0)).toBeLessThan(0.02);
  });

  test('limits beside the receiver where timestamps tell what the sender knew', () => {
    expect(share(1, true)).toBeLessThan(0.06);
  });

  // Wrong today: 0.98. Without timestamps the acknowledgements of a round are still pending when its data comes, so that twice as
  // much seems in flight; one such moment calls it the window, and `deferred` (engine/assembly/sender-limits.ts setState) keeps it so for as long
  // as the congestion window leaves less than a third of the receive window. Linux: 0, tcp_cwnd_test comes first.
  test.fails('limits beside the receiver', () => {
    expect(share(1)).toBeLessThan(0.06);
  });
});

describe('an acknowledgement that is lost behind the tap', () => {
  const far = `
    client > server syn mss 1460 sackok win 64240 at 0ms
    server > client syn ack 1 mss 1460 sackok win 64240 at 0.03ms
    client > server ack 1 win 64240 at 20ms
    client > server seq 1:1001 ack 1 psh at 40ms
    server > client ack 1001 win 64240 at 40.03ms`;

  test('leaves the sender busy until a timer has sent the data again, which shows it', () => {
    const direction = clientData(
      `${far}
      client > server seq 1:1001 ack 1 psh at 300ms
      server > client ack 1001 win 64240 at 300.03ms
      client > server seq 1001:2001 ack 1 psh at 600ms
      server > client ack 2001 win 64240 at 600.03ms`,
      { segmentBytes: 1460 },
    );
    expect(direction.retransmissions).toMatchObject({ packets: 1, spurious: 1 });
    // From 40 ms to the second acknowledgement, which is the sender's one turn later, and one more turn for the last segment.
    expect(direction.busyNs / 1e6).toBeGreaterThan(275);
    expect(direction.busyNs / 1e6).toBeLessThan(325);
    expect(direction.limits.recovery).toBeGreaterThan(0.8);
  });

  test('is not believed of data that the path delivered late', () => {
    const direction = clientData(
      `${far.replace('psh at 40ms', 'psh id 500 at 40ms')}
      client > server seq 1001:2001 ack 1 psh id 501 at 40.1ms
      server > client ack 2001 win 64240 at 40.13ms
      client > server seq 1:1001 ack 1 psh id 499 at 300ms
      server > client ack 2001 win 64240 at 300.03ms`,
      { segmentBytes: 1460 },
    );
    expect(direction.retransmissions.packets).toBe(0);
    expect(direction.busyNs / 1e6).toBeLessThan(60);
  });
});

test("the file's own word for the direction of packets says beside which side the tap is, whatever their times", () => {
  // Both sides take ten milliseconds to answer.
  const middle =
    `${handshake().replace('at 20ms', 'at 10ms').replace('at 20.01ms', 'at 20ms')} ${bulk(30, 2, 509)}`.replaceAll(
      /server > client ack (.*) at (\d+)\.9ms/g,
      (_, words, at) => `server > client ack ${words} at ${at - 9}.9ms`,
    );
  const kindOf = (lines: string) => clientData(lines, { segmentBytes: 1460 }).networkLimitKind;
  expect(kindOf(middle)).toBeUndefined();
  const marked = (client: string, server: string) =>
    middle
      .replaceAll('client > server', `client > server ${client}`)
      .replaceAll('server > client', `server > client ${server}`);
  expect(kindOf(marked('outbound', 'inbound'))).toBe('congestion-window');
  expect(kindOf(marked('inbound', 'outbound'))).toBeUndefined();
});
