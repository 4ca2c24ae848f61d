import { describe, expect, it } from 'vitest';
import { connection, context, rows } from '../../../test/diagnosis/fixtures.ts';
import { againstKeys, claimOf, judge, verdictOf } from '../../../test/diagnosis/judge.ts';
import { limitedByNetwork } from './limited-by-network.ts';
import { limitedByReceiveWindow } from './limited-by-receive-window.ts';
import { limitedByRecovery } from './limited-by-recovery.ts';
import { limitedBySender } from './limited-by-sender.ts';
import { packetLoss } from './packet-loss.ts';
import { windowClamped } from './window-clamped.ts';
import { zeroWindow } from './zero-window.ts';

const fellTo720 = {
  clamped: true,
  clampedAtBytes: 720,
  clampedSinceRow: 1200,
  clampedForNs: 12e9,
  beforeClampBytes: 64_240,
} as const;

describe('a clamped window', () => {
  it('is a problem with both sizes and the packet where it fell', () => {
    const verdict = verdictOf(windowClamped, connection({ data: { window: fellTo720, windowProbes: rows(50, 1201) } }));
    expect(verdict.severity).toBe('problem');
    expect(claimOf(verdict)).toContain('from 64,240 B to 720 B');
    expect(verdict.evidence[0]?.packets).toEqual([1201]);
    expect(verdict.evidence[0]?.filter).toBe(
      'tcp.stream==0 && tcp.srcport==5201 && tcp.flags.syn==0 && tcp.window_size<=720',
    );
  });

  it('turns nothing off: a reader that stopped is the first suspect', () => {
    const verdict = verdictOf(windowClamped, connection({ data: { window: fellTo720 } }));
    expect(verdict.fixes).toEqual([]);
    expect(againstKeys(verdict)).toContain('window-clamped.against.reader');
  });

  it('is only possible when the scale did not come from the handshake', () => {
    const inferred = connection({ data: { window: { ...fellTo720, scaleFrom: 'bytes-in-flight' } } });
    expect(verdictOf(windowClamped, inferred).confidence).toBeLessThanOrEqual(0.5);
  });

  it('is silent when the window came back', () => {
    expect(judge(windowClamped, connection())).toEqual([]);
  });
});

describe('a zero window', () => {
  it('is a problem when it held for a tenth of the busy time', () => {
    const stalled = { zeroWindows: rows(12), zeroWindowPeriods: 3, zeroWindowNs: 120e6 } as const;
    const verdict = verdictOf(zeroWindow, connection({ data: { window: stalled } }));
    expect(verdict.severity).toBe('problem');
    expect(claimOf(verdict)).toContain('30%');
    expect(verdict.evidence[0]?.filter).toContain('tcp.srcport==5201');
  });

  it('is information when it was a moment', () => {
    const moment = { zeroWindows: rows(1), zeroWindowPeriods: 1, zeroWindowNs: 27_000 } as const;
    const verdict = verdictOf(zeroWindow, connection({ data: { window: moment } }));
    expect(verdict.severity).toBe('info');
    expect(verdict.claim.key).toBe('zero-window.claim.brief');
  });

  it('is a notice when it was short', () => {
    const short = { zeroWindows: rows(1), zeroWindowPeriods: 1, zeroWindowNs: 8e6 } as const;
    const verdict = verdictOf(zeroWindow, connection({ data: { window: short } }));
    expect(verdict.severity).toBe('notice');
    expect(againstKeys(verdict)).toContain('zero-window.against.short');
  });

  it('is silent without one', () => {
    expect(judge(zeroWindow, connection())).toEqual([]);
  });
});

describe('packet loss', () => {
  const lost = (packets: number, more: object = {}) => ({
    retransmissions: { frames: rows(packets), packets, bytes: packets * 1448, fast: packets, ...more },
  });

  it('is graded by how many packets were lost', () => {
    expect(verdictOf(packetLoss, connection({ data: lost(500) })).severity).toBe('problem');
    expect(verdictOf(packetLoss, connection({ data: lost(20) })).severity).toBe('notice');
    expect(verdictOf(packetLoss, connection({ data: lost(2) })).severity).toBe('info');
  });

  it('is a problem when recovery took the time, however few were lost', () => {
    const slow = { ...lost(3, { fast: 0, timeout: 3 }), limits: { recovery: 0.6 } };
    expect(verdictOf(packetLoss, connection({ data: slow })).severity).toBe('problem');
  });

  it('says when most were sent for nothing', () => {
    const verdict = verdictOf(packetLoss, connection({ data: lost(40, { spurious: 38 }) }));
    expect(verdict.claim.key).toBe('packet-loss.claim.spurious');
  });

  it('says on which side of the tap the loss was', () => {
    expect(againstKeys(verdictOf(packetLoss, connection({ data: lost(20) })))).toContain(
      'packet-loss.against.after-tap',
    );
    expect(againstKeys(verdictOf(packetLoss, connection({ data: lost(20, { originalUnseen: 18 }) })))).toContain(
      'packet-loss.against.before-tap',
    );
  });

  it("keeps the capture's own drops in mind", () => {
    const verdict = verdictOf(packetLoss, connection({ data: lost(20) }), context({ capture: { captureDrops: 7 } }));
    expect(againstKeys(verdict)).toContain('packet-loss.against.capture-drops');
  });

  it('is silent when nothing was sent again', () => {
    expect(judge(packetLoss, connection())).toEqual([]);
  });
});

describe('the limit of a connection', () => {
  const limitRules = [limitedByReceiveWindow, limitedBySender, limitedByNetwork, limitedByRecovery];

  it.each([
    ['limited-by-receive-window', { receiveWindow: 0.92, sender: 0.02, network: 0.05, recovery: 0.01 }],
    ['limited-by-sender', { receiveWindow: 0.02, sender: 0.9, network: 0.07, recovery: 0.01 }],
    ['limited-by-network', { receiveWindow: 0.02, sender: 0.07, network: 0.9, recovery: 0.01 }],
    ['limited-by-recovery', { receiveWindow: 0.02, sender: 0.07, network: 0.01, recovery: 0.9 }],
  ])('is %s and no other', (code, limits) => {
    const codes = limitRules.flatMap((rule) =>
      judge(rule, connection({ data: { limits } })).map((verdict) => verdict.code),
    );
    expect(codes).toEqual([code]);
  });

  it('is not named when none held for half of the time', () => {
    const limits = { receiveWindow: 0.3, sender: 0.3, network: 0.3, recovery: 0.1 };
    for (const rule of limitRules) expect(judge(rule, connection({ data: { limits } }))).toEqual([]);
  });

  it('is not named for a short exchange', () => {
    const tiny = {
      uniquePayloadBytes: 900,
      busyNs: 2e6,
      limits: { receiveWindow: 0, sender: 1, network: 0, recovery: 0 },
    };
    for (const rule of limitRules) expect(judge(rule, connection({ data: tiny }))).toEqual([]);
  });

  it('gives what one window per round trip allows', () => {
    const data = {
      limits: { receiveWindow: 0.9 },
      window: { minBytes: 92_160, medianBytes: 92_160, maxBytes: 92_160 },
    };
    const verdict = verdictOf(limitedByReceiveWindow, connection({ data, connection: { rttNs: { min: 920_000 } } }));
    expect(claimOf(verdict)).toContain('801 Mbit/s');
    expect(verdict.fixes).toEqual([]);
  });

  it('offers a larger buffer only for a window that autotuning may have stopped', () => {
    const verdict = verdictOf(limitedByReceiveWindow, connection({ data: { limits: { receiveWindow: 0.9 } } }));
    expect(verdict.fixes[0]?.command).toBe('sysctl -w net.ipv4.tcp_rmem="4096 131072 33554432"');
  });

  it('offers no larger buffer when the window also closed', () => {
    const data = {
      limits: { receiveWindow: 0.9 },
      window: { zeroWindowPeriods: 2, zeroWindows: rows(2), zeroWindowNs: 90e6 },
    };
    const verdict = verdictOf(limitedByReceiveWindow, connection({ data }));
    expect(verdict.fixes).toEqual([]);
    expect(againstKeys(verdict)).toContain('limited-by-receive-window.against.reader');
  });

  it('does not take a moment of zero window for a reader that stalls', () => {
    const data = {
      limits: { receiveWindow: 0.9 },
      window: { zeroWindowPeriods: 1, zeroWindows: rows(1), zeroWindowNs: 27_000 },
    };
    expect(againstKeys(verdictOf(limitedByReceiveWindow, connection({ data })))).toContain(
      'limited-by-receive-window.against.buffer',
    );
  });

  it('points to the longest stretch by time', () => {
    const filter = verdictOf(limitedByNetwork, connection()).evidence[0]?.filter;
    expect(filter).toBe('tcp.stream==0 && frame.time_relative>=0.000600 && frame.time_relative<=0.360600');
  });

  it('tells a send buffer from an application', () => {
    const limits = { receiveWindow: 0, sender: 0.9, network: 0.1, recovery: 0 };
    const buffer = verdictOf(limitedBySender, connection({ data: { limits, senderLimitKind: 'send-buffer' } }));
    const application = verdictOf(limitedBySender, connection({ data: { limits, senderLimitKind: 'application' } }));
    expect(buffer.claim.key).toBe('limited-by-sender.claim.send-buffer');
    expect(buffer.fixes[0]?.command).toContain('net.ipv4.tcp_wmem');
    expect(application.severity).toBe('info');
    expect(application.fixes).toEqual([]);
  });

  it('tells pacing from a congestion window', () => {
    expect(verdictOf(limitedByNetwork, connection({ data: { networkLimitKind: 'pacing' } })).claim.key).toBe(
      'limited-by-network.claim.pacing',
    );
  });
});
