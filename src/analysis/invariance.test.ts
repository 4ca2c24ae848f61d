// What must not matter: where sequence numbers, IP IDs and timestamps start, when the capture started, and how rows were
// batched.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { captured, conversation, linesOf } from '../../test/support/conversation.ts';
import {
  measureCapture,
  measureInBatches,
  type SegmentFrame,
  type SegmentOptions,
} from '../../test/support/segments.ts';
import type { ConnectionMeasurement, DirectionMeasurement } from './measurement.ts';

function measured(lines: string, options: SegmentOptions): readonly ConnectionMeasurement[] {
  return measureCapture(captured(lines, options)).connections;
}

/** The same measurement with all its times moved; limitsOverTime and all other fields that end in Ns stay as they are. */
function movedBack(connections: readonly ConnectionMeasurement[], byNs: number): readonly ConnectionMeasurement[] {
  const moved = (key: string, value: unknown): unknown =>
    typeof value === 'number' && /^(first|last|from|to|firstData|lastData)Ns$/.test(key) ? value - byNs : value;
  return JSON.parse(JSON.stringify(connections, moved));
}

const plain = (connections: readonly ConnectionMeasurement[]) => movedBack(connections, 0);

test('the conversations used here hold all that is measured', () => {
  const directions = fc
    .sample(conversation, { numRuns: 300, seed: 1 })
    .flatMap((all) => measured(linesOf(all), {}))
    .map(({ directions: [fromClient] }) => fromClient);
  const most = (of: (direction: DirectionMeasurement) => number): number => Math.max(...directions.map(of));
  const { fast, timeout, tailProbe, spurious, originalUnseen } = {
    fast: most(({ retransmissions }) => retransmissions.fast),
    timeout: most(({ retransmissions }) => retransmissions.timeout),
    tailProbe: most(({ retransmissions }) => retransmissions.tailProbe),
    spurious: most(({ retransmissions }) => retransmissions.spurious),
    originalUnseen: most(({ retransmissions }) => retransmissions.originalUnseen),
  };
  expect(Math.min(fast, timeout, tailProbe, spurious, originalUnseen)).toBeGreaterThan(0);
  expect(most(({ outOfOrder }) => outOfOrder.count)).toBeGreaterThan(0);
  expect(most(({ duplicateAcks }) => duplicateAcks.count)).toBeGreaterThan(0);
  expect(most(({ window }) => window.zeroWindowPeriods)).toBeGreaterThan(0);
  expect(most(({ superPackets }) => superPackets.count)).toBeGreaterThan(0);
  expect(most(({ limits }) => limits.receiveWindow ?? 0)).toBeGreaterThan(0);
  expect(most(({ limits }) => limits.recovery ?? 0)).toBeGreaterThan(0);
});

/** Four NOPs and more where the timestamp option stands behind an IPv4 header. */
function withoutTimestamp(frame: SegmentFrame): SegmentFrame {
  const optionAt = 14 + 20 + 20;
  const bytes = frame.bytes.slice();
  if (bytes[optionAt] === 1 && bytes[optionAt + 2] === 8) bytes.fill(1, optionAt, optionAt + 12);
  return { ...frame, bytes };
}

describe('a measurement stays the same', () => {
  test('when a constant is added to all sequence numbers', () => {
    const shifts = fc.oneof(fc.integer({ min: 0, max: 0xffff_ffff }), fc.integer({ min: -200_000, max: 0 }));
    fc.assert(
      fc.property(conversation, shifts, (all, sequence) => {
        const lines = linesOf(all);
        expect(plain(measured(lines, { shift: { sequence } }))).toEqual(plain(measured(lines, {})));
      }),
    );
  });

  test('when a constant is added to all IP IDs', () => {
    fc.assert(
      fc.property(conversation, fc.integer({ min: 0, max: 0xffff }), (all, id) => {
        const lines = linesOf(all);
        expect(plain(measured(lines, { shift: { id } }))).toEqual(plain(measured(lines, {})));
      }),
    );
  });

  test('when a constant is added to all timestamp values', () => {
    fc.assert(
      fc.property(conversation, fc.integer({ min: 0, max: 0xffff_ffff }), (all, timestamp) => {
        const lines = linesOf({ ...all, timestamps: true });
        expect(plain(measured(lines, { shift: { timestamp } }))).toEqual(plain(measured(lines, {})));
      }),
    );
  });

  test('when the capture started earlier', () => {
    fc.assert(
      fc.property(conversation, fc.integer({ min: 0, max: 3_600_000_000_000 }), (all, ns) => {
        const lines = linesOf(all);
        expect(movedBack(measured(lines, { shift: { ns } }), ns)).toEqual(plain(measured(lines, {})));
      }),
    );
  });

  test('when the first frame is at time 0', () => {
    fc.assert(
      fc.property(conversation, (all) => {
        const frames = captured(linesOf(all));
        const firstNs = frames[0]?.ns ?? 0;
        const fromZero = frames.map((frame) => ({ ...frame, ns: frame.ns - firstNs }));
        expect(plain(measureCapture(fromZero).connections)).toEqual(
          movedBack(measureCapture(frames).connections, firstNs),
        );
      }),
    );
  });

  test('whatever the size of the batches', () => {
    fc.assert(
      fc.property(conversation, fc.integer({ min: 1, max: 20 }), (all, rows) => {
        const frames = captured(linesOf(all));
        expect(plain(measureInBatches(frames, rows))).toEqual(plain(measureCapture(frames).connections));
      }),
    );
  });

  test('whatever was measured before, also where timestamps are missing', () => {
    fc.assert(
      fc.property(conversation, conversation, fc.nat(2), (all, before, third) => {
        const frames = captured(linesOf(all)).map((frame, row) =>
          row % 3 === third ? withoutTimestamp(frame) : frame,
        );
        const first = plain(measureCapture(frames).connections);
        measureCapture(captured(linesOf(before)));
        expect(plain(measureCapture(frames).connections)).toEqual(first);
      }),
    );
  });

  test('whatever connection ran beside it', () => {
    fc.assert(
      fc.property(conversation, conversation, (one, other) => {
        const alone = captured(linesOf(one));
        const beside = captured(linesOf(other), { hosts: { client: { address: 3 } } });
        const mixed = [...alone, ...beside].toSorted((a, b) => a.ns - b.ns);
        const rowOf = new Map(alone.map((frame, row) => [row, mixed.indexOf(frame)]));
        const found = measureCapture(mixed).connections.filter(({ client, server }) => {
          return client.ip === '10.0.0.1' || server.ip === '10.0.0.1';
        });
        expect(found.map((connection) => withoutRows(connection, undefined))).toEqual(
          measureCapture(alone).connections.map((connection) => withoutRows(connection, rowOf)),
        );
      }),
    );
  });
});

describe('what TCP did stays the same', () => {
  /** Without what tells of the tap. */
  const ofTcp = (connections: readonly ConnectionMeasurement[], rowOf?: ReadonlyMap<number, number>): unknown =>
    connections.map(({ directions, handshake, rttNs }) =>
      withoutRows(
        {
          handshake,
          rttNs,
          directions: directions.map((direction) => {
            const {
              checksums: _1,
              capturePoint: _2,
              capturePointConfidence: _3,
              capturePointEvidence: _4,
              ...rest
            } = direction;
            // These say what they say for a tap at that place.
            const { smallPackets: _5, tsoInEffect: _6, receiveMergeInEffect: _7, superPacketKind: _8, ...left } = rest;
            return left;
          }),
        },
        rowOf,
      ),
    );

  test('when only 96 bytes of each frame were captured', () => {
    fc.assert(
      fc.property(conversation, (all) => {
        const frames = captured(linesOf(all));
        const cut = frames.map((frame) => ({ ...frame, bytes: frame.bytes.slice(0, 96) }));
        expect(ofTcp(measureCapture(cut).connections)).toEqual(ofTcp(measureCapture(frames).connections));
      }),
    );
  });

  test('when a second interface shows every frame again', () => {
    fc.assert(
      fc.property(conversation, fc.integer({ min: 0, max: 5_000 }), (all, delayNs) => {
        const frames = captured(linesOf({ ...all, withHandshake: true }));
        const copies = frames.map((frame) => ({ ...frame, ns: frame.ns + delayNs, interfaceIndex: 1 }));
        const both = frames.flatMap((frame, row) => [frame, copies[row] ?? frame]).sort((a, b) => a.ns - b.ns);
        const rowOf = new Map(frames.map((frame, row) => [row, both.indexOf(frame)]));
        const { connections } = measureCapture(both);
        expect(connections[0]?.duplicates.count).toBe(frames.length);
        expect(ofTcp(connections)).toEqual(ofTcp(measureCapture(frames).connections, rowOf));
      }),
    );
  });
});

/** Without its number in the capture; rows through `rowOf`. */
function withoutRows(measured: object, rowOf: ReadonlyMap<number, number> | undefined): unknown {
  const mapped = (row: unknown): unknown => (typeof row === 'number' ? (rowOf?.get(row) ?? row) : row);
  return JSON.parse(
    JSON.stringify(measured, (key, value) => {
      if (key === 'id' || key === 'tcpStream') return undefined;
      // Lasts until the connection's last frame, which may be a copy.
      if (key === 'zeroWindowNs' || key === 'clampedForNs') return undefined;
      if (key.endsWith('Row')) return mapped(value);
      if ((key === 'rows' || key === 'synRows') && Array.isArray(value)) return value.map(mapped);
      return value;
    }),
  );
}
