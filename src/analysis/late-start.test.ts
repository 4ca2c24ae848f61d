// Captures that began after the connection did.

import { describe, expect, test } from 'vitest';
import { clientData, measure } from '../../test/support/segments.ts';

const options = { segmentBytes: 1460 };

describe('a capture that started late', () => {
  test('takes the first data for new, wherever its sequence numbers are', () => {
    const direction = clientData(
      `client > server seq 900001:901461 ack 1 at 30ms
      client > server seq 901461:902921 ack 1 at 30.1ms
      server > client ack 902921 win 509 at 50ms`,
      options,
    );
    expect(direction).toMatchObject({ uniquePayloadBytes: 2920, retransmissions: { packets: 0, holes: 0 } });
  });

  test('takes data behind the first acknowledgement for new, not for a hole', () => {
    const direction = clientData(
      `server > client ack 1001 win 509 at 10ms
      client > server seq 50001:51461 ack 1 at 30ms
      server > client ack 51461 win 509 at 50ms`,
      options,
    );
    expect(direction).toMatchObject({ uniquePayloadBytes: 1460, retransmissions: { packets: 0, holes: 0 } });
  });

  test('does not call what was acknowledged before its first data lost by the capture', () => {
    const connection = measure(
      `server > client ack 1001 win 509 at 10ms
      server > client ack 5001 win 509 at 12ms
      client > server seq 50001:51461 ack 1 at 30ms`,
      options,
    );
    expect(connection.directions[0].retransmissions.holes).toBe(0);
  });

  test('takes data before the first for late when its IP ID is older: the capture began between the two', () => {
    const direction = clientData(
      `client > server seq 51461:52921 ack 1 id 201 at 30ms
      client > server seq 50001:51461 ack 1 id 200 at 30.01ms
      client > server seq 52921:54381 ack 1 id 202 at 30.02ms
      client > server seq 54381:55841 ack 1 id 203 at 30.03ms
      server > client ack 55841 win 509 at 50ms`,
      options,
    );
    expect(direction.retransmissions.packets).toBe(0);
    expect(direction.uniquePayloadBytes).toBe(5840);
  });

  test('has neither handshake nor segment size by it', () => {
    const connection = measure('client > server seq 1:1461 ack 1 at 30ms', options);
    expect(connection.handshake).toMatchObject({ seen: false, synRows: [], established: false, sackPermitted: false });
    expect(connection.directions[0]).not.toHaveProperty('handshakeSegmentBytes');
    expect(connection.rttNs).not.toHaveProperty('handshake');
  });

  test('knows from the SYN-ACK alone what the client may send', () => {
    const connection = measure(
      `server > client syn ack 1 mss 1400 sackok wscale 6 win 65535 at 0ms
      client > server ack 1 win 500 at 0.1ms
      client > server seq 1:14001 ack 1 win 500 at 1ms
      server > client ack 14001 win 1000 at 20ms`,
      { segmentBytes: 1400 },
    );
    expect(connection.directions[0]).toMatchObject({
      segmentBytes: 1400,
      wireDataPackets: 10,
      window: { scaleShift: 6, lastBytes: 64_000 },
    });
    // What the client announced was not seen: a scale for its window would be a guess.
    expect(connection.directions[1].window).not.toHaveProperty('scaleShift');
  });

  test('finds a tail loss probe and a timeout although it does not know whether SACK was agreed', () => {
    const direction = clientData(
      `client > server seq 1:1461 ack 1 at 0ms
      client > server seq 1461:2921 ack 1 at 0.1ms
      server > client ack 1461 win 509 at 20ms
      client > server seq 1461:2921 ack 1 at 260ms
      server > client ack 2921 win 509 at 280ms`,
      options,
    );
    expect(direction.retransmissions).toMatchObject({ packets: 1, timeout: 1, fast: 0 });
  });
});

describe('ECN marks', () => {
  const lines = `client > server syn ece cwr mss 1460 win 64240 at 0ms
    server > client syn ece ack 1 mss 1460 win 65160 at 20ms
    client > server ack 1 at 20.01ms
    client > server seq 1:1461 ack 1 tos 2 at 21ms
    client > server seq 1461:2921 ack 1 tos 3 at 21.01ms
    server > client ece ack 2921 win 65535 at 41ms
    client > server cwr seq 2921:4381 ack 1 tos 2 at 41.01ms`;

  test('are counted by direction, those of the SYN apart', () => {
    const { directions } = measure(lines, options);
    expect(directions[0].ecn).toEqual({ negotiated: true, ce: 1, ece: 0, cwr: 1 });
    expect(directions[1].ecn).toEqual({ negotiated: true, ce: 0, ece: 1, cwr: 0 });
  });

  test('asked for and not granted are not negotiated (RFC 3168 section 6.1.1)', () => {
    const refused = `client > server syn ece cwr mss 1460 win 64240 at 0ms
      server > client syn ack 1 mss 1460 win 65160 at 20ms`;
    expect(measure(refused).directions[0].ecn.negotiated).toBe(false);
  });
});

describe('round-trip times', () => {
  const far = `client > server syn mss 1460 win 64240 at 0ms
    server > client syn ack 1 mss 1460 win 65160 at 0.03ms
    client > server ack 1 at 20ms
    client > server seq 1:1461 ack 1 at 20.01ms
    server > client ack 1461 win 65160 at 20.04ms`;

  test('beside the receiver are the delay of its acknowledgements and the turn of the sender together', () => {
    const { rttNs, directions } = measure(far, options);
    expect(rttNs.handshake).toBe(20_000_000);
    expect(directions[0].ackDelayNs?.min).toBe(30_000);
    expect(rttNs.min).toBe(19_970_000 + 30_000);
  });

  test('beside the sender are the delay of the acknowledgements', () => {
    const near = `client > server syn mss 1460 win 64240 at 0ms
      server > client syn ack 1 mss 1460 win 65160 at 20ms
      client > server ack 1 at 20.01ms
      client > server seq 1:1461 ack 1 at 21ms
      server > client ack 1461 win 65160 at 43ms`;
    expect(measure(near, options).rttNs).toMatchObject({ min: 22_000_000, median: 22_000_000 });
  });
});
