// Question: did the receiver close its window? A zero window says that its buffer is full: the application does not read
// as fast as data comes (RFC 9293 section 3.8.6.2). Windows of resets and handshakes are not counted.

import type { ConnectionMeasurement } from '../../analysis/measurement.ts';
import { afterLoss, confidence } from '../confidence.ts';
import { hostAt } from '../host-match.ts';
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
  share,
  told,
} from '../rule.ts';
import { sampleFilter } from '../small-packets.ts';
import type { Verdict } from '../verdict.ts';

/** Closed for this share of the time that data waited: the reader is the problem; or at least worth a look. */
const problemShare = 0.1;
const noticeShare = 0.01;
/** A window that was closed for less than this in all has cost nobody anything, whatever the share of a short transfer. */
const problemNs = 10e6;

export function zeroWindow(connection: ConnectionMeasurement, context: DiagnosisContext): readonly Verdict[] {
  return perDirection(connection, (direction) => {
    const { window, side, windowProbes } = direction;
    if (window.zeroWindowPeriods === 0) return undefined;
    const { sender, receiver } = ends(connection, side);
    const closed = share(window.zeroWindowNs, direction.busyNs);
    const host = hostAt(connection, otherSide(side), context);
    const unread = host?.socket?.recvQueueBytes;
    const port = side === 0 ? connection.server.port : connection.client.port;
    return {
      code: 'zero-window',
      direction: side,
      severity: severityOf(closed, window.zeroWindowNs),
      confidence: afterLoss(confidence.measured, context),
      claim: say(closed >= noticeShare ? 'zero-window.claim' : 'zero-window.claim.brief', {
        receiver,
        periods: window.zeroWindowPeriods,
        total: window.zeroWindowNs,
        share: Math.min(1, closed),
      }),
      evidence: evidenceList(
        seen(
          say('zero-window.for.zero', { count: window.zeroWindows.count, receiver }),
          window.zeroWindows,
          sentFilter(connection, otherSide(side), 'tcp.window_size_value==0', 'tcp.flags.reset==0', 'tcp.flags.syn==0'),
        ),
        windowProbes.count > 0 &&
          seen(
            say('zero-window.for.probes', { probes: windowProbes.count, sender }),
            windowProbes,
            sampleFilter(connection, direction, windowProbes),
          ),
        unread !== undefined &&
          unread > 0 &&
          host?.socket !== undefined &&
          told(say('zero-window.for.unread', { unread }), host.socket.source),
      ),
      against: messages(
        say('zero-window.against.truesize', { receiver, port }),
        say('zero-window.against.buffer'),
        closed < problemShare && say('zero-window.against.short', { share: closed }),
      ),
      fixes: [],
    };
  });
}

function severityOf(closed: number, totalNs: number): Verdict['severity'] {
  if (closed >= problemShare && totalNs >= problemNs) return 'problem';
  return closed >= noticeShare ? 'notice' : 'info';
}
