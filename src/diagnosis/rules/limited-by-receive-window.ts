// Question: did the receiver's window limit the transfer? In the kernel's own sense (TCP_INFO rwnd_limited): data waits, and
// less than one segment of window is left (tcp_snd_wnd_test, net/ipv4/tcp_output.c).

import type { ConnectionMeasurement, DirectionMeasurement } from '../../analysis/measurement.ts';
import { readerStalls, receiveBufferFix } from '../buffer-fixes.ts';
import { afterLoss, confidence } from '../confidence.ts';
import { fixes } from '../fixes.ts';
import { hostAt } from '../host-match.ts';
import { limitEvidence, mainLimit } from '../limits.ts';
import {
  type DiagnosisContext,
  ends,
  evidenceList,
  messages,
  otherSide,
  perDirection,
  say,
  seen,
  sentFilter,
  told,
} from '../rule.ts';
import type { Verdict } from '../verdict.ts';

export function limitedByReceiveWindow(
  connection: ConnectionMeasurement,
  context: DiagnosisContext,
): readonly Verdict[] {
  return perDirection(connection, (direction) => {
    const limited = mainLimit(direction, 'receiveWindow');
    if (limited === undefined) return undefined;
    const { window, side } = direction;
    const sender = hostAt(connection, side, context);
    const receiver = hostAt(connection, otherSide(side), context);
    const ss = sender?.socket?.rwndLimited;
    const closed = readerStalls(direction);
    // Where the reader closes the window, its largest size per round trip bounds nothing.
    const allowed = closed ? undefined : allowedRate(connection, direction);
    const values = { ...ends(connection, side), limited, max: window.maxBytes, rtt: connection.rttNs.min, allowed };
    return {
      code: 'limited-by-receive-window',
      direction: side,
      severity: 'notice',
      confidence: afterLoss(window.scaleFrom === 'handshake' ? confidence.measured : confidence.possible, context),
      claim: say(
        allowed === undefined ? 'limited-by-receive-window.claim' : 'limited-by-receive-window.claim.rate',
        values,
      ),
      evidence: evidenceList(
        limitEvidence(connection, direction, 'receiveWindow'),
        window.maxBytes !== undefined &&
          seen(
            say('limited-by-receive-window.for.window', {
              min: window.minBytes,
              median: window.medianBytes,
              max: window.maxBytes,
              flight: direction.maxInFlightBytes,
            }),
            [],
            sentFilter(connection, otherSide(side), 'tcp.flags.syn==0'),
          ),
        ss?.share !== undefined &&
          sender?.socket !== undefined &&
          told(
            say('limited-by-receive-window.for.ss', { share: ss.share }),
            sender.socket.infoSource ?? sender.socket.source,
          ),
      ),
      against: messages(
        window.scaleFrom === 'bytes-in-flight' && say('limited-by-receive-window.against.scale-inferred'),
        closed
          ? say('limited-by-receive-window.against.reader', ends(connection, side))
          : say('limited-by-receive-window.against.buffer', ends(connection, side)),
        direction.capturePoint === 'receiver' && say('limited-by-receive-window.against.receiver-tap'),
        say('limited-by-receive-window.against.gro'),
      ),
      fixes: fixes(receiveBufferFix(direction, receiver)),
    };
  });
}

/** One window per round trip: the most that this window allows. */
function allowedRate(connection: ConnectionMeasurement, direction: DirectionMeasurement): number | undefined {
  const { maxBytes } = direction.window;
  const rtt = connection.rttNs.min;
  return maxBytes === undefined || rtt === undefined || rtt <= 0 ? undefined : (maxBytes * 8e9) / rtt;
}
