import { describe, expect, it } from 'vitest';
import { connection, context, noRows, rows, smallBecause } from '../../../test/diagnosis/fixtures.ts';
import { againstKeys, claimOf, judge, verdictOf } from '../../../test/diagnosis/judge.ts';
import type { SmallReason } from '../../analysis/measurement.ts';
import type { Rule } from '../rule.ts';
import { smallPacketsApplication } from './small-packets-application.ts';
import { smallPacketsCauseUnknown } from './small-packets-cause-unknown.ts';
import { smallPacketsCongestionWindow } from './small-packets-congestion-window.ts';
import { smallPacketsPacing } from './small-packets-pacing.ts';
import { smallPacketsPathMtu } from './small-packets-path-mtu.ts';
import { smallPacketsReceiveWindow } from './small-packets-receive-window.ts';
import { smallPacketsRetransmission } from './small-packets-retransmission.ts';
import { smallPacketsSendBuffer } from './small-packets-send-buffer.ts';
import { smallPacketsSplitBelowTcp } from './small-packets-split-below-tcp.ts';
import { tsoNotUsed } from './tso-not-used.ts';

const ruleOf: Readonly<Record<SmallReason, Rule>> = {
  'receive-window': smallPacketsReceiveWindow,
  application: smallPacketsApplication,
  'send-buffer': smallPacketsSendBuffer,
  'congestion-window': smallPacketsCongestionWindow,
  pacing: smallPacketsPacing,
  'segmentation-off': tsoNotUsed,
  'path-mtu': smallPacketsPathMtu,
  'split-below-tcp': smallPacketsSplitBelowTcp,
  retransmission: smallPacketsRetransmission,
  unknown: smallPacketsCauseUnknown,
};
const reasons = Object.keys(ruleOf) as SmallReason[];

/** A constant window of 720 bytes, as measured on 6.18: 720-byte frames of 2 x 360. */
const window720 = smallBecause('receive-window', {
  segmentBytes: 360,
  segmentFrom: 'ip-id',
  maxPayloadBytes: 720,
  medianPayloadBytes: 720,
  byteMedianPayloadBytes: 720,
  tsoInEffect: true,
  superPackets: rows(900, 4, 1),
  limits: { receiveWindow: 0.61 },
  window: {
    scaleShift: 0,
    minBytes: 720,
    medianBytes: 720,
    maxBytes: 720,
    rawMin: 720,
    rawMax: 720,
    halfWindowSegmentBytes: 360,
    framesAtRightEdge: rows(890, 4, 1),
  },
});

describe('every reason for small packets', () => {
  it.each(reasons)('%s has one rule that speaks, and the others are silent', (reason) => {
    const measured = connection({
      data: smallBecause(reason, { smallPackets: { cutBursts: 40, longestCutBurst: 44 } }),
    });
    for (const other of reasons) {
      expect(judge(ruleOf[other], measured), other).toHaveLength(other === reason ? 1 : 0);
    }
  });

  it.each(reasons)('%s is silent on a transfer in full super-packets', (reason) => {
    expect(judge(ruleOf[reason], connection())).toEqual([]);
  });

  it('names a rival that bounded more than a tenth of the bytes', () => {
    const measured = connection({
      data: smallBecause('pacing', {}, { application: 5_000_000, retransmission: 100_000 }),
    });
    const verdict = verdictOf(smallPacketsPacing, measured);
    expect(againstKeys(verdict)).toContain('small-packets.also.application');
    expect(againstKeys(verdict)).not.toContain('small-packets.also.retransmission');
  });

  it('says at a tap on the path that the size of what TCP built is inferred', () => {
    const measured = connection({ data: smallBecause('pacing', { capturePoint: 'between' }) });
    expect(againstKeys(verdictOf(smallPacketsPacing, measured))).toContain('small-packets.tap.between');
  });

  it('turns no offload off for any reason', () => {
    for (const reason of reasons) {
      const measured = connection({
        data: smallBecause(reason, { smallPackets: { cutBursts: 40, longestCutBurst: 44 } }),
      });
      for (const { fixes } of judge(ruleOf[reason], measured)) {
        for (const fix of fixes) expect(fix.command).not.toMatch(/ethtool.* off$/);
      }
    }
  });
});

describe('small packets from the receive window', () => {
  it('tells the half-window rule at a constant window of 720', () => {
    const verdict = verdictOf(smallPacketsReceiveWindow, connection({ data: window720 }));
    expect(verdict.claim.key).toBe('small-packets-receive-window.claim.half-window');
    expect(claimOf(verdict)).toContain('only 360 B');
    expect(claimOf(verdict)).toContain('never above 720 B');
    expect(verdict.severity).toBe('problem');
  });

  it('tells a window frozen below one segment, and offers no larger buffer for it', () => {
    const frozen = smallBecause('receive-window', {
      window: { clamped: true, clampedAtBytes: 720, clampedForNs: 30e9, beforeClampBytes: 64_240 },
      limits: { receiveWindow: 1 },
    });
    const verdict = verdictOf(smallPacketsReceiveWindow, connection({ data: frozen }));
    expect(verdict.claim.key).toBe('small-packets-receive-window.claim.remainder');
    expect(verdict.fixes).toEqual([]);
  });

  it('counts frames at the right edge as its evidence, with their packet numbers', () => {
    const verdict = verdictOf(smallPacketsReceiveWindow, connection({ data: window720 }));
    expect(verdict.evidence[0]?.text.key).toBe('small-packets-receive-window.for.right-edge');
    expect(verdict.evidence[0]?.packets[0]).toBe(5);
  });

  it('does not take a raw window for bytes when the scale is unknown', () => {
    const unscaled = smallBecause('receive-window', {
      window: {
        scaleShift: undefined,
        scaleFrom: undefined,
        minBytes: undefined,
        medianBytes: undefined,
        maxBytes: undefined,
      },
      limits: { receiveWindow: undefined },
    });
    const verdict = verdictOf(smallPacketsReceiveWindow, connection({ data: unscaled }));
    expect(verdict.claim.key).toBe('small-packets-receive-window.claim.unscaled');
    expect(againstKeys(verdict)).toContain('small-packets-receive-window.against.no-scale');
    expect(verdict.confidence).toBeLessThan(0.7);
  });

  it('says when the scale is inferred, and is less sure then', () => {
    const inferred = smallBecause('receive-window', {
      window: { scaleFrom: 'bytes-in-flight', medianBytes: undefined },
    });
    const verdict = verdictOf(smallPacketsReceiveWindow, connection({ data: inferred }));
    expect(verdict.claim.key).toBe('small-packets-receive-window.claim.inferred');
    expect(verdict.confidence).toBeLessThan(0.8);
    expect(verdict.severity).toBe('notice');
  });

  it('is a notice when the window bounds sizes but not the transfer', () => {
    const mild = smallBecause('receive-window', { limits: { receiveWindow: 0.2 } });
    expect(verdictOf(smallPacketsReceiveWindow, connection({ data: mild })).severity).toBe('notice');
  });

  it('does not blame GRO, and says so', () => {
    expect(againstKeys(verdictOf(smallPacketsReceiveWindow, connection({ data: window720 })))).toContain(
      'small-packets-receive-window.against.gro',
    );
  });

  it('is less sure when the capture lost packets', () => {
    const sure = verdictOf(smallPacketsReceiveWindow, connection({ data: window720 }));
    const unsure = verdictOf(
      smallPacketsReceiveWindow,
      connection({ data: window720 }),
      context({ capture: { captureDrops: 9 } }),
    );
    expect(unsure.confidence).toBeLessThan(sure.confidence);
  });
});

describe('small packets from pacing', () => {
  it('is healthy and gives the rate and its millisecond', () => {
    const paced = smallBecause('pacing', { rateBitsPerSec: 16_000_000, smallPackets: { spacingMedianNs: 1_450_000 } });
    const verdict = verdictOf(smallPacketsPacing, connection({ data: paced }));
    expect(verdict.severity).toBe('healthy');
    expect(claimOf(verdict)).toContain('16.0 Mbit/s');
    expect(claimOf(verdict)).toContain('1,953 B');
  });

  it('does without the rate when it is not known', () => {
    const verdict = verdictOf(
      smallPacketsPacing,
      connection({ data: smallBecause('pacing', { rateBitsPerSec: undefined }) }),
    );
    expect(verdict.claim.key).toBe('small-packets-pacing.claim.no-rate');
  });
});

describe('small packets from the path MTU', () => {
  it('quotes the MSS that the receiver offered', () => {
    const measured = connection({
      data: smallBecause('path-mtu', { segmentBytes: 1348, handshakeSegmentBytes: 1348 }),
      connection: { handshake: { serverMssOption: 1360 } },
    });
    expect(claimOf(verdictOf(smallPacketsPathMtu, measured))).toContain('offered an MSS of 1,360 B');
  });

  it('quotes the router that reported an MTU', () => {
    const measured = connection({
      data: smallBecause('path-mtu', { segmentBytes: 1348 }),
      connection: { icmpTooBig: { ...rows(2, 30), mtuBytes: 1400, fromIp: '192.0.2.1', alreadyFitted: 0 } },
    });
    const verdict = verdictOf(smallPacketsPathMtu, measured);
    expect(verdict.claim.key).toBe('small-packets-path-mtu.claim.icmp');
    expect(verdict.evidence[0]?.packets).toEqual([31, 33]);
  });

  it('sees segments that shrank below what the handshake allowed', () => {
    const verdict = verdictOf(
      smallPacketsPathMtu,
      connection({ data: smallBecause('path-mtu', { segmentBytes: 1308 }) }),
    );
    expect(verdict.claim.key).toBe('small-packets-path-mtu.claim.shrank');
  });
});

describe('small packets from the congestion window', () => {
  it('is information when nothing was lost and a notice when losses keep it small', () => {
    const calm = connection({ data: smallBecause('congestion-window') });
    const lossy = connection({
      data: smallBecause('congestion-window', { retransmissions: { packets: 12, frames: rows(12) } }),
    });
    expect(verdictOf(smallPacketsCongestionWindow, calm).severity).toBe('info');
    expect(verdictOf(smallPacketsCongestionWindow, lossy).severity).toBe('notice');
  });

  it('excludes "TSO is off" when other frames are super-packets', () => {
    const measured = connection({
      data: smallBecause('congestion-window', { tsoInEffect: true, superPackets: rows(5) }),
    });
    expect(againstKeys(verdictOf(smallPacketsCongestionWindow, measured))).toContain(
      'small-packets-congestion-window.against.tso-seen',
    );
  });
});

describe('small packets from a cut in software', () => {
  it('leaves room for a queueing discipline when no host state is given, and only turns TSO on', () => {
    const measured = connection({
      data: smallBecause('segmentation-off', { smallPackets: { cutBursts: 320, longestCutBurst: 44 } }),
    });
    const verdict = verdictOf(tsoNotUsed, measured);
    expect(againstKeys(verdict)).toContain('tso-not-used.against.split');
    expect(verdict.fixes[0]?.command).toBe('ethtool -K <dev> tx-tcp-segmentation on');
    expect(claimOf(verdict)).toContain('320 bursts of up to 44');
  });

  it('names the IPv6 bit on an IPv6 connection', () => {
    const measured = connection({
      data: smallBecause('segmentation-off', { smallPackets: { cutBursts: 320, longestCutBurst: 44 } }),
      connection: { ipVersion: 6, client: { ip: '2001:db8::1' }, server: { ip: '2001:db8::2' } },
    });
    expect(verdictOf(tsoNotUsed, measured).fixes[0]?.command).toContain('tx-tcp6-segmentation');
  });

  it('is not concluded from a single burst: a corked application gives one, too', () => {
    const corked = smallBecause('segmentation-off', { smallPackets: { cutBursts: 1, longestCutBurst: 6 } });
    expect(judge(tsoNotUsed, connection({ data: corked }))).toEqual([]);
    const verdict = verdictOf(smallPacketsCauseUnknown, connection({ data: corked }));
    expect(verdict.confidence).toBeLessThanOrEqual(0.5);
    expect(againstKeys(verdict)).toContain('small-packets.also.segmentation-off');
  });

  it('is silent at a receiver, where single segments are what arrives', () => {
    const measured = connection({ data: smallBecause('segmentation-off', { capturePoint: 'receiver' }) });
    expect(judge(tsoNotUsed, measured)).toEqual([]);
  });
});

describe('small packets that are retransmissions', () => {
  it('grow to a problem with their share', () => {
    const few = smallBecause('retransmission', { retransmissions: { packets: 20, bytes: 28_960, frames: rows(20) } });
    const many = smallBecause('retransmission', {
      retransmissions: { packets: 2000, bytes: 2_896_000, frames: rows(2000) },
    });
    expect(verdictOf(smallPacketsRetransmission, connection({ data: few })).severity).toBe('notice');
    expect(verdictOf(smallPacketsRetransmission, connection({ data: many })).severity).toBe('problem');
  });
});

describe('small packets of unknown cause', () => {
  it('also speaks when the analysis gives no reason at all', () => {
    const data = smallBecause('unknown');
    const measured = connection({ data: { ...data, smallPackets: { ...data.smallPackets, reason: undefined } } });
    expect(verdictOf(smallPacketsCauseUnknown, measured).severity).toBe('info');
  });

  it('shows no filter when it has no packets to show', () => {
    const data = smallBecause('unknown', { smallPackets: { samples: { unknown: noRows } } });
    expect(verdictOf(smallPacketsCauseUnknown, connection({ data })).evidence[0]?.filter).toBeUndefined();
  });
});
