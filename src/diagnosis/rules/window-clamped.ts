// Question: did the receiver's window fall and not come back while the sender was waiting for it? The right edge stops
// moving when the receive buffer stays more than half full (__tcp_select_window, net/ipv4/tcp_output.c): what is left of the
// offer is any odd number, which is how "a window of 720" arises. The usual cause is a reader that does not read.

import type { ConnectionMeasurement } from '../../analysis/measurement.ts';
import { afterLoss, confidence } from '../confidence.ts';
import { hostAt } from '../host-match.ts';
import { rcvMssRule } from '../kernel-effects.ts';
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
import { sampleFilter } from '../small-packets.ts';
import type { Verdict } from '../verdict.ts';

export function windowClamped(connection: ConnectionMeasurement, context: DiagnosisContext): readonly Verdict[] {
  return perDirection(connection, (direction) => {
    const { window } = direction;
    if (!window.clamped) return undefined;
    const { sender, receiver } = ends(connection, direction.side);
    const host = hostAt(connection, otherSide(direction.side), context);
    const wanted = host?.network.counters.get('TcpExtTCPWantZeroWindowAdv');
    const kernel = host?.host.kernel?.value;
    const since = window.clampedSinceRow === undefined ? [] : [window.clampedSinceRow];
    const values = {
      sender,
      receiver,
      at: window.clampedAtBytes,
      before: window.beforeClampBytes,
      lasted: window.clampedForNs,
      shift: window.scaleShift ?? 0,
    };
    return {
      code: 'window-clamped',
      direction: direction.side,
      severity: 'problem',
      confidence: afterLoss(window.scaleFrom === 'handshake' ? confidence.measured : confidence.possible, context),
      claim: say(
        window.clampedAtBytes === undefined ? 'window-clamped.claim.unscaled' : 'window-clamped.claim',
        values,
      ),
      evidence: evidenceList(
        seen(
          say('window-clamped.for.fell', values),
          since,
          sentFilter(
            connection,
            otherSide(direction.side),
            'tcp.flags.syn==0',
            ...(window.clampedAtBytes === undefined ? [] : [`tcp.window_size<=${window.clampedAtBytes}`]),
          ),
        ),
        direction.windowProbes.count > 0 &&
          seen(
            say('window-clamped.for.probes', { probes: direction.windowProbes.count, sender }),
            direction.windowProbes,
            sampleFilter(connection, direction, direction.windowProbes),
          ),
        wanted !== undefined &&
          wanted.value > 0 &&
          told(say('window-clamped.for.want-zero', { count: wanted.value }), wanted.source),
      ),
      against: messages(
        window.scaleFrom !== 'handshake' && say('window-clamped.against.scale'),
        say('window-clamped.against.reader', { receiver }),
        kernel === undefined
          ? say('window-clamped.against.old-kernel')
          : rcvMssRule(kernel) === 'capped'
            ? say('window-clamped.against.merge-excluded', { kernel: kernel.text })
            : say('window-clamped.against.merge-possible', { kernel: kernel.text }),
      ),
      fixes: [],
    };
  });
}
