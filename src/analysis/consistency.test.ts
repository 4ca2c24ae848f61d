// What must hold of every measurement, whatever was captured.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Conversation, captured, conversation, linesOf } from '../../test/support/conversation.ts';
import { framesOf, measureCapture } from '../../test/support/segments.ts';
import type { ConnectionMeasurement, DirectionMeasurement } from './measurement.ts';

function forEveryDirection(check: (direction: DirectionMeasurement, connection: ConnectionMeasurement) => void): void {
  fc.assert(
    fc.property(conversation, (all: Conversation) => {
      for (const connection of measureCapture(captured(linesOf(all))).connections) {
        for (const direction of connection.directions) check(direction, connection);
      }
    }),
    { numRuns: 100 },
  );
}

const sum = (numbers: readonly (number | undefined)[]): number =>
  numbers.reduce((total: number, number) => total + (number ?? 0), 0);

describe('of every direction', () => {
  test('a frame is at least one packet on the wire', () => {
    forEveryDirection((direction) => {
      expect(direction.wirePackets).toBeGreaterThanOrEqual(direction.frames);
      expect(direction.wireDataPackets).toBeGreaterThanOrEqual(direction.dataFrames);
      expect(direction.superPackets.count).toBeLessThanOrEqual(direction.dataFrames);
      expect(direction.superPacketBytes).toBeLessThanOrEqual(direction.payloadBytes);
    });
  });

  test('every packet sent again is of one kind', () => {
    forEveryDirection(({ retransmissions, payloadBytes }) => {
      const { fast, timeout, tailProbe, packets, spurious, originalUnseen, bytes } = retransmissions;
      expect(fast + timeout + tailProbe).toBe(packets);
      expect(Math.max(spurious, originalUnseen)).toBeLessThanOrEqual(packets);
      expect(bytes).toBeLessThanOrEqual(payloadBytes);
    });
  });

  test('shares of time are shares', () => {
    forEveryDirection(({ limits, busyNs }) => {
      const shares = Object.values(limits);
      for (const share of shares) expect(share).toBeGreaterThanOrEqual(0);
      if (shares.length > 0 && busyNs > 0) expect(sum(shares)).toBeCloseTo(1, 6);
      expect(busyNs).toBeGreaterThanOrEqual(0);
    });
  });

  test('the time over which something limited lies within the connection and in order', () => {
    forEveryDirection(({ limitsOverTime }, { firstNs, lastNs }) => {
      const edges = limitsOverTime.flatMap(({ fromNs, toNs }) => [fromNs, toNs]);
      expect(edges.toSorted((a, b) => a - b)).toEqual(edges);
      expect(edges[0] ?? firstNs).toBeGreaterThanOrEqual(firstNs - 2_000_000);
      expect(edges.at(-1) ?? lastNs).toBeLessThanOrEqual(lastNs + 2_000_000);
    });
  });

  test('bytes in small frames are counted under one reason', () => {
    forEveryDirection(({ smallPackets, payloadBytes }) => {
      expect(sum(Object.values(smallPackets.bytesByReason))).toBeLessThanOrEqual(payloadBytes);
    });
  });

  test('minimum, median and 95th percentile are in order', () => {
    forEveryDirection(({ ackDelayNs, window }, { rttNs }) => {
      for (const { min = 0, median = min, p95 = median } of [ackDelayNs ?? {}, rttNs]) {
        expect([min, median, p95].toSorted((a, b) => a - b)).toEqual([min, median, p95]);
      }
      const { minBytes = 0, medianBytes = minBytes, maxBytes = medianBytes } = window;
      expect([minBytes, medianBytes, maxBytes].toSorted((a, b) => a - b)).toEqual([minBytes, medianBytes, maxBytes]);
    });
  });

  test('unique bytes are not more than all bytes', () => {
    forEveryDirection(({ uniquePayloadBytes, payloadBytes }) => {
      expect(uniquePayloadBytes).toBeLessThanOrEqual(payloadBytes);
    });
  });
});

test('bytes on the wire hold 78 bytes and more beside the payload of each data packet', () => {
  fc.assert(
    fc.property(conversation, (all) => {
      const [connection] = measureCapture(captured(linesOf({ ...all, withHandshake: true }))).connections;
      const { wireBytes, payloadBytes, wireDataPackets } = connection?.directions[0] ?? {};
      expect(wireBytes).toBeGreaterThanOrEqual((payloadBytes ?? Number.NaN) + (wireDataPackets ?? Number.NaN) * 78);
    }),
  );
});

describe('with a clock that jumps', () => {
  const jumps = fc.array(fc.integer({ min: -400_000_000, max: 400_000_000 }), { minLength: 1, maxLength: 5 });

  test('no duration is negative', () => {
    fc.assert(
      fc.property(conversation, jumps, (all, by) => {
        const frames = captured(linesOf(all));
        const jumping = frames.map((frame, index) => {
          const part = Math.floor((index * (by.length + 1)) / frames.length);
          return { ...frame, ns: Math.max(0, frame.ns + sum(by.slice(0, part))) };
        });
        const negative: string[] = [];
        JSON.stringify(measureCapture(jumping).connections, (key, value) => {
          if (typeof value === 'number' && value < 0 && /Ns$|^min$|^median$|^p95$/.test(key)) negative.push(key);
          return value;
        });
        expect(negative).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test('a window of zero is never open for less than no time', () => {
    const lines = [
      'client > server syn mss 1460 win 64240 at 0ms',
      'server > client syn ack 1 mss 1460 win 65160 at 20ms',
      'client > server seq 1:1461 ack 1 at 30ms',
      'server > client ack 1461 win 0 at 500ms',
      'server > client ack 1461 win 65535 at 100ms',
    ];
    const [connection] = measureCapture(framesOf(lines.join('\n'))).connections;
    expect(connection?.directions[0].window.zeroWindowNs).toBeGreaterThanOrEqual(0);
  });

  test('the capture lasts until its latest packet, whatever the size of the batches', () => {
    const lines = `client > server seq 1:1461 ack 1 at 0ms
      client > server seq 1461:2921 ack 1 at 500ms
      client > server seq 2921:4381 ack 1 at 100ms`;
    expect(measureCapture(framesOf(lines)).durationNs).toBe(500_000_000);
  });
});
