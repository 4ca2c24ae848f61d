// Every shipped capture, against what the kernel itself said of the transfer (its truth.json: TCP_INFO and counters), and
// against what `explain` said of it when a person last looked (its expected.json: verdicts and the numbers behind them).
// Dropping a capture with its truth into a folder adds a test. `UPDATE_GOLDEN=1 npx vitest run test/captures` rewrites the
// expected files; look at the difference before committing it.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ConnectionMeasurement, DirectionMeasurement } from '../../src/analysis/measurement.ts';
import { diagnoseConnection, diagnosisContext } from '../../src/diagnosis/diagnose.ts';
import { createExplainer } from '../../src/explain.ts';
import type { DirectionTruth, TapPoint, Truth } from '../../src/lab/truth.ts';
import { openCapture } from '../../src/node/open-capture.ts';

const root = import.meta.dirname;
const captures = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.pcap(ng)?$/.test(name))
  .sort()
  .map((name) => join(root, name));

/** Differences from the truth that are right or cannot be told from the file, each with its reason. */
const explained: Readonly<Record<string, Partial<Record<'point' | 'wire' | 'retransmissions' | 'window', string>>>> = {
  'taps/vxlan-outer.pcap': { point: 'veth pair: both ends leave checksums unfinished and answer within microseconds' },
  'taps/started-late.pcap': { wire: 'the kernel counted from before the capture' },
  'small-packets/window-clamped-at-720.pcap': { wire: 'two probes were sent after TCP_INFO was read' },
  'window/record-reader.pcap': { window: 'the kernel goes on counting 47 ms for the FIN, which is no data' },
};

interface Measured {
  readonly connection: ConnectionMeasurement;
  readonly codes: readonly string[];
}

async function measure(path: string): Promise<Measured[]> {
  const explainer = createExplainer({ captureIndex: 0 });
  const opened = await openCapture(path, explainer.sink);
  const capture = explainer.finish(opened.end);
  const context = diagnosisContext(capture, []);
  return [...capture.connections].map((connection) => ({
    connection,
    codes: diagnoseConnection(connection, context).verdicts.map(({ code, direction }) =>
      direction === undefined ? code : `${code} [${direction}]`,
    ),
  }));
}

function beside(path: string, suffix: string): string {
  return join(dirname(path), `${basename(path).replace(/\.pcap(ng)?$/, '')}.${suffix}`);
}

function truthOf(path: string): Truth {
  return JSON.parse(readFileSync(beside(path, 'truth.json'), 'utf8')) as Truth;
}

/** The connection that the truth is about, and the direction that carried its data. */
function mainDirection(measured: readonly Measured[], truth: Truth) {
  const told = truth.connections[0];
  if (told === undefined) return undefined;
  const found = measured
    .map(({ connection }) => connection)
    .filter(({ server }) => server.port === told.server.port)
    .sort((a, b) => payload(b) - payload(a))[0];
  const side: 0 | 1 = truth.dataFrom === 'client' ? 0 : 1;
  return found === undefined ? undefined : { direction: found.directions[side], told: told.directions[side], side };
}

function payload(connection: ConnectionMeasurement): number {
  return connection.directions[0].payloadBytes + connection.directions[1].payloadBytes;
}

function pointOf(truth: Truth, side: 0 | 1): TapPoint | undefined {
  const tap = truth.taps[0];
  return side === 0 ? tap?.clientToServer : tap?.serverToClient;
}

function expectWireCounts(direction: DirectionMeasurement, told: DirectionTruth, name: string): void {
  const info = told.senderInfo;
  if (info === null) return;
  if (explained[name]?.wire === undefined)
    expect(direction.wireDataPackets, 'data packets on the wire').toBe(info.dataSegsOut);
  if (explained[name]?.retransmissions === undefined) {
    expect(direction.retransmissions.packets, 'retransmitted packets').toBe(info.totalRetrans);
  }
}

/** TCP_INFO's clocks tick every 4 ms: shares are compared from 100 ms on, and no closer than a tick. */
function expectWindowShare(
  direction: DirectionMeasurement,
  told: DirectionTruth,
  tolerance: number,
  name: string,
): void {
  const info = told.senderInfo;
  if (info?.busyTimeUs === undefined || info.rwndLimitedUs === undefined || info.busyTimeUs < 100_000) return;
  if (explained[name]?.window !== undefined) return;
  if (direction.limits.receiveWindow === undefined) return;
  const share = info.rwndLimitedUs / info.busyTimeUs;
  expect(Math.abs(direction.limits.receiveWindow - share), 'share limited by the receive window').toBeLessThanOrEqual(
    Math.max(tolerance, 4000 / info.busyTimeUs),
  );
}

/** What a reviewer reads: verdict codes and the numbers that carry them. No times: two machines would differ in the last digit. */
function digest({ connection, codes }: Measured) {
  return {
    connection: `${connection.client.ip}:${connection.client.port} > ${connection.server.ip}:${connection.server.port}`,
    encapsulation: connection.encapsulation,
    capturePoint: connection.capturePoint,
    handshakeSeen: connection.handshake.seen,
    directions: connection.directions.map((direction) => ({
      frames: direction.frames,
      payloadBytes: direction.payloadBytes,
      capturePoint: direction.capturePoint,
      segmentBytes: direction.segmentBytes ?? null,
      superPackets: direction.superPackets.count,
      superPacketKind: direction.superPacketKind ?? null,
      wirePackets: direction.wirePackets,
      wireBytes: direction.wireBytes,
      tsoInEffect: direction.tsoInEffect ?? null,
      receiveMergeInEffect: direction.receiveMergeInEffect ?? null,
      smallPackets: direction.smallPackets.present ? (direction.smallPackets.reason ?? null) : false,
      retransmissions: direction.retransmissions.packets,
      outOfOrder: direction.outOfOrder.count,
      duplicateAcks: direction.duplicateAcks.count,
      zeroWindows: direction.window.zeroWindows.count,
      windowScale: direction.window.scaleShift ?? null,
      clamped: direction.window.clamped,
    })),
    verdicts: codes,
  };
}

test('the repository ships at least 20 captures', () => {
  expect(captures.length).toBeGreaterThanOrEqual(20);
});

describe.each(captures.map((path) => ({ name: relative(root, path), path })))('$name', ({ name, path }) => {
  test('says what the kernel said of the transfer', async () => {
    const truth = truthOf(path);
    const main = mainDirection(await measure(path), truth);
    if (main === undefined) {
      expect(truth.connections, 'a TCP transfer that was not found').toEqual([]);
      return;
    }
    const { direction, told, side } = main;
    const point = pointOf(truth, side);
    if (point !== 'both' && explained[name]?.point === undefined) expect(direction.capturePoint).toBe(point);
    if (direction.tsoInEffect !== undefined) expect(direction.tsoInEffect, 'TSO in effect').toBe(told.tsoInEffect);
    if (point === 'sender') {
      expectWireCounts(direction, told, name);
      if (told.smallPacketsReason !== null && direction.smallPackets.present) {
        expect([told.smallPacketsReason, ...told.smallPacketsAlso]).toContain(direction.smallPackets.reason);
      }
    }
    // A capture that starts late has not seen all that the kernel's clocks count.
    if (truth.taps[0]?.startedLate !== true) expectWindowShare(direction, told, point === 'sender' ? 0.02 : 0.06, name);
  });

  test('reads as it did when a person last looked', async () => {
    const digests = (await measure(path)).map(digest);
    const expectedPath = beside(path, 'expected.json');
    if (process.env['UPDATE_GOLDEN'] !== undefined || !existsSync(expectedPath)) {
      writeFileSync(expectedPath, `${JSON.stringify(digests, null, 2)}\n`);
    }
    expect(digests).toEqual(JSON.parse(readFileSync(expectedPath, 'utf8')));
  });
});
