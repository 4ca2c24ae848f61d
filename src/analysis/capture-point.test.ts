import { describe, expect, test } from 'vitest';
import { framesOf, measure, measureCapture, type SegmentOptions } from '../../test/support/segments.ts';
import type { CapturePointEvidence, ConnectionMeasurement } from './measurement.ts';

type Kind = CapturePointEvidence['kind'];

/** A transfer whose answers all take as long on both sides: timing tells nothing of where the tap was but "between". */
function balanced(words: { client?: string; server?: string } = {}): string {
  const client = `client > server ${words.client ?? ''}`;
  const server = `server > client ${words.server ?? ''}`;
  return `
    ${client} syn mss 1460 win 64240 at 0ms
    ${server} syn ack 1 mss 1460 win 65160 at 10ms
    ${client} ack 1 at 20ms
    ${client} seq 1:1461 ack 1 at 20.001ms
    ${server} ack 1461 win 65160 at 30ms
    ${client} seq 1461:2921 ack 1 at 40ms
    ${server} ack 2921 win 65160 at 50ms
  `;
}

function pointsTo(connection: ConnectionMeasurement, kind: Kind): string[] {
  return connection.directions[0].capturePointEvidence.filter((one) => one.kind === kind).map((one) => one.pointsTo);
}

function evidence(lines: string, kind: Kind, options: SegmentOptions = {}): string[] {
  return pointsTo(measure(lines, { segmentBytes: 1460, ...options }), kind);
}

describe('the place of the tap', () => {
  test('is said by the direction marks of the file: what goes out is sent here', () => {
    const lines = balanced({ client: 'outbound', server: 'inbound' });
    expect(new Set(evidence(lines, 'packet-type'))).toEqual(new Set(['sender']));
    expect(measure(lines).capturePoint).toBe('sender');
  });

  test('is said by the direction marks of the file: what comes in is received here', () => {
    const lines = balanced({ client: 'inbound', server: 'outbound' });
    expect(new Set(evidence(lines, 'packet-type'))).toEqual(new Set(['receiver']));
    expect(measure(lines).capturePoint).toBe('receiver');
  });

  test('is between when both directions are marked as incoming', () => {
    const lines = balanced({ client: 'inbound', server: 'inbound' });
    expect(new Set(evidence(lines, 'packet-type'))).toEqual(new Set(['between']));
  });

  test('is beside the side whose checksums are not filled in yet', () => {
    const lines = balanced({ client: 'partial' });
    expect(evidence(lines, 'partial-checksum')).toEqual(['sender']);
    expect(measure(lines).capturePoint).toBe('sender');
    expect(evidence(balanced({ server: 'partial' }), 'partial-checksum')).toEqual(['receiver']);
  });

  test('is on the wire when all checksums of both sides are complete', () => {
    expect(evidence(balanced(), 'valid-checksum')).toEqual(['between']);
    expect(measure(balanced()).capturePoint).toBe('between');
  });

  test('is not told by checksums when both sides leave them unfinished, as on a virtual path', () => {
    const lines = balanced({ client: 'partial', server: 'partial' });
    expect([...evidence(lines, 'partial-checksum'), ...evidence(lines, 'valid-checksum')]).toEqual([]);
  });

  test('is beside the receiver of frames that were merged', () => {
    const merged = `${balanced({ server: 'partial' })}
      client > server seq 2921:17521 ack 1 at 60ms
      server > client partial ack 17521 win 65160 at 70ms`;
    expect(evidence(merged, 'merged-frames')).toEqual(['receiver']);
    expect(measure(merged).capturePoint).toBe('receiver');
  });

  test('is both ends on the loopback', () => {
    const connection = measure(balanced(), { hosts: { server: { address: 1 } } });
    expect(pointsTo(connection, 'loopback')).toEqual(['sender']);
    expect(connection.capturePoint).toBe('both');
  });

  test('is not beside a side whose packets have lost hops', () => {
    const lines = balanced({ server: 'ttl 57' });
    // Evidence against the server's side, and for the client's, whose packets left with the TTL of a fresh packet.
    expect(evidence(lines, 'ttl')).toEqual(['receiver', 'sender']);
    expect(measure(lines).directions[0].capturePointEvidence.find(({ kind }) => kind === 'ttl')?.weight).toBeLessThan(
      0,
    );
  });

  test('is between when the packets of both sides have lost hops', () => {
    expect(measure(balanced({ client: 'ttl 60', server: 'ttl 57' })).capturePoint).toBe('between');
  });

  test('is beside the side whose short frames have no padding while those of the other have', () => {
    const lines = balanced({ server: 'padded' });
    expect(evidence(lines, 'padding')).toEqual(['sender']);
  });

  test('is beside the side that answers at once', () => {
    const quick = balanced().replace('ack 1 at 20ms', 'ack 1 at 10.01ms').replace('at 20.001ms', 'at 10.02ms');
    expect(evidence(quick, 'turnaround-timing')).toEqual(['sender']);
    expect(measure(quick).capturePoint).toBe('sender');
  });

  test('is on a host whose device finishes no checksums, also where it once answered within two microseconds', () => {
    const quick = balanced()
      .replace('ack 1 at 20ms', 'ack 1 at 10.002ms')
      .replace('at 20.001ms', 'at 10.02ms')
      .replace('at 40ms', 'at 30.002ms');
    const weight = (lines: string) =>
      measure(lines, { segmentBytes: 1460 }).directions[0].capturePointEvidence.find(
        ({ kind }) => kind === 'turnaround-timing',
      )?.weight;
    expect(weight(quick)).toBeGreaterThan(6.5);
    // Less is the grain of a clock.
    expect(weight(quick.replace('10.002ms', '10.0005ms').replace('30.002ms', '30.0005ms'))).toBeLessThan(6.5);
  });

  test('is told by who follows whom at once, without handshake and timestamps', () => {
    const rounds = (answerMs: number) =>
      Array.from({ length: 12 }, (_, round) => {
        const [at, seq] = [10 * round, 1 + round * 2920];
        return `client > server seq ${seq}:${seq + 1460} ack 1 at ${at + answerMs}ms
          client > server seq ${seq + 1460}:${seq + 2920} ack 1 at ${at + answerMs + 0.002}ms
          server > client ack ${seq + 2920} win 502 at ${at + 10}ms`;
      }).join('\n');
    const host = measure(rounds(0.02), { segmentBytes: 1460 });
    expect(host.capturePoint).toBe('sender');
    expect(pointsTo(host, 'turnaround-timing')).toEqual(['sender']);
    // Slower than a host answers.
    expect(evidence(rounds(0.4), 'turnaround-timing')).toEqual([]);
  });

  test('is between when both sides take as long to answer', () => {
    expect(evidence(balanced(), 'turnaround-timing')).toEqual(['between']);
  });

  test('is told by the handshake alone where the path adds no delay', () => {
    const client = `client > server syn mss 1460 win 64240 at 0ms
      server > client syn ack 1 mss 1460 win 65160 at 0.030ms
      client > server ack 1 at 0.036ms`;
    expect(evidence(client, 'handshake-timing')).toEqual(['sender']);
    const server = client.replace('0.036ms', '0.062ms');
    expect(evidence(server, 'handshake-timing')).toEqual(['receiver']);
  });

  test('is not moved by acknowledgements that wait for what is missing, as beside the receiver', () => {
    const rounds = Array.from({ length: 20 }, (_, round) => {
      const [at, seq] = [60 + round, 2921 + round * 4380];
      // The second of three is overtaken by the third.
      return `client > server seq ${seq}:${seq + 1460} ack 1 id ${300 + 3 * round} at ${at}ms
        client > server seq ${seq + 2920}:${seq + 4380} ack 1 id ${302 + 3 * round} at ${at + 0.1}ms
        server > client ack ${seq + 1460} win 65160 at ${at + 0.11}ms
        client > server seq ${seq + 1460}:${seq + 2920} ack 1 id ${301 + 3 * round} at ${at + 0.2}ms
        server > client ack ${seq + 4380} win 65160 at ${at + 0.21}ms`;
    });
    const connection = measure(`${balanced()}\n${rounds.join('\n')}`, { segmentBytes: 1460 });
    expect(connection.directions[0].outOfOrder.count).toBe(20);
    const lag = connection.directions[0].capturePointEvidence.find(({ kind }) => kind === 'acknowledgement-lag');
    expect(lag).toMatchObject({ pointsTo: 'receiver', weight: 2.5 });
  });

  test('is not beside a receiver whose acknowledgements lag behind what the tap saw', () => {
    const lines = Array.from({ length: 20 }, (_, i) => {
      const seq = 1 + i * 2920;
      return `client > server seq ${seq}:${seq + 1460} ack 1 at ${30 + i}ms
        client > server seq ${seq + 1460}:${seq + 2920} ack 1 at ${30.1 + i}ms
        ${i < 5 ? '' : `server > client ack ${seq - 5 * 2920} win 65160 at ${30.5 + i}ms`}`;
    });
    const connection = measure(lines.join('\n'), { segmentBytes: 1460 });
    const lag = connection.directions[0].capturePointEvidence.find(({ kind }) => kind === 'acknowledgement-lag');
    expect(lag).toMatchObject({ pointsTo: 'receiver', weight: -4 });
  });

  test('without delay on the path is not told by data that crosses its acknowledgement, but by data that passed long before it', () => {
    const lines = (lagMs: number): string =>
      Array.from({ length: 20 }, (_, i) => {
        const seq = 1 + i * 2920;
        return `client > server partial seq ${seq}:${seq + 1460} ack 1 at ${1 + i}ms
        client > server partial seq ${seq + 1460}:${seq + 2920} ack 1 at ${1.06 + i}ms
        server > client partial ack ${seq + 1460} win 65160 at ${(1.06 + lagMs + i).toFixed(3)}ms`;
      }).join('\n');
    const quick = `client > server partial syn mss 1460 win 64240 at 0ms
      server > client partial syn ack 1 mss 1460 win 65160 at 0.03ms
      client > server partial ack 1 at 0.052ms\n`;
    expect(evidence(quick + lines(0.003), 'acknowledgement-lag')).toEqual([]);
    expect(evidence(quick + lines(0.05), 'acknowledgement-lag')).toEqual(['receiver']);
  });

  test('is beside a host whose device finishes no checksums, if it answers as fast as only a stack does', () => {
    const lines = Array.from({ length: 15 }, (_, i) => {
      const seq = 1 + i * 1460;
      return `client > server seq ${seq}:${seq + 1460} ack 1 at ${(20.02 + i * 20).toFixed(3)}ms
        server > client ack ${seq + 1460} win 65160 at ${40 + i * 20}ms`;
    });
    const answered = (ms: number): string => `client > server syn mss 1460 win 64240 at 0ms
      server > client syn ack 1 mss 1460 win 65160 at 20ms
      client > server ack 1 at ${20 + ms}ms\n`;
    expect(measure(answered(0.01) + lines.join('\n')).capturePoint).toBe('sender');
    const slower = lines.join('\n').replaceAll(/at (\d+)\.02/g, 'at $1.2');
    expect(measure(answered(0.2) + slower).capturePoint).toBe('between');
  });

  test('is between where acknowledgements that no wire has completed lag behind what the tap saw', () => {
    const lines = Array.from({ length: 20 }, (_, i) => {
      const seq = 1 + i * 2920;
      return `client > server seq ${seq}:${seq + 1460} ack 1 at ${30 + i}ms
        client > server seq ${seq + 1460}:${seq + 2920} ack 1 at ${30.1 + i}ms
        ${i < 5 ? '' : `server > client partial ack ${seq - 5 * 2920} win 65160 at ${30.5 + i}ms`}`;
    });
    const connection = measure(lines.join('\n'), { segmentBytes: 1460 });
    expect(pointsTo(connection, 'acknowledgement-lag')).toContain('between');
  });

  test('is not told by packets that follow each other as parts of one stream', () => {
    const lines = Array.from({ length: 40 }, (_, i) => {
      const seq = 2921 + i * 1460;
      return `client > server partial seq ${seq}:${seq + 1460} ack 1 at ${(1 + i * 0.01).toFixed(3)}ms
        server > client partial ack ${seq - 1460} win 65160 at ${(1.002 + i * 0.01).toFixed(3)}ms`;
    });
    const quick = `client > server partial syn mss 1460 win 64240 at 0ms
      server > client partial syn ack 1 mss 1460 win 65160 at 0.03ms
      client > server partial ack 1 at 0.06ms
      client > server partial seq 1:2921 ack 1 at 0.9ms`;
    expect(evidence(`${quick}\n${lines.join('\n')}`, 'turnaround-timing')).toEqual([]);
  });

  test('is not beside a sender whose retransmissions are the first that the tap saw of them', () => {
    const lines = `${balanced()}
      client > server seq 4381:5841 ack 1 id 201 at 60ms
      server > client ack 2921 win 65160 at 70ms
      client > server seq 2921:4381 ack 1 id 205 at 290ms`;
    const lost = measure(lines).directions[0].capturePointEvidence.find(
      ({ kind }) => kind === 'retransmission-of-unseen',
    );
    expect(lost).toMatchObject({ pointsTo: 'sender', values: { packetCount: 1 } });
    expect(lost?.weight).toBeLessThan(0);
  });

  test('is both when most packets come twice without direction marks, as with -i any', () => {
    const frames = framesOf(balanced(), { segmentBytes: 1460 });
    const twice = frames.flatMap((frame) => [frame, { ...frame, ns: frame.ns + 3000, interfaceIndex: 1 }]);
    expect(measureCapture(twice).connections[0]?.capturePoint).toBe('both');
  });

  test('beside the receiver of a virtual path is no claim about TSO where frames are large: uncut and merged look the same', () => {
    const beside = (end: number) =>
      measure(
        `${balanced({ client: 'inbound partial', server: 'partial' })}
          client > server inbound partial psh seq 2921:${end} ack 1 at 60ms
          server > client partial ack ${end} win 65160 at 60.001ms`,
        { segmentBytes: 1460 },
      ).directions[0];
    expect(beside(17_521)).toMatchObject({ capturePoint: 'receiver', superPacketKind: 'unknown' });
    expect(beside(17_521).tsoInEffect).toBeUndefined();
    expect(beside(17_521).receiveMergeInEffect).toBeUndefined();
    expect(beside(4381).tsoInEffect).toBe(false);
  });

  test('has the other sense for the data of the other side', () => {
    const { directions } = measure(balanced({ client: 'partial' }));
    expect(directions.map(({ capturePoint }) => capturePoint)).toEqual(['sender', 'receiver']);
  });
});
