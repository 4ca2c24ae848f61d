// Question: did the capture itself lose packets? Evidence: the file's own drop counters (pcapng isb_ifdrop, isb_osdrop), and
// data that was acknowledged but is not in the file: it crossed the network, the tap missed it.

import type { CaptureMeasurement } from '../../analysis/measurement.ts';
import { confidence } from '../confidence.ts';
import { evidenceList, messages, rowsFilter, say, seen } from '../rule.ts';
import type { Verdict } from '../verdict.ts';

export function captureLostPackets(
  capture: Pick<CaptureMeasurement, 'captureDrops' | 'ackedUnseen'>,
): Verdict | undefined {
  const drops = capture.captureDrops ?? 0;
  const unseen = capture.ackedUnseen;
  if (drops === 0 && unseen.count === 0) return undefined;
  return {
    code: 'capture-lost-packets',
    severity: 'notice',
    confidence: drops > 0 ? confidence.stated : confidence.measured,
    claim: say(drops > 0 ? 'capture-lost-packets.claim.counted' : 'capture-lost-packets.claim.unseen', {
      drops,
      unseen: unseen.count,
    }),
    evidence: evidenceList(
      drops > 0 && seen(say('capture-lost-packets.for.counter', { drops }), []),
      unseen.count > 0 &&
        seen(say('capture-lost-packets.for.unseen', { unseen: unseen.count }), unseen, rowsFilter(unseen.rows)),
    ),
    against: messages(
      unseen.count === 0
        ? say('capture-lost-packets.against.none-missing')
        : say('capture-lost-packets.against.other-path'),
    ),
    fixes: [
      {
        command: 'tcpdump -i <dev> -s 128 -B 65536 --immediate-mode -w <file>',
        effect: say('capture-lost-packets.fix.buffer.effect'),
        risk: say('capture-lost-packets.fix.buffer.risk'),
        undo: 'tcpdump -i <dev> -w <file>',
        persist: {},
      },
    ],
  };
}
