// Why most bytes of a direction travel in small frames.

import { describe, expect, test } from 'vitest';
import { bulk, clientData, handshake } from '../../test/support/segments.ts';

const options = { segmentBytes: 1460 };
const unscaled = { client: 'mss 1460 sackok', server: 'mss 1460 sackok' };

describe('why packets are small', () => {
  const reason = (lines: string, more = {}) => {
    const { present, reason: why } = clientData(lines, { ...options, ...more }).smallPackets;
    return present ? why : 'not small';
  };
  /** Beside the client, whose own packets wait for their checksums. */
  const here = (lines: string): string => lines.replaceAll(/^(\s*client > server)/gm, '$1 partial');

  test('is the application where frames end short of a segment as they were written', () => {
    const writes = Array.from({ length: 60 }, (_, i) => {
      return `client > server psh seq ${1 + i * 100}:${101 + i * 100} ack 1 at ${30 + i * 20}ms
        server > client ack ${101 + i * 100} win 65535 at ${49.9 + i * 20}ms`;
    });
    expect(reason(here(handshake(unscaled) + writes.join('\n')))).toBe('application');
  });

  test('is the receive window where it cuts every frame', () => {
    expect(reason(here(`${handshake(unscaled)} server > client ack 1 win 2920 at 21ms\n${bulk(50, 2, 2920)}`))).toBe(
      'receive-window',
    );
  });

  test('is the receive window where the half-window rule made the segments small', () => {
    const words = `
      client > server syn mss 1460 win 64240 at 0ms
      server > client syn ack 1 mss 1460 win 720 at 20ms
      client > server ack 1 at 20.01ms\n`;
    const rounds = Array.from({ length: 40 }, (_, i) => {
      return `client > server seq ${1 + i * 720}:${721 + i * 720} ack 1 at ${30 + i * 20}ms
        server > client ack ${721 + i * 720} win 720 at ${49.9 + i * 20}ms`;
    });
    expect(reason(here(words + rounds.join('\n')), { segmentBytes: 360 })).toBe('receive-window');
  });

  test('is the congestion window where whole segments leave the moment an acknowledgement comes', () => {
    const rounds = Array.from({ length: 60 }, (_, i) => {
      const [at, seq] = [30 + i * 20, 1 + i * 2920];
      return `client > server seq ${seq}:${seq + 2920} ack 1 at ${at + 0.02}ms
        server > client ack ${seq + 2920} win 65535 at ${at + 20}ms`;
    });
    expect(reason(here(handshake(unscaled) + rounds.join('\n')))).toBe('congestion-window');
  });

  test('is pacing where frames of two segments leave evenly, whenever acknowledgements come', () => {
    const lines = Array.from({ length: 200 }, (_, i) => {
      const seq = 1 + i * 2920;
      const sent = `client > server seq ${seq}:${seq + 2920} ack 1 at ${30 + i}ms`;
      const acked = `server > client ack ${seq - 19 * 2920} win 65535 at ${30.4 + i}ms`;
      return i > 20 ? `${sent}\n${acked}` : sent;
    });
    const words = { client: 'mss 1460 wscale 7', server: 'mss 1460 wscale 7' };
    expect(reason(here(handshake(words) + lines.join('\n')))).toBe('pacing');
  });

  test('is that segmentation was off where single segments leave in bursts', () => {
    expect(
      reason(here(handshake({ client: 'mss 1460 wscale 7', server: 'mss 1460 wscale 7' }) + bulk(30, 20, 65_535))),
    ).toBe('segmentation-off');
  });

  test('is not that segmentation was off where frames of two segments are among the single ones', () => {
    const lines = Array.from({ length: 120 }, (_, i) => {
      const [at, seq] = [30 + i * 5, 1 + i * 4 * 1460];
      const piece = (first: number, bytes: number, ms: number): string =>
        `client > server seq ${seq + first}:${seq + first + bytes} ack 1 at ${(at + ms).toFixed(3)}ms\n`;
      const singles = [0, 1, 2, 3].map((n) => piece(n * 1460, 1460, n / 500)).join('');
      // Of 120 writes 4 leave in two frames and 6 in a burst.
      const sent = i % 30 === 0 ? piece(0, 2920, 0) + piece(2920, 2920, 0.002) : i < 7 ? singles : '';
      const apart = [0, 1, 2, 3].map((n) => piece(n * 1460, 1460, n / 2)).join('');
      return `${sent === '' ? apart : sent}server > client ack ${seq + 5840} win 65535 at ${at + 4}ms`;
    });
    const words = { client: 'mss 1460 wscale 7', server: 'mss 1460 wscale 7' };
    const direction = clientData(here(handshake(words) + lines.join('\n')), options);
    expect(direction.superPackets.count).toBe(8);
    expect(direction.smallPackets.cutBursts).toBeGreaterThanOrEqual(3);
    expect(direction.smallPackets.reason).not.toBe('segmentation-off');
    expect(direction.tsoInEffect).toBe(true);
  });

  test.each([
    [2920, true],
    [65_160 - 960, false],
  ])('is a split below TCP where single segments leave in bursts beside frames of %i bytes: %s', (large, isSplit) => {
    const words = { client: 'mss 1460 wscale 7', server: 'mss 1460 wscale 7' };
    const lines = Array.from({ length: 60 }, (_, i) => {
      const [at, seq] = [30 + i * 20, 1 + i * (large + 29_200)];
      const singles = Array.from({ length: 20 }, (__, n) => {
        const start = seq + large + n * 1460;
        return `client > server seq ${start}:${start + 1460} ack 1 at ${(at + 1 + n / 500).toFixed(3)}ms`;
      });
      return `client > server seq ${seq}:${seq + large} ack 1 at ${at}ms
        ${singles.join('\n')}
        server > client ack ${seq + large + 29_200} win 65535 at ${at + 19.9}ms`;
    });
    const { bytesByReason } = clientData(here(handshake(words) + lines.join('\n')), options).smallPackets;
    expect(bytesByReason['split-below-tcp'] > 0).toBe(isSplit);
  });

  test('is the path where one side announced a small MSS', () => {
    const words = { client: 'mss 1460', server: 'mss 536' };
    const rounds = Array.from({ length: 30 }, (_, i) => {
      const seq = 1 + i * 53_600;
      return `client > server seq ${seq}:${seq + 53_600} ack 1 at ${30 + i * 20}ms
        server > client ack ${seq + 53_600} win 65535 at ${49.9 + i * 20}ms`;
    });
    expect(reason(here(handshake(words) + rounds.join('\n')), { segmentBytes: 536 })).toBe('path-mtu');
  });

  test('is retransmission where most bytes were sent again', () => {
    const big = 'client > server seq 1:58401 ack 1 at 30ms';
    const again = Array.from(
      { length: 40 },
      (_, i) => `client > server seq ${1 + i * 1460}:${1461 + i * 1460} ack 1 at ${80 + i}ms`,
    );
    const lines = `${handshake({ client: 'mss 1460 sackok wscale 7', server: 'mss 1460 sackok wscale 7' })} ${big}
      client > server seq 58401:116801 ack 1 at 30.01ms
      server > client ack 1 win 65535 sack 58401:116801 at 50ms
      ${again.join('\n')}
      ${again.join('\n').replaceAll(/at (\d+)ms/g, 'at 1$1ms')}
      ${again.join('\n').replaceAll(/at (\d+)ms/g, 'at 2$1ms')}`;
    expect(reason(here(lines))).toBe('retransmission');
  });

  test('is no question where super-packets carry the bytes', () => {
    const rounds = Array.from({ length: 10 }, (_, i) => {
      const seq = 1 + i * 64_240;
      return `client > server seq ${seq}:${seq + 64_240} ack 1 at ${30 + i * 20}ms
        server > client ack ${seq + 64_240} win 65535 at ${49.9 + i * 20}ms`;
    });
    expect(
      reason(here(handshake({ client: 'mss 1460 wscale 7', server: 'mss 1460 wscale 7' }) + rounds.join('\n'))),
    ).toBe('not small');
  });
});
