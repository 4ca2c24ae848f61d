import { describe, expect, test } from 'vitest';
import { clientData, handshake } from '../../test/support/segments.ts';

const options = { segmentBytes: 1460 };
const unscaled = { client: 'mss 1460', server: 'mss 1460' };

test('of a capture that cuts TCP headers before their window nothing is said of windows, and the rest is measured', () => {
  const lines = `client > server syn mss 1460 snap 48 at 0ms
    server > client syn ack 1 mss 1460 win 65535 snap 48 at 20ms
    client > server ack 1 snap 48 at 20.1ms
    client > server seq 1:1461 ack 1 snap 48 at 30ms
    client > server seq 1461:2921 ack 1 snap 48 at 30.01ms
    server > client ack 2921 win 0 snap 48 at 50ms
    client > server seq 2921:4381 ack 1 snap 48 at 300ms
    client > server seq 2921:4381 ack 1 snap 48 at 600ms
    server > client ack 4381 win 509 snap 48 at 620ms`;
  const direction = clientData(lines, { segmentBytes: 1460 });
  expect(direction).toMatchObject({ uniquePayloadBytes: 4380, retransmissions: { packets: 1 }, wireDataPackets: 4 });
  expect(direction.window.zeroWindowPeriods).toBe(0);
  expect(direction.limits.receiveWindow).toBeUndefined();
  expect(direction.window).not.toHaveProperty('rawMax');
  expect(direction.smallPackets.confidence ?? 0).toBeLessThanOrEqual(0.6);
});

describe('the window scale', () => {
  const exchange = `
    client > server seq 1:1461 ack 1 at 30ms
    server > client ack 1461 win 509 at 50ms
  `;

  test('is the one that the other side announced in its SYN', () => {
    const words = { client: 'mss 1460 wscale 3', server: 'mss 1460 wscale 9' };
    const { window } = clientData(handshake(words) + exchange, options);
    expect(window).toMatchObject({ scaleShift: 9, scaleFrom: 'handshake', lastBytes: 509 << 9 });
  });

  test('is none on either side when the SYN-ACK has none (RFC 7323 section 2.2)', () => {
    const words = { client: 'mss 1460 wscale 7', server: 'mss 1460' };
    const { window } = clientData(handshake(words) + exchange, options);
    expect(window).toMatchObject({ scaleShift: 0, scaleFrom: 'handshake', lastBytes: 509 });
  });

  test('above 14 counts as 14 (RFC 7323 section 2.3)', () => {
    const words = { client: 'mss 1460 wscale 7', server: 'mss 1460 wscale 15' };
    expect(clientData(handshake(words) + exchange, options).window).toMatchObject({
      scaleShift: 14,
      lastBytes: 509 << 14,
    });
  });

  test('does not apply to the window of the SYN-ACK itself', () => {
    const words = { client: 'mss 1460 wscale 7', server: 'mss 1460 wscale 7' };
    const lines = `${handshake(words)}
      client > server seq 1:64241 ack 1 at 30ms
      client > server seq 64241:65161 ack 1 at 30.01ms
      server > client ack 65161 win 509 at 50ms`;
    expect(clientData(lines, options).window.framesAtRightEdge).toEqual({ count: 1, rows: [4] });
  });

  test('is not known without the handshake, and with it no window in bytes and no share of time', () => {
    const direction = clientData(
      `client > server seq 1:1461 ack 1 at 30ms
       server > client ack 1461 win 509 at 50ms
       client > server seq 1461:2921 ack 1 at 50.01ms
       server > client ack 2921 win 509 at 70ms
       client > server seq 2921:2999 ack 1 at 70.01ms`,
      options,
    );
    expect(direction.window).toMatchObject({ rawMin: 509, rawMax: 509 });
    expect(direction.window).not.toHaveProperty('scaleShift');
    expect(direction.window).not.toHaveProperty('lastBytes');
  });

  /** Without handshake: a sender that fills a window of 5 << 7 bytes to the last byte, again and again. */
  const filling = (rounds: number, overshoot = 0): string =>
    Array.from({ length: rounds }, (_, i) => {
      const start = 1 + i * 640;
      return `server > client ack ${start} win 5 at ${i * 20}ms
        client > server seq ${start}:${start + 600} ack 1 at ${i * 20 + 0.02}ms
        client > server seq ${start + 600}:${start + 640 + overshoot} ack 1 at ${i * 20 + 0.03}ms`;
    }).join('\n');

  test('is found without the handshake when frames end at the edge again and again', () => {
    const { window, limits } = clientData(filling(8), options);
    expect(window).toMatchObject({ scaleShift: 7, scaleFrom: 'bytes-in-flight', minBytes: 640, maxBytes: 640 });
    expect(limits.receiveWindow).toBeGreaterThan(0.95);
  });

  test('is not found from fewer than four such frames', () => {
    expect(clientData(filling(3), options).window).not.toHaveProperty('scaleShift');
  });
});

describe('a window of zero', () => {
  const lines = `${handshake(unscaled)}
    client > server seq 1:1461 ack 1 at 30ms
    server > client ack 1461 win 0 at 50ms
    client > server seq 1460:1460 ack 1 at 250ms
    server > client ack 1461 win 0 at 270ms
    client > server seq 1460:1460 ack 1 at 700ms
    server > client ack 1461 win 0 at 720ms
    server > client ack 1461 win 65535 at 800ms
    client > server seq 1461:2921 ack 1 at 800.02ms
    server > client ack 2921 win 65535 at 820ms`;

  test('is one period from the first zero to the window that opens', () => {
    const { window } = clientData(lines, options);
    expect(window.zeroWindows).toEqual({ count: 3, rows: [4, 6, 8] });
    expect([window.zeroWindowPeriods, window.zeroWindowNs]).toEqual([1, 750_000_000]);
  });

  test('is asked about by zero-window probes, which are neither keep-alives nor retransmissions', () => {
    const direction = clientData(lines, options);
    expect(direction.windowProbes).toEqual({ count: 2, rows: [5, 7] });
    expect([direction.keepAlives.count, direction.retransmissions.packets]).toEqual([0, 0]);
  });

  test('may be probed with a byte of new data, again and again (RFC 9293 section 3.8.6.1)', () => {
    const direction = clientData(
      `${handshake(unscaled)}
      client > server seq 1:1461 ack 1 at 30ms
      server > client ack 1461 win 0 at 50ms
      client > server seq 1461:1462 ack 1 at 250ms
      server > client ack 1461 win 0 at 270ms
      client > server seq 1461:1462 ack 1 at 700ms
      server > client ack 1461 win 0 at 720ms
      server > client ack 1461 win 65535 at 800ms
      client > server seq 1461:2921 ack 1 at 800.02ms`,
      options,
    );
    expect([direction.windowProbes.count, direction.retransmissions.packets]).toEqual([2, 0]);
  });

  test('limits to the end of the capture if it never opens, once a probe has shown that data waited', () => {
    const probed = lines.replace(
      /\n.*win 65535 at 800ms[\s\S]*/,
      '\n server > client ack 1461 psh seq 1:101 win 0 at 900ms',
    );
    const direction = clientData(probed, options);
    expect(direction.windowProbes.count).toBe(2);
    expect(direction.busyNs / 1e6).toBeCloseTo(870, 0);
    expect(direction.limits.receiveWindow).toBeGreaterThan(0.95);
    // Without one nobody knows whether there was more to send.
    const quiet = clientData(probed.replaceAll(/client > server seq 1460:1460 .*\n/g, '\n'), options);
    expect(quiet.windowProbes.count).toBe(0);
    expect(quiet.busyNs / 1e6).toBeCloseTo(20, 0);
  });

  test('is time limited by the receive window although nothing is in flight', () => {
    const { limits, busyNs } = clientData(lines, options);
    expect(limits.receiveWindow).toBeGreaterThan(0.9);
    expect(busyNs).toBeGreaterThan(750_000_000);
  });

  test('that never opens again lasts until the connection ends', () => {
    const { window } = clientData(
      `${handshake(unscaled)}
      client > server seq 1:1461 ack 1 at 30ms
      server > client ack 1461 win 0 at 50ms
      client > server seq 1460:1460 ack 1 at 250ms
      server > client ack 1461 win 0 at 270ms`,
      options,
    );
    expect([window.zeroWindowPeriods, window.zeroWindowNs]).toEqual([1, 220_000_000]);
  });

  test('twice is two periods', () => {
    const { window } = clientData(
      `${handshake(unscaled)}
      client > server seq 1:1461 ack 1 at 30ms
      server > client ack 1461 win 0 at 50ms
      server > client ack 1461 win 1460 at 60ms
      client > server seq 1461:2921 ack 1 at 60.01ms
      server > client ack 2921 win 0 at 80ms
      server > client ack 2921 win 1460 at 85ms`,
      options,
    );
    expect([window.zeroWindowPeriods, window.zeroWindowNs]).toEqual([2, 15_000_000]);
  });
});

describe('a keep-alive', () => {
  test('is one byte or none below the next, with nothing in flight and an open window (RFC 9293 section 3.8.4)', () => {
    const direction = clientData(
      `${handshake(unscaled)}
      client > server seq 1:1461 ack 1 at 30ms
      server > client ack 1461 win 65535 at 50ms
      client > server seq 1460:1460 ack 1 at 10s
      server > client ack 1461 win 65535 at 10.02s
      client > server seq 1460:1461 ack 1 at 20s
      server > client ack 1461 win 65535 at 20.02s`,
      options,
    );
    expect(direction.keepAlives).toEqual({ count: 2, rows: [5, 7] });
    expect([direction.windowProbes.count, direction.retransmissions.packets]).toEqual([0, 0]);
    expect(direction.uniquePayloadBytes).toBe(1460);
  });

  test('is one even when the connection was idle before it sent any data', () => {
    const direction = clientData(
      `${handshake(unscaled)}
      server > client seq 1:101 ack 1 win 65535 at 21ms
      client > server ack 101 at 21.1ms
      client > server seq 0:0 ack 101 at 75s
      server > client ack 1 win 65535 at 75.02s`,
      options,
    );
    expect([direction.keepAlives.count, direction.windowProbes.count]).toEqual([1, 0]);
  });
});

describe('a window that falls', () => {
  const rounds = (raw: number, from: number, count: number): string =>
    Array.from({ length: count }, (_, i) => {
      const start = from + i * raw;
      return `client > server seq ${start}:${start + raw} ack 1 at ${100 + from / 100 + i * 20}ms
        server > client ack ${start + raw} win ${raw} at ${100 + from / 100 + i * 20 + 19}ms`;
    }).join('\n');

  test('to an eighth and stays there while the sender waits for it is clamped', () => {
    const lines = `${handshake(unscaled)}
      client > server seq 1:1461 ack 1 at 30ms
      server > client ack 1461 win 720 at 50ms
      ${rounds(720, 1461, 40)}`;
    expect(clientData(lines, { segmentBytes: 720 }).window).toMatchObject({
      clamped: true,
      clampedAtBytes: 720,
      beforeClampBytes: 65_160,
      clampedSinceRow: 4,
    });
  });

  test('and recovers is not clamped', () => {
    const lines = `${handshake(unscaled)}
      client > server seq 1:1461 ack 1 at 30ms
      server > client ack 1461 win 720 at 50ms
      ${rounds(720, 1461, 10)}
      server > client ack 8661 win 65535 at 500ms
      client > server seq 8661:10121 ack 1 at 500.1ms
      server > client ack 10121 win 65535 at 520ms`;
    expect(clientData(lines, options).window.clamped).toBe(false);
  });
});
