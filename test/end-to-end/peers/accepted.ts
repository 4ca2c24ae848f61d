// Where tshark, tcptrace and wiretruth count differently and each is right by its own definition. Every entry says what the others
// do, and holds only as far as its numbers add up; a difference that no entry covers fails the test.

import type { ConnectionReport } from '../../../src/report/model.ts';
import type { Because, ConnectionFigures, Difference } from './figures.ts';

export interface Case {
  readonly difference: Difference;
  /** Undefined for a connection that one of the two does not have. */
  readonly report: ConnectionReport | undefined;
  readonly ours: ConnectionFigures | undefined;
  readonly tshark: ConnectionFigures | undefined;
  /** Packets of this connection that our report does not count because another tap in the file saw them too. */
  readonly duplicates: number;
}

export interface Accepted {
  readonly name: string;
  readonly why: string;
  covers(found: Case): boolean;
}

function numbers(difference: Difference): [number, number] {
  return [Number(difference.ours), Number(difference.theirs)];
}

/** Facts about the direction, out of tshark's rows. */
function because(found: Case): Because {
  const { side } = found.difference;
  return (side === undefined ? undefined : found.tshark?.directions[side].because) ?? {};
}

function capturePoint(found: Case): string | undefined {
  const { side } = found.difference;
  return side === undefined ? undefined : found.report?.directions[side].capturePoint;
}

/** Frames below what was already seen, by our count and tshark's alike. */
function oldFrames(found: Case): number {
  const { side } = found.difference;
  return side === undefined ? 0 : (found.ours?.directions[side].oldFrames ?? 0);
}

function superPackets(found: Case): number {
  const { side } = found.difference;
  return side === undefined ? 0 : (found.report?.directions[side].superPackets.count ?? 0);
}

export const accepted: readonly Accepted[] = [
  {
    name: 'tshark: late or sent again',
    why:
      'Wireshark calls an old frame out-of-order when it comes soon (within the initial RTT, or 3 ms) after the frame that overtook it, ' +
      'even where the original was seen before. We go by IP IDs and by what was seen. The sum of both must agree (oldFrames).',
    covers: ({ difference }) =>
      difference.peer === 'tshark' &&
      (difference.metric === 'retransmittedFrames' || difference.metric === 'outOfOrderFrames'),
  },
  {
    name: 'tcptrace: a filled hole is out of order',
    why:
      'tcptrace calls a frame a retransmission only when its bytes were captured before. Away from the sender the original of a lost ' +
      'packet never passed the tap, so tcptrace counts its retransmission as out of order. The sum must agree (oldFrames).',
    covers: (found) =>
      found.difference.peer === 'tcptrace' &&
      (found.difference.metric === 'retransmittedFrames' || found.difference.metric === 'outOfOrderFrames') &&
      capturePoint(found) !== 'sender',
  },
  {
    name: 'tshark: a duplicate ACK with nothing outstanding',
    why: 'RFC 5681 section 2 asks that data be outstanding for an acknowledgement to be a duplicate; Wireshark does not.',
    covers: (found) => {
      const [ours, theirs] = numbers(found.difference);
      const isCount = found.difference.peer === 'tshark' && found.difference.metric === 'duplicateAcks';
      return isCount && theirs > ours && theirs - ours <= (because(found).idleDuplicates ?? 0);
    },
  },
  {
    name: 'tcptrace: a FIN or a probe repeats an acknowledgement',
    why: 'tcptrace takes every packet without payload that repeats an acknowledgement as a duplicate ACK: FINs, keep-alives, window probes, answers to probes, and those with nothing outstanding.',
    covers: (found) => {
      const [ours, theirs] = numbers(found.difference);
      return (
        found.difference.peer === 'tcptrace' &&
        found.difference.metric === 'duplicateAcks' &&
        theirs > ours &&
        theirs - ours <= (because(found).repeatedNotDuplicate ?? 0)
      );
    },
  },
  {
    name: 'tcptrace: a duplicate ACK must end a captured frame',
    why:
      'tcptrace counts a duplicate ACK only where the acknowledged byte is the last of a frame that it saw. Behind TSO an acknowledgement ' +
      'names the end of a wire packet, which is mostly inside a super-packet. tshark agrees with us, or saw its options cut.',
    covers: (found) => {
      const { side } = found.difference;
      const [ours, theirs] = numbers(found.difference);
      if (side === undefined || found.difference.peer !== 'tcptrace' || found.difference.metric !== 'duplicateAcks')
        return false;
      const tshark = found.tshark?.directions[side].duplicateAcks ?? 0;
      return (
        theirs < ours && superPackets(found) > 0 && (tshark === ours || (because(found).cutAcks ?? 0) >= ours - tshark)
      );
    },
  },
  {
    name: 'tcptrace: SYN and FIN have a round trip too',
    why: 'tcptrace times the acknowledgements of SYN and FIN with the others. We time data.',
    covers: (found) => {
      const [, theirs] = numbers(found.difference);
      const isMinimum = found.difference.peer === 'tcptrace' && found.difference.metric === 'ackRttMinMs';
      return isMinimum && (because(found).synFinAckRttsMs ?? []).some((rtt) => Math.abs(rtt - theirs) <= 0.051);
    },
  },
  {
    name: 'tshark: a retransmission has a round trip too',
    why:
      'Wireshark also times the acknowledgement of a frame that was sent again, or that filled a hole. We do not, for it may answer the ' +
      'other copy (Karn; RFC 6298 section 3). So its minimum is the smaller one, and only where frames were sent again.',
    covers: (found) => {
      const [ours, theirs] = numbers(found.difference);
      return (
        found.difference.peer === 'tshark' &&
        found.difference.metric === 'ackRttMinMs' &&
        theirs < ours &&
        oldFrames(found) > 0
      );
    },
  },
  {
    name: 'a sample must end a captured frame',
    why:
      'tshark and tcptrace time only acknowledgements of the last byte of a frame that they saw (tcptrace none during a recovery). We time every ' +
      'acknowledgement of new data, so with super-packets or losses our minimum may be the smaller one.',
    covers: (found) => {
      const [ours, theirs] = numbers(found.difference);
      return found.difference.metric === 'ackRttMinMs' && theirs > ours && superPackets(found) + oldFrames(found) > 0;
    },
  },
  {
    name: 'tshark: the median is over other samples',
    why:
      'Wireshark has a sample where an acknowledgement ends a captured frame; we have one for each acknowledgement of new data, but none of what was ' +
      'sent again. With super-packets or losses the samples differ; our median must still lie in the middle half of theirs.',
    covers: (found) => {
      const ours = Number(found.difference.ours);
      const isMedian = found.difference.peer === 'tshark' && found.difference.metric === 'ackRttMedianMs';
      const [lower = Number.NaN, upper = Number.NaN] = because(found).ackRttQuartilesMs ?? [];
      return isMedian && superPackets(found) + oldFrames(found) > 0 && ours >= lower * 0.97 && ours <= upper * 1.03;
    },
  },
  {
    name: 'tshark: no zero window on a FIN',
    why: 'Wireshark does not call a window of zero one when it stands in a FIN. The peer may still send into it, so we do, as tcptrace does.',
    covers: (found) =>
      found.difference.peer === 'tshark' &&
      found.difference.metric === 'zeroWindowSeen' &&
      found.difference.ours === true &&
      because(found).finClosesWindow === true,
  },
  {
    name: 'tcptrace: no BIG TCP',
    why: 'tcptrace takes the 16-bit length of the IP header, which is 0 in a packet above 65,535 bytes, or a jumbo payload option.',
    covers: (found) => {
      const { side, peer } = found.difference;
      const largest = side === undefined ? null : found.report?.directions[side].maxPayloadBytes;
      return peer === 'tcptrace' && (largest ?? 0) > 65_535;
    },
  },
  {
    name: 'two taps in one file',
    why: 'We count a packet that two taps of one file saw once, and say so in a verdict; the others count both, and take the second for a retransmission.',
    covers: (found) => {
      // Named: a capture of one tap must not get here, however its packets were counted.
      if (!/^taps\/(two-taps-merged|any-on-bridge)\./.test(found.difference.capture)) return false;
      if (found.duplicates === 0 || found.report === undefined || found.tshark === undefined) return false;
      const ours = found.report.directions[0].packets + found.report.directions[1].packets;
      const theirs = (found.tshark.directions[0].packets ?? 0) + (found.tshark.directions[1].packets ?? 0);
      return ours + found.duplicates === theirs;
    },
  },
];
