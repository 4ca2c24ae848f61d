import { describe, expect, test } from 'vitest';
import { connection, context } from '../../test/diagnosis/fixtures.ts';
import type { CapturePointEvidence } from '../analysis/measurement.ts';
import { CaptureError } from '../capture/capture-error.ts';
import type { CaptureEnd } from '../capture/capture-reader.ts';
import { diagnoseConnection } from '../diagnosis/diagnose.ts';
import { buildConnection, buildFinding, capturePointKey } from './build.ts';
import { buildCapture, type CaptureFacts } from './build-capture.ts';
import { catalogueOf, type Language } from './messages/render.ts';
import type { ConnectionReport } from './model.ts';

function build(measured = connection(), language: Language = 'en', idOffset = 0): ConnectionReport {
  const { verdicts, beliefs } = diagnoseConnection(measured, context());
  return buildConnection(measured, verdicts, beliefs, { language, idOffset });
}

const end: CaptureEnd = { format: 'pcap', packetCount: 24, capturedBytes: 900, originalBytes: 15_904, warnings: [] };
const facts: CaptureFacts = {
  path: 'a.pcap',
  compression: null,
  end,
  linkTypes: [1, 1, 147],
  firstTime: { seconds: 1_795_000_000, nanoseconds: 123_456_789 },
  durationNs: 2_300_000,
  otherPackets: { udp: 0, icmp: 0, other: 0, undecoded: 0, undecodedCut: 0 },
  interrupted: false,
};

describe('a connection', () => {
  test('counts packets from 1, as Wireshark does, and numbers on over several captures', () => {
    const report = build(connection({ connection: { firstRow: 6, lastRow: 41 } }), 'en', 10);
    expect(report).toMatchObject({ id: 11, firstPacket: 7, lastPacket: 42 });
  });

  test('has null, and no missing key, where a measurement is undefined', () => {
    const measured = connection({
      data: {
        segmentBytes: undefined,
        window: { scaleShift: undefined, minBytes: undefined },
        limits: { recovery: undefined },
      },
      connection: { rttNs: { handshake: undefined } },
    });
    const report = build(measured);
    expect(report.rttNs.handshake).toBeNull();
    expect(report.directions[0]).toMatchObject({
      segmentSizeBytes: null,
      limits: { recovery: null },
      window: { minBytes: null },
    });
    expect(JSON.stringify(report)).toBe(
      JSON.stringify(report, (_key, value: unknown) => (value === undefined ? 'missing' : value)),
    );
  });

  test('says its kind of super-packet and reason of small packets only where there are any', () => {
    const report = build(connection({ data: { superPackets: { count: 0, rows: [] }, superPacketBytes: 0 } }));
    expect(report.directions[0].superPackets).toEqual({ count: 0, shareOfBytes: 0, kind: null });
    expect(report.directions[0].smallPackets).toMatchObject({ present: false, reason: null });
  });

  test('answers the three beliefs in the language asked for', () => {
    expect(build(connection(), 'ko').beliefs).toEqual(build(connection(), 'en').beliefs);
    expect(build(connection(), 'ko').beliefReasons.tsoIsOff).toMatch(/[가-힣]/);
  });
});

describe('evidence for a capture point', () => {
  const kinds: readonly (readonly [CapturePointEvidence['kind'], readonly string[]])[] = [
    ['packet-type', ['outgoingCount']],
    ['packet-type', ['incomingCount']],
    ['packet-type', ['outgoingCount', 'incomingCount']],
    ['epb-direction', []],
    ['loopback', []],
    ['partial-checksum', ['partialCount']],
    ['valid-checksum', ['completeCount']],
    ['merged-frames', ['mergedCount']],
    ['super-packets-with-wire-checksums', []],
    ['handshake-timing', []],
    ['turnaround-timing', ['firstTurnNs', 'secondTurnNs']],
    ['ttl', ['firstTtl', 'secondTtl']],
    ['padding', ['unpaddedCount', 'peerPaddedCount']],
    ['retransmission-of-unseen', ['packetCount']],
    ['retransmission-of-unseen', ['seenTwiceCount']],
    ['above-mtu', []],
  ];

  test.each(kinds)('%s with %j has a sentence in every language that takes just these values', (kind, names) => {
    for (const pointsTo of ['sender', 'receiver', 'between'] as const) {
      const values = Object.fromEntries(names.map((name) => [name, 3]));
      const key = capturePointKey({ kind, pointsTo, weight: 1, values, rows: [] });
      for (const language of ['en', 'ko'] as const) {
        const used = [...(catalogueOf(language)[key] ?? 'no sentence {x}').matchAll(/\{([A-Za-z]+)/g)].map(
          (match) => match[1],
        );
        expect(used.toSorted(), `${language} ${key}`).toEqual(names.toSorted());
      }
    }
  });

  test('comes heaviest first, with packet numbers', () => {
    const capturePointEvidence: CapturePointEvidence[] = [
      { kind: 'ttl', pointsTo: 'sender', weight: 2, values: { firstTtl: 64, secondTtl: 57 }, rows: [0] },
      { kind: 'partial-checksum', pointsTo: 'sender', weight: 6, values: { partialCount: 9 }, rows: [3, 5] },
    ];
    const report = build(connection({ data: { capturePointEvidence } }));
    expect(report.directions[0].capturePointEvidence.map(({ weight, packets }) => ({ weight, packets }))).toEqual([
      { weight: 6, packets: [4, 6] },
      { weight: 2, packets: [1] },
    ]);
  });
});

describe('a capture', () => {
  test('names its link types once each, and its first packet in nanoseconds', () => {
    expect(buildCapture(facts, 'en')).toMatchObject({
      linkTypes: ['ETHERNET', 'LINKTYPE_147'],
      firstTime: '2026-11-18T11:06:40.123456789Z',
      damage: null,
      warnings: [],
    });
  });

  test('keeps what is wrong with it: damage by packet and byte, an interruption as a warning', () => {
    const damage = new CaptureError('truncated', { file: 'a.pcap', packet: 25, offset: 1300 }, 'cut short');
    const report = buildCapture({ ...facts, end: { ...end, damage }, interrupted: true }, 'en');
    expect(report.damage).toEqual({ packet: 25, offset: 1300, message: 'cut short' });
    expect(report.warnings).toEqual([
      {
        code: 'interrupted',
        count: 1,
        message: 'Interrupted: this report covers only the 24 packets read until then.',
      },
    ]);
  });

  test('words warnings in Korean with the sentence of the reader behind them', () => {
    const warnings = [{ code: 'time-went-backwards', count: 2, message: 'Time went backwards at packet 17.' }] as const;
    const report = buildCapture({ ...facts, end: { ...end, warnings } }, 'ko');
    expect(report.warnings[0]?.message).toBe('시각이 거꾸로 감 2회: Time went backwards at packet 17.');
  });
});

test('a finding names its host instead of a direction', () => {
  const [verdict] = diagnoseConnection(connection(), context()).verdicts;
  if (verdict === undefined) throw new Error('no verdict to build from');
  const finding = buildFinding({ ...verdict, direction: 1 }, 'web1', 'en');
  expect(finding).not.toHaveProperty('direction');
  expect(finding.host).toBe('web1');
});
