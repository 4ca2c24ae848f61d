import { describe, expect, test } from 'vitest';
import { framesOf, handshake, measure, measureCapture, measureInBatches } from '../../test/support/segments.ts';

const options = { segmentBytes: 1460 };

describe('a connection', () => {
  test('begins anew when a SYN with another sequence number reuses its ports', () => {
    const lines = `${handshake()}
      client > server seq 1:1461 ack 1 at 30ms
      server > client ack 1461 win 509 at 50ms
      client > server seq 500000:500000 syn mss 1460 at 900ms
      server > client seq 800000 syn ack 500001 mss 1460 win 65535 at 920ms
      client > server seq 500001:501461 ack 800001 at 921ms`;
    const { connections } = measureCapture(framesOf(lines, options));
    expect(connections.map(({ firstRow, lastRow }) => [firstRow, lastRow])).toEqual([
      [0, 4],
      [5, 7],
    ]);
    expect(
      connections.map(({ directions: [{ retransmissions, payloadBytes }] }) => [retransmissions.packets, payloadBytes]),
    ).toEqual([
      [0, 1460],
      [0, 1460],
    ]);
  });

  test('goes on when its SYN is only sent again', () => {
    const connection = measure(
      `client > server syn mss 1460 at 0ms
       client > server syn mss 1460 at 1000ms
       client > server syn mss 1460 at 3000ms
       server > client syn ack 1 mss 1460 win 65535 at 3020ms
       client > server ack 1 at 3020.01ms`,
    );
    expect(connection.handshake).toMatchObject({
      seen: true,
      synRetransmitNs: [1_000_000_000, 3_000_000_000],
      synRows: [0, 1, 2, 3],
      established: true,
    });
    expect(connection.rttNs.handshake).toBeUndefined();
    const [client, server] = connection.directions;
    expect(client.retransmissions).toMatchObject({ packets: 2, timeout: 2, handshake: 2, bytes: 0 });
    expect(client.retransmissions.frames).toMatchObject({ count: 2, rows: [1, 2] });
    expect(server.retransmissions.packets).toBe(0);
  });

  test('counts its SYN-ACKs as the server does: by its timer, and once more in answer to a SYN that was sent again', () => {
    const connection = measure(
      `client > server syn mss 1460 at 0ms
       server > client syn ack 1 mss 1460 win 65535 at 0.1ms
       server > client syn ack 1 mss 1460 win 65535 at 1007.7ms
       client > server syn mss 1460 at 1008.3ms
       server > client syn ack 1 mss 1460 win 65535 at 1008.33ms
       client > server ack 1 at 1008.5ms`,
    );
    expect(connection.directions.map(({ retransmissions }) => retransmissions.packets)).toEqual([1, 2]);
  });

  test('does not take SYNs that two taps saw for sent again', () => {
    const connection = measure(
      `client > server syn mss 1460 at 0ms
       client > server syn mss 1460 at 0.01ms
       server > client syn ack 1 mss 1460 win 65535 at 20ms
       server > client syn ack 1 mss 1460 win 65535 at 20.01ms
       client > server ack 1 at 20.1ms`,
    );
    expect(connection.directions.map(({ retransmissions }) => retransmissions.packets)).toEqual([0, 0]);
    expect(connection.handshake.synRetransmitNs).toEqual([]);
  });

  test('takes the options of a SYN from the tap whose headers the snap length left whole', () => {
    const both = (line: string, at: number): string =>
      `${line} snap 56 if 0 at ${at}ms\n${line} if 1 at ${at + 0.001}ms\n`;
    const connection = measure(
      both('client > server syn mss 1460 sackok wscale 7 win 64240', 0) +
        both('server > client syn ack 1 mss 1400 sackok wscale 3 win 65535', 20) +
        both('client > server ack 1 win 512', 20.1),
    );
    expect(connection.handshake).toMatchObject({
      clientMssOption: 1460,
      serverMssOption: 1400,
      clientScaleShift: 7,
      serverScaleShift: 3,
      sackPermitted: true,
    });
  });

  test('measures the round trip of an undisturbed handshake', () => {
    expect(measure(handshake()).rttNs.handshake).toBe(20_010_000);
  });

  test('without SYN has the side with the lower port as server, whoever was seen first', () => {
    const lines = `server > client seq 1:1461 ack 1 at 30ms
      client > server ack 1461 at 30.1ms`;
    const connection = measure(lines, options);
    expect([connection.client.ip, connection.server.ip]).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(connection.directions[1].payloadBytes).toBe(1460);
    expect(connection.handshake.seen).toBe(false);
  });

  test('has the sender of the SYN as client even when its port is the lower one', () => {
    const connection = measure(handshake(), { hosts: { client: { port: 179 } } });
    expect(connection.client).toEqual({ ip: '10.0.0.1', port: 179 });
  });

  test('has the receiver of the SYN-ACK as client when the SYN was not captured', () => {
    const connection = measure('server > client syn ack 1 mss 1460 win 65535 at 0ms', {
      hosts: { client: { port: 179 } },
    });
    expect(connection.client.port).toBe(179);
  });

  test('over IPv6 is measured like one over IPv4', () => {
    const lines = `${handshake()}
      client > server seq 1:1461 ack 1 at 30ms
      server > client ack 1461 win 509 at 50ms`;
    const connection = measure(lines, { ...options, ipVersion: 6 });
    expect([connection.ipVersion, connection.client.ip]).toEqual([6, 'fd00::1']);
    expect(connection.directions[0]).toMatchObject({ payloadBytes: 1460, window: { lastBytes: 65_152 } });
  });

  test('inside VXLAN is the inner one', () => {
    const lines = `client > server seq 1:1401 ack 1 vxlan 42 at 30ms
      server > client ack 1401 vxlan 42 at 50ms`;
    const connection = measure(lines, options);
    expect(connection.client.ip).toBe('10.0.0.1');
    expect(connection.encapsulation.join(' ')).toMatch(/vxlan/i);
    expect(connection.directions[0].payloadBytes).toBe(1400);
    expect(connection.tunnelChecksums).toMatchObject({ zero: 2, wrong: 0 });
  });

  test('inside a VLAN is named so', () => {
    const connection = measure('client > server seq 1:1401 ack 1 vlan 7 at 30ms', options);
    expect(connection.encapsulation.join(' ')).toMatch(/vlan/i);
    expect(connection.directions[0].payloadBytes).toBe(1400);
  });

  test('that was reset says so', () => {
    expect(measure(`${handshake()} client > server rst ack 1 at 30ms`).handshake.reset).toBe(true);
  });
});

describe('an ICMP message "too big"', () => {
  const lines = `${handshake()}
    client > server seq 1:1461 ack 1 at 30ms
    router > client too-big 1400 at 31ms
    client > server seq 1:1361 ack 1 at 31.1ms
    server > client ack 1361 win 509 at 51ms`;

  test('belongs to the connection that it quotes', () => {
    const { connections, otherPackets } = measureCapture(framesOf(lines, options));
    expect(connections).toHaveLength(1);
    expect(connections[0]?.icmpTooBig).toEqual({
      count: 1,
      rows: [4],
      mtuBytes: 1400,
      fromIp: '10.0.0.254',
      alreadyFitted: 0,
    });
    expect(otherPackets.icmp).toBe(1);
  });

  test('that names an MTU which the packets respect is counted apart', () => {
    const [connection] = measureCapture(framesOf(lines.replace('too-big 1400', 'too-big 1500'), options)).connections;
    expect(connection?.icmpTooBig).toMatchObject({ count: 1, mtuBytes: 1500, alreadyFitted: 1 });
  });

  test('says what a full packet carries from then on, where no IP ID does', () => {
    const sent = (mtu: number) =>
      measureCapture(
        framesOf(
          `${handshake()}
          client > server seq 1:1461 ack 1 id 0 at 30ms
          router > client too-big ${mtu} at 31ms
          client > server seq 1:14401 ack 1 id 0 at 31.1ms
          server > client ack 14401 win 509 at 51ms
          client > server seq 14401:28801 ack 1 id 0 at 51.1ms`,
          options,
        ),
      ).connections[0]!.directions[0];
    // 14,400 bytes in segments of 1,360, twice, and what was too big.
    expect([sent(1400).segmentBytes, sent(1400).wireDataPackets]).toEqual([1360, 23]);
    expect([sent(1500).segmentBytes, sent(1500).wireDataPackets]).toEqual([1460, 21]);
    // Nobody's path: forged, or broken.
    expect(sent(100).segmentBytes).toBe(1460);
  });

  test('is measured the same whatever the size of the batches', () => {
    const frames = framesOf(lines.replace('too-big 1400', 'too-big 1500'), options);
    expect(measureInBatches(frames, 1)).toEqual(measureCapture(frames).connections);
  });

  test('about a connection that is not in the capture opens none', () => {
    const { connections, otherPackets } = measureCapture(framesOf('router > client too-big 1400 at 31ms'));
    expect(connections).toHaveLength(0);
    expect(otherPackets.icmp).toBe(1);
  });

  test('does not hide the connection when it comes first', () => {
    const late = `router > client too-big 1400 at 0ms
      client > server seq 1:1461 ack 1 at 30ms`;
    const { connections } = measureCapture(framesOf(late, options));
    expect(connections.map(({ directions: [fromClient] }) => fromClient.payloadBytes)).toEqual([1460]);
  });
});

describe('UDP', () => {
  test('is counted by flow, both ways in one', () => {
    const { udpFlows, otherPackets } = measureCapture(
      framesOf(`client > server udp 1200 at 0ms
        server > client udp 100 at 1ms
        client > server udp 1200 at 2ms`),
    );
    expect(otherPackets.udp).toBe(3);
    expect(udpFlows).toEqual([
      {
        client: { ip: '10.0.0.1', port: 40_000 },
        server: { ip: '10.0.0.2', port: 5_201 },
        firstRow: 0,
        packets: 3,
        payloadBytes: 2500,
        largerThanMtu: { count: 0, rows: [] },
        maxPayloadBytes: 1200,
      },
    ]);
  });

  test('datagrams larger than the MTU are named, with the size of their segments', () => {
    const { udpFlows } = measureCapture(
      framesOf(`client > server udp 1200 at 0ms
        client > server udp 48000 at 1ms
        client > server udp 1472 at 2ms
        client > server udp 1200 at 3ms
        client > server udp 1200 at 4ms`),
    );
    expect(udpFlows[0]).toMatchObject({ largerThanMtu: { count: 1, rows: [1] }, segmentBytes: 1200 });
  });

  test('datagrams that IP cut into fragments are not larger than the MTU', () => {
    // The More Fragments bit (RFC 791 section 3.1) and a UDP length of 4,000 in a 1,500-byte frame.
    const [frame] = framesOf('client > server udp 4000 fragment 8192 at 0ms');
    const bytes = frame?.bytes.slice(0, 1514) ?? new Uint8Array(0);
    new DataView(bytes.buffer).setUint16(16, 1500);
    const { udpFlows } = measureCapture([{ bytes, originalLength: 1514, ns: 0, interfaceIndex: 0, flags: 0 }]);
    expect(udpFlows[0]?.largerThanMtu.count).toBe(0);
  });

  test('and TCP on the same ports are two things', () => {
    const { connections, udpFlows } = measureCapture(
      framesOf(`client > server udp 1200 at 0ms
        client > server seq 1:1461 ack 1 at 1ms
        server > client udp 100 at 2ms`),
    );
    expect([connections.length, udpFlows.length, udpFlows[0]?.packets]).toEqual([1, 1, 2]);
  });
});

describe('a clock that is set back', () => {
  test('gives no negative time anywhere', () => {
    const connection = measure(
      `${handshake()}
      client > server seq 1:1461 ack 1 at 500ms
      client > server seq 1461:2921 ack 1 at 100ms
      server > client ack 1461 win 509 at 120ms
      client > server seq 2921:4381 ack 1 at 50ms
      server > client ack 4381 win 509 at 70ms
      client > server seq 4381:5841 ack 1 at 600ms
      client > server seq 5841:7301 ack 1 at 610ms
      server > client ack 7301 win 509 at 620ms`,
      options,
    );
    const numbers: string[] = [];
    JSON.stringify(connection, (key, value) => {
      if (typeof value === 'number' && /Ns$/.test(key) && value < 0) numbers.push(key);
      return value;
    });
    expect(numbers).toEqual([]);
    const { limits } = connection.directions[0];
    const sum = Object.values(limits).reduce((total, part) => total + part, 0);
    expect(sum).toBeCloseTo(1, 6);
  });
});

describe('two taps in one file', () => {
  test('a copy of data with the same IP ID is no retransmission', () => {
    const connection = measure(
      `${handshake()}
      client > server seq 1:1461 ack 1 id 300 at 30ms
      client > server seq 1:1461 ack 1 id 300 at 30.005ms
      client > server seq 1461:2921 ack 1 id 301 at 30.01ms
      client > server seq 1461:2921 ack 1 id 301 at 30.015ms
      server > client ack 2921 win 509 at 50ms`,
      options,
    );
    expect(connection.directions[0]).toMatchObject({
      retransmissions: { packets: 0 },
      dataFrames: 2,
      payloadBytes: 2920,
    });
    expect(connection.duplicates).toMatchObject({
      count: 2,
      rows: [4, 6],
      taps: 2,
      sameInterface: true,
      delayMedianNs: 5000,
    });
  });

  test('segments of a super-packet that was also captured whole are copies of it', () => {
    const connection = measure(
      `${handshake()}
      client > server seq 1:2921 ack 1 id 300 at 30ms
      client > server seq 1:1461 ack 1 id 300 at 30.005ms
      client > server seq 1461:2921 ack 1 id 301 at 30.006ms
      server > client ack 2921 win 509 at 50ms`,
      options,
    );
    expect(connection.directions[0]).toMatchObject({ retransmissions: { packets: 0 }, dataFrames: 1 });
    expect(connection.duplicates.count).toBe(2);
  });

  test('the same data with a later IP ID is a retransmission', () => {
    const connection = measure(
      `${handshake()}
      client > server seq 1:1461 ack 1 id 300 at 30ms
      client > server seq 1:1461 ack 1 id 301 at 30.005ms
      server > client ack 1461 win 509 at 50ms`,
      options,
    );
    expect(connection.directions[0].retransmissions.packets).toBe(1);
    expect(connection.duplicates.count).toBe(0);
  });

  /** A mirror port that shows both ends of a link: every frame twice on one interface, data always outstanding. */
  const mirrored = Array.from({ length: 20 }, (_, i) => {
    const [seq, at] = [1 + i * 2920, 30 + i * 20];
    const data = `client > server seq ${seq}:${seq + 2920} ack 1 id ${500 + 2 * i}`;
    const ack = `server > client ack ${Math.max(1, seq - 1460)} win 509 id ${9000 + i}`;
    return `${data} at ${at}ms\n${data} at ${at + 0.005}ms\n${ack} at ${at + 10}ms\n${ack} at ${at + 10.005}ms`;
  }).join('\n');

  test('a copy of data is none on a mirror port that shows every frame twice', () => {
    const { directions } = measure(handshake() + mirrored, options);
    expect(directions[0]).toMatchObject({ dataFrames: 20, retransmissions: { packets: 0 } });
  });

  test('a copy of an acknowledgement with the same IP ID is no duplicate acknowledgement', () => {
    const { directions, duplicates } = measure(handshake() + mirrored, options);
    expect(directions[0].duplicateAcks.count).toBeLessThanOrEqual(2);
    expect(duplicates.count).toBeGreaterThanOrEqual(36);
  });

  test('copies on another interface are counted once, there', () => {
    const one = `${handshake()}
      client > server seq 1:1461 ack 1 at 30ms
      client > server seq 1461:2921 ack 1 at 30.01ms
      server > client ack 2921 win 509 at 50ms`;
    const frames = framesOf(one, options).flatMap((frame) => [
      frame,
      { ...frame, ns: frame.ns + 4000, interfaceIndex: 1 },
    ]);
    const [connection] = measureCapture(frames).connections;
    expect(connection?.duplicates).toMatchObject({ count: 6, taps: 2, sameInterface: false });
    expect(connection?.directions[0]).toMatchObject({
      dataFrames: 2,
      payloadBytes: 2920,
      retransmissions: { packets: 0 },
    });
    expect(connection?.directions.map(({ frames: count }) => count)).toEqual([4, 2]);
    expect(connection?.directions[0].duplicateAcks.count).toBe(0);
  });
});
