import { describe, expect, it } from 'vitest';
import { connection, context, noRows, rows, smallBecause } from '../../../test/diagnosis/fixtures.ts';
import { againstKeys, claimOf, judge, verdictOf } from '../../../test/diagnosis/judge.ts';
import { bigTcp } from './big-tcp.ts';
import { checksumOffloadTraces } from './checksum-offload-traces.ts';
import { countsDifferFromSwitch } from './counts-differ-from-switch.ts';
import { forwarderMergeWithoutGsoSize } from './forwarder-merge-without-gso-size.ts';
import { mergedWithoutGsoSize } from './merged-without-gso-size.ts';
import { receiveMerge } from './receive-merge.ts';
import { tsoInEffect } from './tso-in-effect.ts';
import { udpLargerThanMtu } from './udp-larger-than-mtu.ts';

const none = { valid: 0, partial: 0, wrong: 0, unknown: 0 };

/** The same transfer at the receiver with software GRO: singles with full checksums, merged frames with partial ones. */
const gro = {
  capturePoint: 'receiver',
  tsoInEffect: undefined,
  receiveMergeInEffect: true,
  superPacketKind: 'gro',
  checksums: {
    single: { ...none, valid: 300 },
    multi: { ...none, partial: 316 },
    partialSample: rows(316),
    wrongSample: noRows,
  },
} as const;

describe('TSO in effect', () => {
  it('is healthy, counts frames against wire packets, and offers nothing to change', () => {
    const verdict = verdictOf(tsoInEffect, connection());
    expect(verdict.severity).toBe('healthy');
    expect(verdict.fixes).toEqual([]);
    expect(claimOf(verdict)).toContain('1,618 data frames here were 14,484 packets');
    expect(verdict.confidence).toBeGreaterThanOrEqual(0.95);
  });

  it('shows the super-packets by a filter that is theirs alone', () => {
    expect(verdictOf(tsoInEffect, connection()).evidence[0]?.filter).toBe(
      'tcp.stream==0 && tcp.srcport==40000 && tcp.len>1448',
    );
  });

  it('sees 2 x 360 in frames of 720 bytes that a single packet could carry', () => {
    const verdict = verdictOf(tsoInEffect, connection({ data: { maxPayloadBytes: 720, segmentBytes: 360 } }));
    expect(verdict.claim.key).toBe('tso-in-effect.claim.small');
  });

  it('excludes jumbo frames by IPv4 IDs, and cannot without them', () => {
    expect(againstKeys(verdictOf(tsoInEffect, connection()))).toContain('tso-in-effect.against.jumbo-excluded');
    const lengthOnly = connection({ data: { wireExactness: 'inferred', ipIdAgree: 0, ipIdCompared: 0 } });
    const verdict = verdictOf(tsoInEffect, lengthOnly);
    expect(againstKeys(verdict)).toContain('tso-in-effect.against.jumbo');
    expect(verdict.confidence).toBeLessThan(0.8);
  });

  it('is silent when no frame stands for more than one packet', () => {
    expect(judge(tsoInEffect, connection({ data: smallBecause('application') }))).toEqual([]);
  });

  it('is silent about merges of a receiver', () => {
    expect(judge(tsoInEffect, connection({ data: gro }))).toEqual([]);
  });
});

describe('packets merged by the receiver', () => {
  it('names GRO by the bare pseudo-header sum, and leaves it on', () => {
    const verdict = verdictOf(receiveMerge, connection({ data: gro }));
    expect(verdict.claim.key).toBe('receive-merge.claim.gro');
    expect(verdict.severity).toBe('healthy');
    expect(verdict.fixes).toEqual([]);
    expect(againstKeys(verdict)).toContain('receive-merge.against.hardware');
  });

  it('names LRO by checksums that were recomputed or left over', () => {
    const valid = connection({ data: { ...gro, checksums: { ...gro.checksums, multi: { ...none, valid: 316 } } } });
    const left = connection({ data: { ...gro, checksums: { ...gro.checksums, multi: { ...none, wrong: 316 } } } });
    expect(verdictOf(receiveMerge, valid).claim.key).toBe('receive-merge.claim.lro');
    expect(verdictOf(receiveMerge, left).claim.key).toBe('receive-merge.claim.lro');
  });

  it('does not tell them apart when the snaplen cut the payload', () => {
    const cut = connection({
      data: { ...gro, superPacketKind: 'unknown', checksums: { ...gro.checksums, multi: { ...none, unknown: 316 } } },
    });
    expect(verdictOf(receiveMerge, cut).claim.key).toBe('receive-merge.claim.unknown');
  });

  it('keeps a virtual path in mind unless single packets have full checksums', () => {
    expect(againstKeys(verdictOf(receiveMerge, connection({ data: gro })))).toContain(
      'receive-merge.against.crossed-excluded',
    );
    const virtual = connection({
      data: { ...gro, checksums: { ...gro.checksums, single: { ...none, partial: 300 } } },
    });
    expect(againstKeys(verdictOf(receiveMerge, virtual))).toContain('receive-merge.against.crossed');
  });

  it('is silent at the sender', () => {
    expect(judge(receiveMerge, connection())).toEqual([]);
  });
});

describe('merges without gso_size', () => {
  it('are not claimed for correct GRO', () => {
    expect(judge(mergedWithoutGsoSize, connection({ data: gro }))).toEqual([]);
  });

  it('are only possible when LRO left checksums over, with nothing to switch off', () => {
    const left = connection({ data: { ...gro, checksums: { ...gro.checksums, multi: { ...none, wrong: 316 } } } });
    const verdict = verdictOf(mergedWithoutGsoSize, left);
    expect(verdict.claim.key).toBe('merged-without-gso-size.claim.unknown-kernel');
    expect(verdict.confidence).toBeLessThanOrEqual(0.5);
    expect(verdict.fixes).toEqual([]);
  });
});

describe('a forwarder that merges without gso_size', () => {
  const bulkLoss = {
    wireDataPackets: 880,
    retransmissions: {
      frames: rows(178),
      packets: 178,
      bytes: 257_744,
      fast: 100,
      timeout: 12,
      tailProbe: 3,
      holes: 30,
      largestHoleBytes: 31_856,
    },
  } as const;
  const icmp = { ...rows(87, 20), mtuBytes: 1500, fromIp: '192.0.2.1', alreadyFitted: 87 };

  it('is known by ICMP that names an MTU the packets already respect', () => {
    const verdict = verdictOf(
      forwarderMergeWithoutGsoSize,
      connection({ data: bulkLoss, connection: { icmpTooBig: icmp } }),
    );
    expect(verdict.severity).toBe('problem');
    expect(verdict.confidence).toBeGreaterThan(0.9);
    expect(claimOf(verdict)).toContain('192.0.2.1 merges packets');
    expect(verdict.fixes.map((fix) => fix.command).join()).toContain('forwarder');
  });

  it('is only possible by bulk loss alone, and then nothing is to be changed', () => {
    const verdict = verdictOf(forwarderMergeWithoutGsoSize, connection({ data: bulkLoss }));
    expect(verdict.confidence).toBeLessThanOrEqual(0.5);
    expect(verdict.fixes).toEqual([]);
    expect(againstKeys(verdict)).toContain('forwarder-merge-without-gso-size.against.queue');
  });

  it('is not claimed for a path whose MTU really is smaller', () => {
    const real = { ...rows(1, 20), mtuBytes: 1400, fromIp: '192.0.2.1', alreadyFitted: 0 };
    expect(judge(forwarderMergeWithoutGsoSize, connection({ connection: { icmpTooBig: real } }))).toEqual([]);
  });

  it('is not claimed for scattered single losses', () => {
    const scattered = connection({
      data: {
        retransmissions: { frames: rows(900), packets: 900, bytes: 1_303_200, fast: 890, timeout: 10, holes: 850 },
      },
    });
    expect(judge(forwarderMergeWithoutGsoSize, scattered)).toEqual([]);
  });
});

describe('checksum alarms', () => {
  it('are explained as offload traces', () => {
    const verdict = verdictOf(checksumOffloadTraces, connection());
    expect(verdict.severity).toBe('healthy');
    expect(claimOf(verdict)).toContain('328 packets');
  });

  it('are a notice when some checksums have no such excuse', () => {
    const damaged = connection({ data: { checksums: { single: { wrong: 4 }, wrongSample: rows(4, 50) } } });
    const verdict = verdictOf(checksumOffloadTraces, damaged);
    expect(verdict.severity).toBe('notice');
    expect(verdict.evidence[1]?.packets).toEqual([51, 53, 55, 57]);
  });

  it('are silent when every checksum is right', () => {
    const right = connection({
      data: { checksums: { single: { ...none, valid: 9 }, multi: none, partialSample: noRows } },
    });
    expect(judge(checksumOffloadTraces, right)).toEqual([]);
  });
});

describe('counts that differ from the switch', () => {
  it('give both numbers', () => {
    const verdict = verdictOf(countsDifferFromSwitch, connection());
    expect(claimOf(verdict)).toContain('15,280 packets');
    expect(claimOf(verdict)).toContain('2,410 frames');
  });

  it('say when the count is by length', () => {
    const inferred = connection({ data: { wireExactness: 'inferred' } });
    expect(againstKeys(verdictOf(countsDifferFromSwitch, inferred))).toContain(
      'counts-differ-from-switch.against.inferred',
    );
  });

  it('are silent when every frame is one packet', () => {
    expect(
      judge(countsDifferFromSwitch, connection({ data: smallBecause('pacing', { wirePackets: 14_486 }) })),
    ).toEqual([]);
  });
});

describe('BIG TCP', () => {
  it('is named with its largest frame', () => {
    const verdict = verdictOf(bigTcp, connection({ data: { bigTcp: rows(136), maxPayloadBytes: 183_896 } }));
    expect(claimOf(verdict)).toContain('184 kB');
    expect(verdict.evidence[0]?.filter).toContain('frame.len>');
  });

  it('is silent below 64 KB', () => {
    expect(judge(bigTcp, connection())).toEqual([]);
  });
});

describe('UDP larger than the MTU', () => {
  const flow = {
    client: { ip: '10.0.0.1', port: 5000 },
    server: { ip: '10.0.0.2', port: 443 },
    firstRow: 0,
    packets: 40,
    payloadBytes: 560_000,
    largerThanMtu: rows(40),
    maxPayloadBytes: 14_000,
  };

  it('is named as segmentation offload with the size of its datagrams', () => {
    const verdict = udpLargerThanMtu([{ ...flow, segmentBytes: 1400 }]);
    expect(verdict?.evidence[0]?.text.key).toBe('udp-larger-than-mtu.for.segment');
    expect(verdict?.severity).toBe('healthy');
  });

  it('is silent for ordinary datagrams', () => {
    expect(udpLargerThanMtu([{ ...flow, largerThanMtu: noRows }])).toBeUndefined();
  });
});

it('a capture that lost packets is less sure of TSO', () => {
  const lossy = context({ capture: { captureDrops: 3 } });
  expect(verdictOf(tsoInEffect, connection(), lossy).confidence).toBeLessThan(
    verdictOf(tsoInEffect, connection()).confidence,
  );
});
