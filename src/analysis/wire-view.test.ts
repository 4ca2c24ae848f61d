import { describe, expect, test } from 'vitest';
import { clientData, handshake, measure } from '../../test/support/segments.ts';

/** `count` frames of `bytes`, each acknowledged; `id` numbers them. */
function frames(count: number, bytes: number, id: (index: number) => number, words = ''): string {
  return Array.from({ length: count }, (_, i) => {
    const start = 1 + i * bytes;
    return `client > server seq ${start}:${start + bytes} ack 1 id ${id(i) & 0xffff} ${words} at ${30 + i}ms
      server > client ack ${start + bytes} win 65535 at ${30.5 + i}ms`;
  }).join('\n');
}

const unscaled = { client: 'mss 1460', server: 'mss 1460' };

describe('wire packets of a frame', () => {
  test('are 45 for 65,160 bytes of payload at 1,448, as the IP IDs say', () => {
    const words = { client: 'mss 1460 ts 1:0 wscale 7', server: 'mss 1460 ts 1:1 wscale 7' };
    const lines =
      handshake(words) + frames(6, 65_160, (i) => 102 + 45 * i, 'ts 2:1').replaceAll('win 65535', 'win 65535 ts 2:2');
    const direction = clientData(lines, { shift: { id: 65_300 } });
    expect(direction).toMatchObject({ segmentBytes: 1448, wireDataPackets: 270, wireExactness: 'known' });
    expect(direction.ipIdAgree).toBe(direction.ipIdCompared);
    expect(direction.ipIdMode).toBe('incrementing');
    expect(direction.superPackets.count).toBe(6);
    // 66 bytes of headers, then 24 of preamble, delimiter, check sequence and gap, on each packet.
    expect(direction.wireBytes).toBeGreaterThanOrEqual(270 * (1448 + 66 + 24));
  });

  test('are counted by length where IDs stay the same, and are then inferred', () => {
    const direction = clientData(handshake(unscaled) + frames(6, 14_600, () => 77), { segmentBytes: 1460 });
    expect(direction).toMatchObject({ wireDataPackets: 60, wireExactness: 'inferred', ipIdMode: 'constant' });
  });

  test('are counted by length where IDs are random', () => {
    const ids = [5_000, 61_234, 12_001, 40_404, 33_333, 9_999, 52_000, 21_111];
    const direction = clientData(handshake(unscaled) + frames(8, 14_600, (i) => ids[i] ?? 0), { segmentBytes: 1460 });
    expect(direction).toMatchObject({ wireDataPackets: 80, wireExactness: 'inferred', ipIdMode: 'random' });
  });

  test('are one for a frame of the size that a jumbo MSS allows', () => {
    const jumbo = { client: 'mss 8960', server: 'mss 8960' };
    const direction = clientData(handshake(jumbo) + frames(6, 8960, (i) => 102 + i), { segmentBytes: 8960 });
    expect(direction).toMatchObject({ wireDataPackets: 6, segmentBytes: 8960, wireExactness: 'known' });
    expect([direction.superPackets.count, direction.aboveMss.count]).toEqual([0, 0]);
  });

  test('are two of 360 for 720 bytes in a window that never was above 720', () => {
    const clamped = `
      client > server syn mss 1460 win 64240 at 0ms
      server > client syn ack 1 mss 1460 win 720 at 20ms
      client > server ack 1 at 20.01ms
`;
    const lines = clamped + frames(8, 720, (i) => 102 + 2 * i).replaceAll('win 65535', 'win 720');
    const direction = clientData(lines, { segmentBytes: 360 });
    expect(direction).toMatchObject({
      segmentBytes: 360,
      segmentFrom: 'handshake',
      wireDataPackets: 16,
      wireExactness: 'known',
    });
    expect(direction.window.halfWindowSegmentBytes).toBe(360);
    expect(direction.superPackets.count).toBe(8);
  });

  test('of 720 bytes are one when a window of several segments was ever offered', () => {
    const lines = handshake(unscaled) + frames(8, 720, (i) => 102 + i);
    expect(clientData(lines, { segmentBytes: 1460 })).toMatchObject({ wireDataPackets: 8, superPackets: { count: 0 } });
  });

  test('are learnt from the IDs where no handshake told the segment size', () => {
    const direction = clientData(frames(8, 14_480, (i) => 102 + 10 * i));
    expect(direction).toMatchObject({ segmentBytes: 1448, segmentFrom: 'ip-id', wireDataPackets: 80 });
  });

  test('of one size that a program writes are counted by the IDs, and teach no segment size', () => {
    const direction = clientData(frames(20, 10_000, (i) => 102 + 2 * i));
    expect(direction.segmentBytes).toBeUndefined();
    expect(direction).toMatchObject({ wireDataPackets: 40, wireExactness: 'known' });
  });

  test('are one each although now and then an ID between two frames was never seen: a retransmission that was lost took it', () => {
    const id = (index: number): number => 102 + index + [5, 17, 31, 44, 58].filter((lost) => lost < index).length;
    const direction = clientData(handshake(unscaled) + frames(70, 1460, id), { segmentBytes: 1460 });
    expect(direction).toMatchObject({ segmentBytes: 1460, segmentFrom: 'handshake', wireDataPackets: 70 });
    expect(direction.superPackets.count).toBe(0);
  });

  test('are one each also where the capture began late, and the handshake tells nothing', () => {
    const id = (index: number): number => 102 + index + [5, 17, 31, 44, 58].filter((lost) => lost < index).length;
    const direction = clientData(frames(70, 1448, id));
    expect([direction.wireDataPackets, direction.superPackets.count]).toEqual([70, 0]);
  });

  test('are those of a smaller segment from the moment the IDs say so, frame after frame: the path MTU fell', () => {
    const id = (index: number): number => 102 + (index < 20 ? 2 * index : 40 + 4 * (index - 20));
    const direction = clientData(handshake(unscaled) + frames(40, 2920, id), { segmentBytes: 730 });
    expect(direction.wireDataPackets).toBeGreaterThanOrEqual(20 * 2 + 17 * 4);
    expect(direction.wireDataPackets).toBeLessThanOrEqual(20 * 2 + 20 * 4);
  });

  // IPv6 without handshake: 14,280 is 10 x 1,428, what 1,500 bytes hold beside 40 of IPv6 and 32 of TCP.
  const six = Array.from({ length: 10 }, (_, i) => {
    return `server > client seq ${1 + i * 14_280}:${1 + (i + 1) * 14_280} ack 1 ts 5:5 at ${30 + i}ms`;
  }).join('\n');

  test('are learnt from lengths where neither handshake nor IDs told the segment size, for the frames before as well', () => {
    const [, direction] = measure(six, { ipVersion: 6 }).directions;
    expect(direction).toMatchObject({ segmentBytes: 1428, wireDataPackets: 100, wireExactness: 'inferred' });
  });

  const ofSize = (bytes: number) =>
    six.replaceAll(/seq (\d+):(\d+)/g, (_, start, end) => {
      const at = (text: string) => ((Number(text) - 1) / 14_280) * bytes + 1;
      return `seq ${at(start)}:${at(end)}`;
    });

  test('are the frames themselves where these are as large as an MTU of 9,000 allows, and unknown where no whole number of segments fits', () => {
    const [, jumbo] = measure(ofSize(8928), { ipVersion: 6 }).directions;
    expect(jumbo).toMatchObject({ segmentBytes: 8928, wireDataPackets: 10, wireExactness: 'inferred' });
    expect(jumbo.superPackets.count).toBe(0);
    const [, odd] = measure(ofSize(8930), { ipVersion: 6 }).directions;
    expect(odd.superPackets.count).toBe(0);
  });

  test('are not learnt from a size that a program writes or a window has', () => {
    const [, direction] = measure(ofSize(6000), { ipVersion: 6 }).directions;
    expect(direction).toMatchObject({ wireDataPackets: 10, wireExactness: 'inferred' });
    expect(direction.superPackets.count).toBe(0);
  });

  test('have their headers in the bytes on the wire also when they are learnt late', () => {
    const [, direction] = measure(six, { ipVersion: 6 }).directions;
    expect(direction.wireBytes).toBe(100 * (14 + 40 + 32 + 1428 + 24));
  });

  test('are not counted by the size of the small writes of a connection whose segment size is not known', () => {
    const lines = `server > client seq 1:5001 ack 1 at 30ms
      server > client seq 5001:5138 ack 1 at 31ms
      server > client seq 5138:5398 ack 1 at 32ms`;
    const [, direction] = measure(lines, { ipVersion: 6 }).directions;
    expect(direction.wireDataPackets).toBeLessThanOrEqual(6);
    expect(direction.segmentBytes ?? 1220).toBeGreaterThanOrEqual(536);
  });

  test('include pure acknowledgements, padded to 60 bytes on the wire', () => {
    const connection = measure(
      `server > client seq 1:1461 ack 1 at 30ms
       client > server ack 1461 at 30.1ms
       client > server ack 1461 at 31.1ms`,
    );
    expect(connection.directions[0]).toMatchObject({ wirePackets: 2, wireDataPackets: 0, wireBytes: 2 * (60 + 24) });
  });

  test('of a frame cut by the snaplen are those of the whole', () => {
    const lines = handshake(unscaled) + frames(6, 14_600, (i) => 102 + 10 * i, 'snap 96');
    expect(clientData(lines, { segmentBytes: 1460 })).toMatchObject({ wireDataPackets: 60, payloadBytes: 87_600 });
  });

  test('are those of the segment size of a handshake whose later options the snaplen has cut', () => {
    const words = { client: 'mss 1460 sackok ts 1:0 wscale 7', server: 'mss 1460 sackok ts 1:1 wscale 7' };
    const cut = handshake(words).replaceAll(' at ', ' snap 60 at ');
    const lines = cut + frames(2, 14_480, (i) => 102 + 10 * i, 'ts 5:5 snap 68');
    const direction = clientData(lines, { segmentBytes: 1448 });
    expect(direction).toMatchObject({ segmentBytes: 1448, segmentFrom: 'handshake', wireDataPackets: 20 });
    expect(direction.window.scaleShift).toBeUndefined();
  });

  test('are one for each jumbo frame whose IDs say so, where no handshake tells the segment size', () => {
    const late = Array.from({ length: 12 }, (_, i) => {
      const seq = 1 + i * 8960;
      return `client > server seq ${seq}:${seq + 8960} ack 1 id ${200 + i} at ${30 + i}ms
        server > client ack ${seq + 8960} win 512 at ${30.5 + i}ms`;
    });
    const direction = clientData(late.join('\n'), { segmentBytes: 8960 });
    expect(direction).toMatchObject({ segmentBytes: 8960, wireDataPackets: 12 });
  });

  test('of a frame above 65,535 bytes are counted, and the frame is BIG TCP', () => {
    const words = { client: 'mss 1460 wscale 7', server: 'mss 1460 wscale 7' };
    const lines = handshake(words) + frames(4, 146_000, (i) => 102 + 100 * i);
    const direction = clientData(lines, { segmentBytes: 1460 });
    expect(direction).toMatchObject({ wireDataPackets: 400, bigTcp: { count: 4 } });
  });
});

describe('checksums', () => {
  const count = (words: string, snap = ''): unknown => {
    const lines = `${handshake(unscaled)}
      client > server seq 1:1461 ack 1 ${words} ${snap} at 30ms
      client > server seq 1461:4381 ack 1 ${words} ${snap} at 30.01ms
      server > client ack 4381 win 65535 at 50ms`;
    const { single, multi } = clientData(lines, { segmentBytes: 1460 }).checksums;
    return { single, multi };
  };
  const none = { valid: 0, partial: 0, wrong: 0, unknown: 0 };

  test('that are right are valid, for one packet and for several', () => {
    expect(count('')).toEqual({ single: { ...none, valid: 3 }, multi: { ...none, valid: 1 } });
  });

  test('that hold the pseudo-header sum are left for an offload', () => {
    expect(count('partial')).toEqual({ single: { ...none, valid: 2, partial: 1 }, multi: { ...none, partial: 1 } });
  });

  test('that are neither are wrong', () => {
    expect(count('wrong')).toEqual({ single: { ...none, valid: 2, wrong: 1 }, multi: { ...none, wrong: 1 } });
  });

  test('of cut frames are not known, unless they hold the pseudo-header sum', () => {
    expect(count('', 'snap 96')).toEqual({ single: { ...none, valid: 2, unknown: 1 }, multi: { ...none, unknown: 1 } });
    expect(count('partial', 'snap 96')).toEqual({
      single: { ...none, valid: 2, partial: 1 },
      multi: { ...none, partial: 1 },
    });
  });
});

describe('where a snap length of 54 bytes leaves no handshake', () => {
  /** One frame for each of `sizes`, all acknowledged, whose IDs advance by its packets of `segment` bytes. */
  function writes(sizes: readonly number[], segment: number): { lines: string; packets: number } {
    let seq = 1;
    let id = 101;
    const lines = sizes.map((bytes, index) => {
      const line = `client > server seq ${seq}:${seq + bytes} ack 1 id ${id & 0xffff} at ${index}ms
        server > client ack ${seq + bytes} win 65535 at ${index + 0.5}ms`;
      seq += bytes;
      id += Math.ceil(bytes / segment);
      return line;
    });
    return { lines: lines.join('\n'), packets: id - 101 };
  }

  test('larger and larger single packets are one packet each', () => {
    const { lines, packets } = writes([300, 800, 1200, 700, 1300, 1400, 1448, 500, 900, 1448, 100], 1448);
    expect(clientData(lines)).toMatchObject({ wireDataPackets: packets, wireExactness: 'known' });
  });

  test('IP IDs of frames of several packets tell a segment that no single one fills', () => {
    const { lines, packets } = writes([300, 800, 1200, 700, 1444, 2892, 500, 2896, 900, 2000, 100], 1448);
    expect(clientData(lines)).toMatchObject({ wireDataPackets: packets, segmentBytes: 1448, wireExactness: 'known' });
  });

  test('IP IDs tell that the segments are smaller than an Ethernet packet', () => {
    const sizes = [300, 800, 1200, 700, 1300, 1340, 500, 900, 1448, 100, 1400, 2600, 1348, 200, 1460, 1349, 700, 20];
    const { lines, packets } = writes(sizes, 1348);
    const direction = clientData(lines);
    expect(direction.wireDataPackets).toBe(packets);
    expect(direction.segmentBytes).toBe(1348);
  });
});
