import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clientData, handshake, measure } from '../../test/support/segments.ts';

const options = { segmentBytes: 1460 };
/** Five segments: 1, 1461, 2921, 4381, 5841 up to 7301. */
const five = `
  client > server seq 1:1461 ack 1 at 30ms
  client > server seq 1461:2921 ack 1 at 30.01ms
  client > server seq 2921:4381 ack 1 at 30.02ms
  client > server seq 4381:5841 ack 1 at 30.03ms
  client > server seq 5841:7301 ack 1 at 30.04ms
`;

const kinds = (lines: string) => {
  const { fast, timeout, tailProbe, spurious, originalUnseen, packets, bytes } = clientData(
    lines,
    options,
  ).retransmissions;
  return { fast, timeout, tailProbe, spurious, originalUnseen, packets, bytes };
};
const none = { fast: 0, timeout: 0, tailProbe: 0, spurious: 0, originalUnseen: 0, packets: 0, bytes: 0 };
const one = { ...none, packets: 1, bytes: 1460 };

describe('data and acknowledgements in order', () => {
  const direction = clientData(
    `${handshake()} ${five}
    server > client ack 2921 win 509 at 50ms
    server > client ack 7301 win 509 at 50.1ms`,
    options,
  );

  test('are no loss, no disorder and no duplicate', () => {
    expect(direction.retransmissions).toMatchObject({ ...none, holes: 0 });
    expect([direction.outOfOrder.count, direction.duplicateAcks.count, direction.keepAlives.count]).toEqual([0, 0, 0]);
    expect([direction.payloadBytes, direction.uniquePayloadBytes, direction.dataFrames]).toEqual([7300, 7300, 5]);
  });

  test('give a delay per acknowledgement, from the newest frame that it covers', () => {
    expect(direction.ackDelayNs).toEqual({ min: 19_990_000, median: 19_990_000, p95: 20_060_000, count: 2 });
  });

  test('count an acknowledgement of more than two segments as a stretch', () => {
    expect([direction.stretchAcks, direction.largestAckBytes]).toEqual([1, 4380]);
  });
});

describe('a retransmission', () => {
  test('is fast when SACK had reported data above it', () => {
    const lines = `${handshake()} ${five}
      server > client ack 1461 win 509 sack 2921:4381 at 50ms
      client > server seq 1461:2921 ack 1 at 50.01ms`;
    expect(kinds(lines)).toEqual({ ...one, fast: 1 });
  });

  test('is fast after three duplicate acknowledgements without SACK', () => {
    const lines = `${handshake({ client: 'mss 1460 wscale 7', server: 'mss 1460 wscale 7' })} ${five}
      server > client ack 1461 win 509 at 50ms
      server > client ack 1461 win 509 at 50.01ms
      server > client ack 1461 win 509 at 50.02ms
      server > client ack 1461 win 509 at 50.03ms
      client > server seq 1461:2921 ack 1 at 50.04ms`;
    expect(kinds(lines)).toEqual({ ...one, fast: 1 });
    expect(clientData(lines, options).duplicateAcks).toEqual({ count: 3, rows: [9, 10, 11] });
  });

  test('is a timeout when the first unacknowledged segment is sent after 200 ms of quiet', () => {
    const lines = `${handshake()} ${five}
      server > client ack 1461 win 509 at 50ms
      client > server seq 1461:2921 ack 1 at 255ms`;
    expect(kinds(lines)).toEqual({ ...one, timeout: 1 });
  });

  test('belongs to the timeout until all that was in flight then is acknowledged', () => {
    const lines = `${handshake()} ${five}
      server > client ack 1461 win 509 at 50ms
      client > server seq 1461:2921 ack 1 at 255ms
      server > client ack 2921 win 509 at 275ms
      client > server seq 2921:4381 ack 1 at 275.01ms
      client > server seq 4381:5841 ack 1 at 275.02ms
      server > client ack 7301 win 509 at 295ms`;
    expect(kinds(lines)).toEqual({ ...none, packets: 3, bytes: 4380, timeout: 3 });
  });

  test('is fast again once that is over', () => {
    const lines = `${handshake()} ${five}
      server > client ack 1461 win 509 at 50ms
      client > server seq 1461:2921 ack 1 at 255ms
      server > client ack 7301 win 509 at 275ms
      client > server seq 7301:8761 ack 1 at 276ms
      client > server seq 8761:10221 ack 1 at 276.01ms
      server > client ack 7301 win 509 sack 8761:10221 at 296ms
      client > server seq 7301:8761 ack 1 at 296.01ms`;
    expect(kinds(lines)).toEqual({ ...none, packets: 2, bytes: 2920, timeout: 1, fast: 1 });
  });

  test('is a tail loss probe when it is the last segment and SACK was agreed', () => {
    const lines = `${handshake()} ${five}
      server > client ack 5841 win 509 at 50ms
      client > server seq 5841:7301 ack 1 at 92ms`;
    expect(kinds(lines)).toEqual({ ...one, tailProbe: 1 });
  });

  test('is a timeout after a tail loss probe that nobody answered', () => {
    const lines = `${handshake()} ${five}
      server > client ack 5841 win 509 at 50ms
      client > server seq 5841:7301 ack 1 at 92ms
      client > server seq 5841:7301 ack 1 at 330ms`;
    expect(kinds(lines)).toEqual({ ...none, packets: 2, bytes: 2920, tailProbe: 1, timeout: 1 });
  });

  test('is no tail loss probe where SACK was not agreed (RFC 8985 section 7.1)', () => {
    const lines = `${handshake({ client: 'mss 1460 sackok wscale 7', server: 'mss 1460 wscale 7' })} ${five}
      server > client ack 5841 win 509 at 50ms
      client > server seq 5841:7301 ack 1 at 255ms`;
    expect(kinds(lines)).toEqual({ ...one, timeout: 1 });
  });

  test('is spurious when its data was acknowledged before', () => {
    const lines = `${handshake()} ${five}
      server > client ack 7301 win 509 at 50ms
      client > server seq 5841:7301 ack 1 at 50.02ms`;
    expect(kinds(lines)).toMatchObject({ packets: 1, spurious: 1 });
  });

  test('is spurious when the receiver reports it as a duplicate (RFC 2883)', () => {
    const lines = `${handshake()} ${five}
      server > client ack 1461 win 509 sack 2921:4381 at 50ms
      client > server seq 1461:2921 ack 1 at 50.01ms
      server > client ack 7301 win 509 at 50.2ms
      server > client ack 7301 win 509 sack 1461:2921 at 70ms`;
    expect(kinds(lines)).toEqual({ ...one, fast: 1, spurious: 1 });
  });

  test('counts as many packets as the old bytes need, and its new bytes as new', () => {
    const lines = `${handshake()} ${five}
      server > client ack 4381 win 509 sack 5841:7301 at 50ms
      client > server seq 4381:8761 ack 1 at 50.01ms`;
    const direction = clientData(lines, options);
    expect(direction.retransmissions).toMatchObject({ packets: 2, bytes: 2920 });
    expect(direction.uniquePayloadBytes).toBe(8760);
  });

  test('of a super-packet counts its wire packets', () => {
    const lines = `${handshake()}
      client > server seq 1:14601 ack 1 at 30ms
      client > server seq 14601:29201 ack 1 at 30.01ms
      server > client ack 1 win 509 sack 14601:29201 at 50ms
      client > server seq 1:14601 ack 1 at 50.01ms`;
    expect(kinds(lines)).toEqual({ ...none, packets: 10, bytes: 14_600, fast: 10 });
  });

  test('gives no round-trip time (Karn)', () => {
    const lines = `${handshake()}
      client > server seq 1:1461 ack 1 at 30ms
      client > server seq 1:1461 ack 1 at 255ms
      server > client ack 1461 win 509 at 275ms`;
    expect(clientData(lines, options).ackDelayNs).toBeUndefined();
  });
});

describe('data that the tap had not seen', () => {
  /** The second of five never passes the tap; IDs go on as the sender counted. */
  const missing = `
    client > server seq 1:1461 ack 1 id 200 at 30ms
    client > server seq 2921:4381 ack 1 id 202 at 30.02ms
    client > server seq 4381:5841 ack 1 at 30.03ms
    client > server seq 5841:7301 ack 1 at 30.04ms
  `;

  test('and that comes with a newer IP ID is a retransmission of what was lost before the tap', () => {
    const lines = `${handshake()} ${missing}
      server > client ack 1461 win 509 sack 2921:7301 at 50ms
      client > server seq 1461:2921 ack 1 at 50.01ms`;
    expect(kinds(lines)).toEqual({ ...one, fast: 1, originalUnseen: 1 });
  });

  test('and that comes with an older IP ID is late, not sent again', () => {
    const lines = `${handshake()} ${missing}
      server > client ack 1461 win 509 sack 2921:7301 at 50ms
      client > server seq 1461:2921 ack 1 id 201 at 50.01ms`;
    expect(kinds(lines)).toEqual(none);
    expect(clientData(lines, options).outOfOrder).toEqual({ count: 1, rows: [8] });
  });

  test('and that comes late, after its retransmission, was sent again once, acknowledged or not', () => {
    const late = `${handshake()} ${missing}
      server > client ack 1461 win 509 sack 2921:7301 at 50ms
      client > server seq 1461:2921 ack 1 at 50.01ms
      client > server seq 1461:2921 ack 1 id 201 at 50.1ms`;
    expect(kinds(late)).toEqual({ ...one, fast: 1, originalUnseen: 1 });
    const acknowledged = late
      .replace('id 201 at 50.1ms', 'id 201 at 50.2ms')
      .replace(/(at 50\.01ms)/, '$1\n server > client ack 7301 win 509 at 50.05ms');
    expect(acknowledged).toContain('ack 7301');
    expect(kinds(acknowledged)).toEqual({ ...one, fast: 1, originalUnseen: 1 });
    expect(clientData(acknowledged, options).outOfOrder.count).toBe(1);
  });

  test('counts as unique once it came', () => {
    const lines = `${handshake()} ${missing}
      client > server seq 1461:2921 ack 1 id 201 at 30.05ms`;
    expect(clientData(lines, options).uniquePayloadBytes).toBe(7300);
  });

  test('and that is acknowledged without a retransmission was lost by the capture, not by the network', () => {
    const { directions, ...rest } = measure(
      `${handshake()} ${missing}
      server > client ack 7301 win 509 at 50ms`,
      options,
    );
    expect(directions[0].retransmissions).toMatchObject({ ...none, holes: 1, largestHoleBytes: 1460 });
    expect(rest.duplicates.count).toBe(0);
  });
});

describe('data that the path delivers twice', () => {
  const acknowledged = (copy: string) => `${handshake()} ${five.replace('at 30ms', 'id 300 at 30ms')}
    server > client ack 7301 win 509 at 30.05ms
    ${copy}`;

  test('is no retransmission: it has the IP ID of its first copy, although that was acknowledged', () => {
    const { directions, duplicates } = measure(
      acknowledged('client > server seq 1:1461 ack 1 id 300 at 30.2ms'),
      options,
    );
    expect(directions[0].retransmissions).toMatchObject(none);
    expect(duplicates).toMatchObject({ count: 1, sameInterface: true, delayMedianNs: 200_000 });
  });

  test('is no retransmission without IDs if it comes sooner than an answer could', () => {
    const six = { ...options, ipVersion: 6 as const };
    // Beside the receiver: the sender is 20 ms away, there and back.
    const copied = (at: string) => `
      client > server syn mss 1460 sackok wscale 7 win 64240 at 0ms
      server > client syn ack 1 mss 1460 sackok wscale 7 win 65160 at 0.03ms
      client > server ack 1 win 502 at 20ms
      client > server seq 1:1461 ack 1 at 60ms
      server > client ack 1461 win 509 at 60.03ms
      client > server seq 1:1461 ack 1 at ${at}`;
    const soon = measure(copied('75ms'), six);
    expect(soon.directions[0].retransmissions).toMatchObject(none);
    expect(soon.duplicates.count).toBe(1);
    const later = measure(copied('81ms'), six);
    expect(later.directions[0].retransmissions).toMatchObject({ packets: 1 });
    expect(later.duplicates.count).toBe(0);
  });
});

test('the parts of a large frame, sent again one right after the other, are no copies', () => {
  const { directions, duplicates } = measure(
    `${handshake()} ${five}
    server > client ack 7301 win 509 at 50ms
    client > server seq 7301:11681 ack 1 at 60ms
    client > server seq 11681:13141 ack 1 at 60.01ms
    server > client ack 7301 win 509 sack 11681:13141 at 80ms
    client > server seq 7301:8761 ack 1 at 80.02ms
    client > server seq 8761:10221 ack 1 at 80.05ms`,
    { ...options, ipVersion: 6 },
  );
  expect(directions[0].retransmissions.packets).toBe(2);
  expect(duplicates.count).toBe(0);
});

describe('unique bytes', () => {
  const gap = `
    client > server seq 1:1461 ack 1 id 200 at 30ms
    client > server seq 2921:4381 ack 1 id 202 at 30.02ms
    client > server seq 4381:5841 ack 1 at 30.03ms
  `;

  test('count a retransmission that fills a hole and goes on beyond it once', () => {
    const lines = `${handshake()} ${gap}
      client > server seq 1461:4381 ack 1 at 80ms`;
    expect(clientData(lines, options).uniquePayloadBytes).toBe(5840);
  });

  test('count a retransmission that begins before the hole that it fills', () => {
    const lines = `${handshake()} ${gap}
      client > server seq 1:2921 ack 1 at 80ms`;
    expect(clientData(lines, options).uniquePayloadBytes).toBe(5840);
  });

  test('are the union of what was captured, in whatever order it came', () => {
    const segment = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 4 }));
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 30 }), (segments) => {
        const lines = segments.map(([first, count], index) => {
          const [start, end] = [1 + first * 100, 1 + (first + count) * 100];
          return `client > server seq ${start}:${end} ack 1 id ${500 + index * 9} at ${30 + index}ms`;
        });
        const union = new Set(segments.flatMap(([first, count]) => Array.from({ length: count }, (_, i) => first + i)));
        expect(clientData(`${handshake()} ${lines.join('\n')}`, options).uniquePayloadBytes).toBe(union.size * 100);
      }),
    );
  });
});

describe('a FIN', () => {
  test('is one sequence number and no byte of payload', () => {
    const direction = clientData(
      `${handshake()}
      client > server seq 1:1461 ack 1 fin at 30ms
      server > client ack 1462 win 509 at 50ms`,
      options,
    );
    expect([direction.payloadBytes, direction.uniquePayloadBytes, direction.retransmissions.packets]).toEqual([
      1460, 1460, 0,
    ]);
  });

  test('is no byte of payload either behind data that was sent again', () => {
    const direction = clientData(
      `${handshake()}
      client > server seq 1:1461 ack 1 at 30ms
      client > server seq 1:2921 ack 1 fin at 255ms`,
      options,
    );
    expect(direction.uniquePayloadBytes).toBe(2920);
  });

  test('that is sent again is counted apart: no data, and no retransmission to who asks TCP_INFO before closing', () => {
    const direction = clientData(
      `${handshake()}
      client > server seq 1:1461 ack 1 at 30ms
      server > client ack 1461 win 509 at 50ms
      client > server seq 1461:1461 ack 1 fin at 51ms
      client > server seq 1461:1461 ack 1 fin at 255ms
      server > client ack 1462 win 509 at 275ms`,
      options,
    );
    expect([direction.keepAlives.count, direction.windowProbes.count]).toEqual([0, 0]);
    expect(direction.retransmissions).toMatchObject({ packets: 0, timeout: 0, bytes: 0 });
    expect(direction.repeatedFins).toEqual({ count: 1, rows: [6] });
    expect([direction.uniquePayloadBytes, direction.payloadBytes]).toEqual([1460, 1460]);
  });

  test('that a second tap saw is not sent again: it has the same IP ID', () => {
    const direction = clientData(
      `${handshake()}
      client > server seq 1:1461 ack 1 id 200 at 30ms
      server > client ack 1461 win 509 at 50ms
      client > server seq 1461:1461 ack 1 fin id 201 at 51ms
      client > server seq 1461:1461 ack 1 fin id 201 at 51.1ms
      server > client ack 1462 win 509 at 275ms`,
      options,
    );
    expect(direction.repeatedFins.count).toBe(0);
  });
});

describe('data in a SYN (RFC 7413)', () => {
  test('begins one behind its sequence number', () => {
    const direction = clientData(
      `client > server syn seq 0:100 mss 1460 at 0ms
      server > client syn ack 101 mss 1460 win 65535 at 20ms
      client > server seq 101:1561 ack 1 at 20.1ms
      server > client ack 1561 win 65535 at 40ms`,
      options,
    );
    expect(direction).toMatchObject({ payloadBytes: 1560, uniquePayloadBytes: 1560 });
    expect([direction.retransmissions.packets, direction.retransmissions.holes]).toEqual([0, 0]);
  });

  test('that the server did not take is sent again', () => {
    const direction = clientData(
      `client > server syn seq 0:100 mss 1460 at 0ms
      server > client syn ack 1 mss 1460 win 65535 at 20ms
      client > server seq 1:101 ack 1 at 20.1ms
      server > client ack 101 win 65535 at 40ms`,
      options,
    );
    expect(direction).toMatchObject({ payloadBytes: 200, uniquePayloadBytes: 100 });
    expect(direction.retransmissions.packets).toBe(1);
  });
});

describe('a receiver that says nothing new', () => {
  test('sends no duplicate acknowledgement when it only moves its window', () => {
    const lines = `${handshake()} ${five}
      server > client ack 1461 win 509 at 50ms
      server > client ack 1461 win 520 at 50.01ms`;
    expect(clientData(lines, options).duplicateAcks.count).toBe(0);
  });

  test('sends no duplicate acknowledgement when nothing is outstanding', () => {
    const lines = `${handshake()} ${five}
      server > client ack 7301 win 509 at 50ms
      server > client ack 7301 win 509 at 50.01ms`;
    expect(clientData(lines, options).duplicateAcks.count).toBe(0);
  });

  test('sends no duplicate acknowledgement with data of its own (RFC 5681 section 2)', () => {
    const lines = `${handshake()} ${five}
      server > client ack 1461 win 509 at 50ms
      server > client seq 1:101 ack 1461 win 509 at 50.01ms`;
    expect(clientData(lines, options).duplicateAcks.count).toBe(0);
  });

  test('does not move anything back with an acknowledgement that came late', () => {
    const lines = `${handshake()} ${five}
      server > client ack 7301 win 509 at 50ms
      server > client ack 2921 win 1 at 50.01ms`;
    const direction = clientData(lines, options);
    expect(direction.duplicateAcks.count).toBe(0);
    expect(direction.window.lastBytes).toBe(509 * 128);
  });
});

describe('SACK blocks', () => {
  test('that cross the wrap of sequence numbers report the same loss', () => {
    const lines = `${handshake()} ${five}
      server > client ack 1461 win 509 sack 2921:4381 at 50ms
      client > server seq 1461:2921 ack 1 at 50.01ms`;
    for (const sequence of [-1000 - 1461, -1000 - 2921, -1000 - 3500, -1000 - 4381]) {
      const shifted = clientData(lines, { ...options, shift: { sequence } });
      expect(shifted.retransmissions).toEqual(clientData(lines, options).retransmissions);
    }
  });

  test('that lie inside the next block report a duplicate above the acknowledgement (RFC 2883 section 4.1.1)', () => {
    const lines = `${handshake()} ${five}
      server > client ack 1461 win 509 sack 2921:7301 at 50ms
      client > server seq 2921:4381 ack 1 at 50.01ms
      server > client ack 1461 win 509 sack 2921:4381,2921:7301 at 70ms`;
    expect(kinds(lines)).toMatchObject({ packets: 1, spurious: 1 });
  });
});
