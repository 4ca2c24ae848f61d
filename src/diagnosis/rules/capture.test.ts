import { describe, expect, it } from 'vitest';
import { connection, noRows, rows } from '../../../test/diagnosis/fixtures.ts';
import { againstKeys, claimOf, expectSound, judge, verdictOf } from '../../../test/diagnosis/judge.ts';
import { captureLostPackets } from './capture-lost-packets.ts';
import { noHandshake } from './no-handshake.ts';
import { nothingWrong } from './nothing-wrong.ts';
import { packetsDuplicated } from './packets-duplicated.ts';
import { twoTapsInOneFile } from './two-taps-in-one-file.ts';
import { vxlan63Seconds } from './vxlan-63-seconds.ts';

const seconds = (...values: readonly number[]): number[] => values.map((value) => value * 1e9);

describe('the 63-second pattern', () => {
  const late = {
    encapsulation: ['vxlan 4096'],
    handshake: { synRetransmitNs: seconds(1.02, 3.04, 7.2, 15.3, 31.4, 63.5), synRows: [0, 1, 2, 3, 4, 5, 6] },
  };

  it('is told with its broken outer checksums, and the tunnel device is to make them itself', () => {
    const broken = connection({
      connection: { ...late, tunnelChecksums: { wrong: 7, zero: 0, valid: 20, partial: 0 } },
    });
    const verdict = verdictOf(vxlan63Seconds, broken);
    expect(verdict.severity).toBe('problem');
    expect(verdict.fixes[0]?.command).toContain('tx-checksum-ip-generic off');
    expect(claimOf(verdict)).toContain('1 min 04 s');
  });

  it('convicts no offload when no broken checksum is in the file', () => {
    const verdict = verdictOf(vxlan63Seconds, connection({ connection: late }));
    expect(verdict.fixes).toEqual([]);
    expect(verdict.confidence).toBeLessThanOrEqual(0.5);
    expect(againstKeys(verdict)).toContain('vxlan-63-seconds.against.unseen-checksum');
  });

  it('is silent outside tunnels and for other intervals', () => {
    expect(judge(vxlan63Seconds, connection({ connection: { ...late, encapsulation: [] } }))).toEqual([]);
    const other = { ...late, handshake: { synRetransmitNs: seconds(3, 9, 21) } };
    expect(judge(vxlan63Seconds, connection({ connection: other }))).toEqual([]);
  });
});

describe('two taps in one file', () => {
  it('is told before Wireshark calls them retransmissions', () => {
    const twice = connection({
      connection: { duplicates: { ...rows(14_522), taps: 2, sameInterface: false, delayMedianNs: 9000 } },
    });
    const verdict = verdictOf(twoTapsInOneFile, twice);
    expect(claimOf(verdict)).toContain('14,522 packets');
    expect(againstKeys(verdict)).toContain('two-taps-in-one-file.against.retransmission');
  });

  it('is less sure when all are on one interface', () => {
    const mirrored = connection({ connection: { duplicates: { ...rows(4_000), taps: 1, sameInterface: true } } });
    expect(verdictOf(twoTapsInOneFile, mirrored).confidence).toBeLessThan(0.9);
    expect(judge(packetsDuplicated, mirrored)).toEqual([]);
  });

  it('is not said of the few packets that a path delivers twice', () => {
    const copied = connection({
      connection: { duplicates: { ...rows(9), taps: 1, sameInterface: true, delayMedianNs: 200_000 } },
    });
    expect(judge(twoTapsInOneFile, copied)).toEqual([]);
    const verdict = verdictOf(packetsDuplicated, copied);
    expectSound(verdict);
    expect(claimOf(verdict)).toContain('9 packets are in this file twice');
  });

  it('is silent when every packet is there once', () => {
    expect(judge(twoTapsInOneFile, connection())).toEqual([]);
  });
});

describe('a capture that starts in the middle', () => {
  const unscaled = { scaleShift: undefined, scaleFrom: undefined, rawMax: 720 };

  it('says what cannot be said', () => {
    const late = connection({
      data: { window: unscaled },
      back: { window: unscaled },
      connection: { handshake: { seen: false, synRows: [] }, firstRow: 41 },
    });
    const verdict = verdictOf(noHandshake, late);
    expect(claimOf(verdict)).toContain('up to 720');
    expect(verdict.evidence[0]?.packets).toEqual([42]);
    expect(againstKeys(verdict)).toEqual(['no-handshake.against.cannot']);
  });

  it('says when a scale was inferred from bytes in flight', () => {
    const late = connection({
      data: { window: { scaleFrom: 'bytes-in-flight' } },
      connection: { handshake: { seen: false, synRows: [] } },
    });
    expect(againstKeys(verdictOf(noHandshake, late))).toEqual(['no-handshake.against.inferred']);
  });

  it('is silent with a handshake', () => {
    expect(judge(noHandshake, connection())).toEqual([]);
  });
});

describe('a capture that lost packets', () => {
  it('is told by its own counter', () => {
    const verdict = captureLostPackets({ captureDrops: 512, ackedUnseen: noRows });
    expect(verdict?.confidence).toBeGreaterThan(0.9);
    if (verdict !== undefined) expectSound(verdict);
  });

  it('is told by acknowledged data that is not there', () => {
    const verdict = captureLostPackets({ ackedUnseen: rows(3, 90) });
    expect(verdict?.evidence[0]?.packets).toEqual([91, 93, 95]);
    if (verdict !== undefined) expectSound(verdict);
  });

  it('is not claimed for a whole one', () => {
    expect(captureLostPackets({ captureDrops: 0, ackedUnseen: noRows })).toBeUndefined();
  });
});

describe('nothing wrong', () => {
  it('is said only when no other rule found anything', () => {
    const given = { capture: { ackedUnseen: noRows, interfaces: [] }, hosts: [] };
    const calm = nothingWrong(connection(), given, []);
    expect(calm?.severity).toBe('healthy');
    if (calm !== undefined) expectSound(calm);
    const problem = {
      code: 'x',
      severity: 'notice',
      confidence: 0.9,
      claim: { key: 'x' },
      evidence: [],
      against: [],
      fixes: [],
    } as const;
    expect(nothingWrong(connection(), given, [problem])).toBeUndefined();
  });

  it('does not speak of windows that the capture does not hold', () => {
    const given = { capture: { ackedUnseen: noRows, interfaces: [] }, hosts: [] };
    const whole = connection();
    const blind = whole.directions.map(({ window: { rawMax: _, ...window }, ...direction }) => ({
      ...direction,
      window,
    }));
    const [first, second] = blind;
    expect(first).toBeDefined();
    expect(second).toBeDefined();
    if (first === undefined || second === undefined) return;
    expect(nothingWrong(whole, given, [])?.claim.key).toBe('nothing-wrong.claim');
    const said = nothingWrong({ ...whole, directions: [first, second] }, given, []);
    expect(said?.claim.key).toBe('nothing-wrong.claim.no-windows');
    expect(said?.confidence ?? 1).toBeLessThan(0.75);
  });

  it('is unsure when little was exchanged', () => {
    const given = { capture: { ackedUnseen: noRows, interfaces: [] }, hosts: [] };
    const little = connection({ data: { uniquePayloadBytes: 300 } });
    expect(nothingWrong(little, given, [])?.confidence).toBeLessThanOrEqual(0.5);
  });
});
