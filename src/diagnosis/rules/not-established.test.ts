import { describe, expect, it } from 'vitest';
import { connection } from '../../../test/diagnosis/fixtures.ts';
import { againstKeys, claimOf, judge, verdictOf } from '../../../test/diagnosis/judge.ts';
import { notEstablished } from './not-established.ts';

const empty = { payloadBytes: 0, uniquePayloadBytes: 0, frames: 1, dataFrames: 0 };
const attempt = { seen: false, established: false, reset: false, synRows: [0], synRetransmitNs: [] as number[] };

/** A connection of SYNs alone. The SYN-ACK's options were never seen. */
function syns(handshake: object) {
  const made = connection({ data: empty, back: empty, connection: { handshake: { ...attempt, ...handshake } } });
  const { serverMssOption: _none, ...rest } = made.handshake;
  return {
    ...made,
    handshake: rest,
    directions: [
      { ...made.directions[0], ...empty },
      { ...made.directions[1], ...empty },
    ] as typeof made.directions,
  };
}

describe('a connection that did not open', () => {
  it('is a problem when its SYN was sent again without an answer', () => {
    const verdict = verdictOf(notEstablished, syns({ synRows: [0, 1, 2], synRetransmitNs: [1e9, 3e9] }));
    expect(verdict.severity).toBe('problem');
    expect(claimOf(verdict)).toContain('3 SYNs');
  });

  it('is a problem when it was refused, and a firewall may have done it', () => {
    const verdict = verdictOf(notEstablished, syns({ reset: true }));
    expect(verdict.severity).toBe('problem');
    expect(againstKeys(verdict)).toEqual(['not-established.against.firewall']);
  });

  it('is only a notice with a single SYN: the capture may have ended', () => {
    const verdict = verdictOf(notEstablished, syns({}));
    expect(verdict.severity).toBe('notice');
    expect(againstKeys(verdict)).toContain('not-established.against.capture-ended');
  });

  it('is not said of a connection that opened', () => {
    expect(judge(notEstablished, connection())).toEqual([]);
  });
});
