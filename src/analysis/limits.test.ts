import { describe, expect, test } from 'vitest';
import { bulk, clientData, handshake } from '../../test/support/segments.ts';
import type { DirectionMeasurement } from './measurement.ts';

const options = { segmentBytes: 1460 };
const unscaled = { client: 'mss 1460 sackok', server: 'mss 1460 sackok' };

const shareOf = ({ limits }: DirectionMeasurement) => ({
  receiveWindow: 0,
  sender: 0,
  network: 0,
  recovery: 0,
  ...limits,
});

describe('the receive window limits', () => {
  test('when what is in flight fills it', () => {
    const direction = clientData(
      `${handshake(unscaled)} server > client ack 1 win 2920 at 21ms\n${bulk(50, 2, 2920)}`,
      options,
    );
    expect(shareOf(direction).receiveWindow).toBeGreaterThan(0.95);
    expect(direction.window.framesAtRightEdge.count).toBe(50);
  });

  test('when the rest of it is less than a segment', () => {
    const direction = clientData(
      `${handshake(unscaled)} server > client ack 1 win 4000 at 21ms\n${bulk(50, 2, 4000)}`,
      options,
    );
    expect(shareOf(direction).receiveWindow).toBeGreaterThan(0.95);
    expect(direction.window.framesAtRightEdge.count).toBe(0);
  });

  test('also for the moment that the sender takes to answer, with nothing in flight, and not for a later write', () => {
    const answers = Array.from({ length: 100 }, (_, round) => {
      const at = 30 + round * 0.05;
      // Of any length: one length would be a pace.
      const pause = round < 50 ? 0 : (round - 50) ** 2;
      const first = 1 + round * 2900;
      return `client > server seq ${first}:${first + 2900} ack 1 psh at ${(at + pause).toFixed(3)}ms
        server > client ack ${first + 2900} win 2920 at ${(at + pause + 0.03).toFixed(3)}ms`;
    });
    const direction = clientData(
      `client > server syn mss 1460 sackok win 64240 at 0ms
      server > client syn ack 1 mss 1460 sackok win 2920 at 0.03ms
      client > server ack 1 win 64240 at 0.035ms
      ${answers.join('\n')}`,
      options,
    );
    // Fifty times 30 microseconds of flight and 20 to the answer, then fifty times the flight.
    expect(direction.busyNs / 1e6).toBeCloseTo(50 * 0.05 + 50 * 0.03, 1);
    expect(direction.inferredBusyNs).toBeUndefined();
    // What came later shows that the window had held nothing back.
    expect(shareOf(direction).receiveWindow).toBeGreaterThan(0.6);
    expect(shareOf(direction).receiveWindow).toBeLessThan(0.7);
  });

  test('while a timer repairs what filled it: the kernel asks again when an acknowledgement comes', () => {
    const direction = clientData(
      `${handshake(unscaled)} server > client ack 1 win 2920 at 21ms
      client > server seq 1:2921 ack 1 at 30ms
      client > server seq 1:1461 ack 1 at 260ms
      client > server seq 1:1461 ack 1 at 720ms
      server > client ack 2921 win 2920 at 740ms
      client > server seq 2921:5841 ack 1 at 740.02ms
      server > client ack 5841 win 2920 at 760ms`,
      options,
    );
    expect(direction.retransmissions).toMatchObject({ packets: 2, timeout: 2 });
    expect(shareOf(direction).receiveWindow).toBeGreaterThan(0.95);
    expect(shareOf(direction).recovery).toBe(0);
  });

  test('no more when one more segment fits', () => {
    const direction = clientData(
      `${handshake(unscaled)} server > client ack 1 win 4380 at 21ms\n${bulk(50, 2, 4380)}`,
      options,
    );
    expect(shareOf(direction).receiveWindow).toBeLessThan(0.05);
    expect(shareOf(direction).network).toBeGreaterThan(0.9);
  });

  test('at a tap beside the receiver as well, where an acknowledgement counts one turn of the sender later', () => {
    const far = `
      client > server syn mss 1460 sackok win 64240 at 0ms
      server > client syn ack 1 mss 1460 sackok win 2920 at 0.03ms
      client > server ack 1 win 64240 at 20ms
    `;
    const rounds = Array.from({ length: 50 }, (_, round) => {
      const [at, seq] = [40 + round * 20, 1 + round * 2920];
      return `client > server seq ${seq}:${seq + 1460} ack 1 at ${at}ms
        client > server seq ${seq + 1460}:${seq + 2920} ack 1 at ${at + 0.01}ms
        server > client ack ${seq + 2920} win 2920 at ${at + 0.03}ms`;
    });
    const direction = clientData(far + rounds.join('\n'), options);
    expect(shareOf(direction).receiveWindow).toBeGreaterThan(0.95);
    // The first round ends in the state that only its successor proves; the last is never proved.
    expect(direction.busyNs).toBeGreaterThan(48 * 19_900_000);
    expect(direction.busyNs).toBeLessThan(51 * 20_000_000);
  });

  test.each([
    [10, 'receive-window'],
    [120, 'unknown'],
  ])(
    'and makes frames small only where no large one fits into it: a window of %i segments beside the receiver',
    (segments, reason) => {
      const bytes = segments * 1460;
      const rounds = Array.from({ length: 20 }, (_, round) => {
        const [at, seq] = [40 + round * 20, 1 + round * bytes];
        const data = Array.from({ length: segments }, (__, i) => {
          const start = seq + i * 1460;
          return `client > server seq ${start}:${start + 1460} ack 1 at ${(at + i / 100).toFixed(2)}ms`;
        });
        return [...data, `server > client ack ${seq + bytes} win ${bytes / 4} at ${at + 2}ms`].join('\n');
      });
      const direction = clientData(
        `client > server syn mss 1460 sackok wscale 2 win 64240 at 0ms
      server > client syn ack 1 mss 1460 sackok wscale 2 win 64240 at 0.03ms
      client > server ack 1 win 64240 at 20ms
      server > client ack 1 win ${bytes / 4} at 20.1ms
      ${rounds.join('\n')}`,
        options,
      );
      expect(direction.capturePoint).toBe('receiver');
      expect(shareOf(direction).receiveWindow).toBeGreaterThan(0.8);
      expect(direction.smallPackets.reason).toBe(reason);
    },
  );
});

describe('the sender limits', () => {
  test('at a tap beside the receiver also where what it writes ends where a window once ended', () => {
    const writes = Array.from({ length: 60 }, (_, i) => {
      const seq = 1 + i * 4096;
      const at = 30 + i * 50;
      return `client > server seq ${seq}:${seq + 2920} ack 1 at ${at}ms
        client > server psh seq ${seq + 2920}:${seq + 4096} ack 1 at ${at + 0.01}ms
        server > client ack ${seq + 4096} win ${15 * 4096} at ${at + 0.02}ms`;
    });
    const direction = clientData(
      `client > server syn mss 1460 sackok win 64240 at 0ms
      server > client syn ack 1 mss 1460 sackok win 61440 at 0.03ms
      client > server ack 1 win 64240 at 20ms
      ${writes.join('\n')}`,
      options,
    );
    expect(shareOf(direction).receiveWindow).toBeLessThan(0.05);
    expect(direction.smallPackets.reason).not.toBe('receive-window');
  });

  test('when the queue ran empty although the window had room', () => {
    const writes = Array.from({ length: 50 }, (_, i) => {
      return `client > server psh seq ${1 + i * 100}:${101 + i * 100} ack 1 at ${30 + i * 20}ms
        server > client ack ${101 + i * 100} win 65535 at ${49.9 + i * 20}ms`;
    });
    const direction = clientData(handshake(unscaled) + writes.join('\n'), options);
    expect(shareOf(direction)).toMatchObject({ receiveWindow: 0, recovery: 0 });
    expect(shareOf(direction).sender).toBeGreaterThan(0.95);
    expect(direction.senderLimitKind).toBe('application');
  });

  test('and time without anything unacknowledged is not busy', () => {
    const direction = clientData(
      `${handshake(unscaled)}
      client > server psh seq 1:101 ack 1 at 30ms
      server > client ack 101 win 65535 at 50ms
      client > server psh seq 101:201 ack 1 at 5s
      server > client ack 201 win 65535 at 5.02s`,
      options,
    );
    expect(direction.busyNs).toBe(40_000_000);
  });
});

/** Frames of `payload` bytes every 12 ms, each acknowledged 5 ms later; before them a burst of ten segments. */
function timed(payload: number, flags: string): string {
  const burst = Array.from({ length: 10 }, (_, i) => {
    return `client > server seq ${1 + i * 1460}:${1 + (i + 1) * 1460} ack 1 at ${(30 + i / 1000).toFixed(3)}ms`;
  });
  const rest = Array.from({ length: 50 }, (_, i) => {
    const seq = 14_601 + i * payload;
    return `client > server ${flags} seq ${seq}:${seq + payload} ack 1 at ${42 + i * 12}ms
      server > client ack ${seq + payload} win 65535 at ${47 + i * 12}ms`;
  });
  return [...burst, 'server > client ack 14601 win 65535 at 35ms', ...rest].join('\n');
}

describe('a writer whose data the window just holds', () => {
  /**
   * Each round trip of 20 ms two segments fill the window but for 1,000 bytes, `apartMs` after each other; the first comes `lateMs` after
   * the acknowledgement.
   */
  function share(lateMs: (round: number) => number, apartMs: number): number {
    const rounds = Array.from({ length: 40 }, (_, round) => {
      const at = 25 + round * 20 + lateMs(round);
      const seq = 1 + round * 2920;
      return `client > server seq ${seq}:${seq + 1460} ack 1 at ${at}ms
        client > server seq ${seq + 1460}:${seq + 2920} ack 1 at ${at + apartMs}ms
        server > client ack ${seq + 2920} win 3920 at ${45 + round * 20}ms`;
    });
    const opening = `${handshake(unscaled)} server > client ack 1 win 3920 at 21ms\n`;
    return shareOf(clientData(opening + rounds.join('\n'), options)).receiveWindow;
  }

  test('is not held back by it: what the window holds back leaves when it opens (tcp_write_xmit, v6.18)', () => {
    expect(share(() => 5, 4)).toBe(0);
  });

  test('is held back where it answers at once', () => {
    expect(share(() => 0.02, 0.01)).toBeGreaterThan(0.9);
  });

  test('is held back also where one answer of many is late: the host itself paused', () => {
    const paused = share((round) => (round === 20 ? 5 : 0.02), 0.01);
    expect(paused).toBeGreaterThan(0.9);
  });
});

describe('data that waits with nothing in flight', () => {
  test('is busy where single segments without PSH come at intervals: more is queued behind each', () => {
    const direction = clientData(handshake(unscaled) + timed(1460, ''), options);
    expect(direction.busyNs).toBeGreaterThan(600_000_000);
    expect(shareOf(direction).network).toBeGreaterThan(0.9);
    expect(direction.inferredBusyNs).toBeGreaterThan(340_000_000);
    expect(direction.networkLimitKind).toBe('pacing');
  });

  test('is busy where frames of two segments do, as paced ones after the burst that is not', () => {
    const direction = clientData(handshake(unscaled) + timed(2920, 'psh'), options);
    expect(direction.busyNs).toBeGreaterThan(600_000_000);
  });

  test('is busy where bursts of all sizes leave at one rate: a writer that sleeps does not know how much it wrote', () => {
    const sizes = Array.from({ length: 30 }, (_, i) => (3 + ((i * 5) % 7)) * 1460);
    const { lines, ns } = atOneRate(sizes, 1000);
    const direction = clientData(handshake(unscaled) + lines, options);
    expect(direction.busyNs).toBeGreaterThan(0.95 * ns);
    expect(shareOf(direction).network).toBeGreaterThan(0.9);
  });

  test('is not there where single segments carry PSH: each ends a write', () => {
    const direction = clientData(handshake(unscaled) + timed(1460, 'psh'), options);
    expect(direction.busyNs).toBeLessThan(300_000_000);
  });

  test('is not there where more comes at once than a pace of so long intervals gives', () => {
    const direction = clientData(handshake(unscaled) + timed(7300, 'psh'), options);
    expect(direction.busyNs).toBeLessThan(300_000_000);
  });

  test('is not there where no burst came first: two segments at a time are what was written', () => {
    const written = timed(2920, 'psh').split('\n').slice(11).join('\n').replaceAll('14601', '1');
    const direction = clientData(
      handshake(unscaled) + written.replace(/seq (\d+):(\d+)|ack (\d+) win/g, shifted),
      options,
    );
    expect(direction.busyNs).toBeLessThan(300_000_000);
  });
});

/** The same sequence numbers without the burst before them. */
function shifted(_: string, from?: string, to?: string, ack?: string): string {
  return ack === undefined ? `seq ${Number(from) - 14_600}:${Number(to) - 14_600}` : `ack ${Number(ack) - 14_600} win`;
}

describe('the network limits', () => {
  test('when whole segments go out as acknowledgements come', () => {
    const direction = clientData(handshake(unscaled) + bulk(50, 4, 65_535), options);
    expect(shareOf(direction).network).toBeGreaterThan(0.9);
    expect(direction.networkLimitKind).toBe('congestion-window');
  });
});

describe('recovery', () => {
  const lossy = `${handshake(unscaled)}
    client > server seq 1:1461 ack 1 at 30ms
    client > server seq 1461:2921 ack 1 at 30.01ms
    client > server seq 2921:4381 ack 1 at 30.02ms
    server > client ack 1 win 65535 sack 1461:4381 at 50ms
    client > server seq 1:1461 ack 1 at 50.01ms
    server > client ack 4381 win 65535 at 70ms
    client > server seq 4381:5841 ack 1 at 70.01ms
    server > client ack 5841 win 65535 at 90ms`;

  test('limits from the retransmission until what was in flight then is acknowledged', () => {
    const direction = clientData(lossy, options);
    expect((direction.limits.recovery ?? 0) * direction.busyNs).toBeCloseTo(19_990_000, -4);
  });

  test('leaves the limit to a full window when less is under way than the congestion window holds (tcp_cwnd_reduction, v6.18)', () => {
    const direction = clientData(lossy.replaceAll('win 65535', 'win 4380'), options);
    expect((direction.limits.recovery ?? 0) * direction.busyNs).toBe(0);
    expect((direction.limits.receiveWindow ?? 0) * direction.busyNs).toBeCloseTo(20_000_000, -5);
  });

  /** Ten segments fill the window; the first is lost, and `sacked` bytes of the rest have arrived when it is sent again. */
  function filled(sacked: number): string {
    const burst = Array.from(
      { length: 10 },
      (_, i) => `client > server seq ${1 + i * 1460}:${1461 + i * 1460} ack 1 at 30ms`,
    );
    return `${handshake(unscaled)} server > client ack 1 win 14600 at 21ms
      ${burst.join('\n')}
      server > client ack 1 win 14600 sack 1461:${1461 + sacked} at 50ms
      client > server seq 1:1461 ack 1 at 50.01ms
      server > client ack 14601 win 14600 at 70ms
      client > server seq 14601:16061 ack 1 at 70.01ms
      server > client ack 16061 win 14600 at 90ms`;
  }

  test('limits beside a full window while most of it is under way', () => {
    const [few, most] = [2920, 13_140].map((sacked) => clientData(filled(sacked), options));
    expect((few!.limits.recovery ?? 0) * few!.busyNs).toBeCloseTo(19_990_000, -4);
    expect((most!.limits.recovery ?? 0) * most!.busyNs).toBe(0);
  });
});

describe('a window that grows', () => {
  /** Round trips of 20 ms: what the window allowed was used up once, then it grows by twice what is acknowledged. */
  const growing = Array.from({ length: 12 }, (_, i) => {
    const seq = 2921 + i * 1460;
    return `client > server seq ${seq}:${seq + 1460} ack 1 at ${50 + i * 20}ms
      server > client ack ${seq + 1460} win ${8760 + i * 1460} at ${69.9 + i * 20}ms`;
  });

  test('no longer limits a sender that does not use what it gained', () => {
    const direction = clientData(
      `${handshake(unscaled)} server > client ack 1 win 2920 at 21ms
      client > server seq 1:1461 ack 1 at 30ms
      client > server seq 1461:2921 ack 1 at 30.01ms
      server > client ack 2921 win 8760 at 49.9ms
      ${growing.join('\n')}`,
      options,
    );
    expect((direction.limits.receiveWindow ?? 0) * direction.busyNs).toBeLessThan(21_000_000);
  });
});

describe('the time after the last data', () => {
  test('is not busy for a FIN, which is no data', () => {
    const transfer = handshake(unscaled) + bulk(10, 2, 65_535);
    const closed = `${transfer}
      client > server fin seq 29201 ack 1 at 231ms
      server > client ack 29202 win 65535 at 900ms`;
    expect(clientData(closed, options).busyNs).toBe(clientData(transfer, options).busyNs);
  });

  const nanoseconds = (direction: DirectionMeasurement, limit: 'receiveWindow' | 'network') =>
    Math.round((direction.limits[limit] ?? 0) * direction.busyNs);

  test('belongs to neither window nor network, however long the last acknowledgement takes', () => {
    const transfer = handshake(unscaled) + bulk(10, 2, 2920);
    const last = '\nclient > server seq 29201:30661 ack 1 at 240ms\nclient > server seq 30661:32121 ack 1 at 240.01ms';
    const soon = clientData(`${transfer}${last}\nserver > client ack 32121 win 2920 at 260ms`, options);
    const late = clientData(`${transfer}${last}\nserver > client ack 32121 win 2920 at 9s`, options);
    expect(nanoseconds(late, 'receiveWindow')).toBe(nanoseconds(soon, 'receiveWindow'));
    expect(nanoseconds(late, 'network')).toBe(nanoseconds(soon, 'network'));
    expect(late.limitsOverTime.at(-1)?.toNs).toBeLessThan(260_000_000);
  });
});

/** Bursts of so many bytes, each acknowledged after 2 ms and followed after `nsPerByte` for each of its bytes. */
function atOneRate(sizes: readonly number[], nsPerByte: number): { lines: string; ns: number } {
  let seq = 1;
  let ns = 50e6;
  const lines = sizes.map((bytes) => {
    const sent = `client > server psh seq ${seq}:${seq + bytes} ack 1 at ${ns / 1e6}ms
      server > client ack ${seq + bytes} win 65535 at ${ns / 1e6 + 2}ms`;
    seq += bytes;
    ns += bytes * nsPerByte;
    return sent;
  });
  return { lines: lines.join('\n'), ns: ns - 50e6 - sizes.at(-1)! * nsPerByte };
}

describe('a window that is used up together with the congestion window', () => {
  /** `first` segments at once, acknowledged one by one 20 ms later; each acknowledgement lets two more go, up to the window of 20. */
  function slowStart(first: number): string {
    const segment = (i: number) => `client > server seq ${1 + i * 1460}:${1 + (i + 1) * 1460} ack 1`;
    const sent = Array.from({ length: first }, (_, i) => `${segment(i)} at ${(30 + i / 1000).toFixed(3)}ms`);
    const rest = Array.from({ length: first }, (_, i) => {
      const at = 50 + i / 10;
      return `server > client ack ${1 + (i + 1) * 1460} win 29200 at ${at}ms
        ${segment(first + 2 * i)} at ${(at + 0.01).toFixed(3)}ms
        ${segment(first + 2 * i + 1)} at ${(at + 0.011).toFixed(3)}ms`;
    });
    const end = `server > client ack ${1 + 3 * first * 1460} win 65535 at 90ms
      client > server seq ${1 + 3 * first * 1460}:${1 + (3 * first + 1) * 1460} ack 1 at 90.01ms`;
    return `${handshake(unscaled)} server > client ack 1 win 29200 at 21ms\n${[...sent, ...rest, end].join('\n')}`;
  }

  test('is not what limits in slow start, which lets no more go: the kernel asks the congestion window first', () => {
    const direction = clientData(slowStart(10), options);
    expect(shareOf(direction).receiveWindow).toBeLessThan(0.1);
    expect(shareOf(direction).network).toBeGreaterThan(0.9);
  });

  test('is what limits where less was sent before, so that the congestion window has room', () => {
    const lines = `${handshake(unscaled)} server > client ack 1 win 2920 at 21ms\n${bulk(20, 2, 2920)}`;
    expect(shareOf(clientData(lines, options)).receiveWindow).toBeGreaterThan(0.95);
  });
});

describe('a window of unknown scale', () => {
  test('that is closed holds back data also with nothing in flight', () => {
    const rounds = Array.from({ length: 20 }, (_, i) => {
      const seq = 1 + i * 29_200;
      const at = 100 + i * 50;
      return `client > server psh seq ${seq}:${seq + 29_200} ack 1 snap 54 at ${at}ms
        server > client ack ${seq + 29_200} win 0 snap 54 at ${at + 1}ms
        server > client ack ${seq + 29_200} win 512 snap 54 at ${at + 49.99}ms`;
    });
    const cut = handshake({ client: 'mss 1460 wscale 7', server: 'mss 1460 wscale 7' }).replaceAll(
      ' at ',
      ' snap 54 at ',
    );
    const direction = clientData(cut + rounds.join('\n'), options);
    expect(direction.window.scaleShift).toBeUndefined();
    expect(direction.busyNs).toBeGreaterThan(0.95 * 950e6);
  });
});
