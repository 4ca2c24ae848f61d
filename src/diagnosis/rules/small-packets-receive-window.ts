// Question: are packets small because of the receiver's window? Three forms, all of tcp_write_xmit, net/ipv4/tcp_output.c
// (read in v6.18 and v5.15):
// - frames cut to what the window still allows: they end exactly at its right edge;
// - the half-window rule: no segment is larger than half the largest window ever offered (tcp_bound_to_half_wnd, v3.10 and
//   later for windows above 536): a window of 720 gives segments of 360, two of them in one TSO frame;
// - a window frozen below one segment: nothing is sent but one probe a retransmission timeout (tcp_write_wakeup): 3.5 kB/s
//   measured on v6.18, not a stream of small packets.

import type { ConnectionMeasurement, DirectionMeasurement } from '../../analysis/measurement.ts';
import { readerStalls, receiveBufferFix } from '../buffer-fixes.ts';
import { afterLoss, reasonConfidence, rounded } from '../confidence.ts';
import { fixes } from '../fixes.ts';
import { hostAt } from '../host-match.ts';
import {
  type DiagnosisContext,
  dataRows,
  ends,
  evidenceList,
  messages,
  otherSide,
  perDirection,
  say,
  seen,
  sentFilter,
} from '../rule.ts';
import { otherReasons, sampleFilter, smallBecauseOf, smallValues } from '../small-packets.ts';
import type { Evidence, Message, Verdict } from '../verdict.ts';

const reason = 'receive-window';

export function smallPacketsReceiveWindow(
  connection: ConnectionMeasurement,
  context: DiagnosisContext,
): readonly Verdict[] {
  return perDirection(connection, (direction) => {
    if (!smallBecauseOf(direction, reason)) return undefined;
    const trust = scaleTrust[direction.window.scaleFrom ?? 'unknown'];
    const limited = direction.limits.receiveWindow ?? (trust === 1 ? 1 : 0);
    const receiver = hostAt(connection, otherSide(direction.side), context);
    return {
      code: 'small-packets-receive-window',
      direction: direction.side,
      severity: limited >= 0.5 && trust === 1 ? 'problem' : 'notice',
      confidence: afterLoss(rounded(reasonConfidence(direction) * trust), context),
      claim: claim(connection, direction),
      evidence: evidenceFor(connection, direction),
      against: against(connection, direction),
      fixes: fixes(receiveBufferFix(direction, receiver)),
    };
  });
}

/** The whole claim hangs on the scale: read from the handshake, inferred from the bytes in flight, or not known at all. */
const scaleTrust = { handshake: 1, 'bytes-in-flight': 0.8, unknown: 0.6 } as const;

/** Stuck below one segment: the remainder that no segment fits into. */
function isFrozen(direction: DirectionMeasurement): boolean {
  const { clamped, clampedAtBytes } = direction.window;
  return clamped && clampedAtBytes !== undefined && clampedAtBytes < (direction.segmentBytes ?? 0);
}

function claim(connection: ConnectionMeasurement, direction: DirectionMeasurement): Message {
  const { window } = direction;
  const values = smallValues(connection, direction, reason);
  if (isFrozen(direction)) {
    return say('small-packets-receive-window.claim.remainder', { ...values, at: window.clampedAtBytes });
  }
  if (window.halfWindowSegmentBytes !== undefined) {
    return say('small-packets-receive-window.claim.half-window', {
      ...values,
      max: window.maxBytes ?? window.halfWindowSegmentBytes * 2,
      half: window.halfWindowSegmentBytes,
    });
  }
  if (window.scaleFrom === 'bytes-in-flight' && window.maxBytes !== undefined) {
    return say('small-packets-receive-window.claim.inferred', { ...values, max: window.maxBytes });
  }
  if (window.medianBytes === undefined) return say('small-packets-receive-window.claim.unscaled', values);
  return say('small-packets-receive-window.claim', { ...values, median: window.medianBytes });
}

function evidenceFor(connection: ConnectionMeasurement, direction: DirectionMeasurement): readonly Evidence[] {
  const { window, side } = direction;
  const edge = window.framesAtRightEdge;
  const small = direction.smallPackets.samples[reason];
  const windowFilter = sentFilter(connection, otherSide(side), 'tcp.flags.ack==1', 'tcp.flags.syn==0');
  return evidenceList(
    edge.count > 0 &&
      seen(
        say('small-packets-receive-window.for.right-edge', { frames: edge.count, data: direction.dataFrames }),
        edge,
        sampleFilter(connection, direction, edge),
      ),
    edge.count === 0 &&
      seen(
        say('small-packets-receive-window.for.frames', smallValues(connection, direction, reason)),
        small,
        sampleFilter(connection, direction, small),
      ),
    window.maxBytes !== undefined
      ? seen(
          say('small-packets-receive-window.for.window', {
            min: window.minBytes,
            median: window.medianBytes,
            max: window.maxBytes,
            rawMin: window.rawMin,
            rawMax: window.rawMax,
            shift: window.scaleShift ?? 0,
          }),
          [],
          windowFilter,
        )
      : window.rawMax !== undefined &&
          seen(
            say('small-packets-receive-window.for.raw-window', { rawMin: window.rawMin, rawMax: window.rawMax }),
            [],
            windowFilter,
          ),
    direction.limits.receiveWindow !== undefined &&
      seen(
        say('small-packets-receive-window.for.limited', {
          limited: direction.limits.receiveWindow,
          busy: direction.busyNs,
        }),
        dataRows(direction),
        sentFilter(connection, side, 'tcp.len>0'),
      ),
  );
}

function against(connection: ConnectionMeasurement, direction: DirectionMeasurement): readonly Message[] {
  const { window } = direction;
  const { receiver } = ends(connection, direction.side);
  const port = connection.directions[0] === direction ? connection.server.port : connection.client.port;
  return messages(
    window.scaleFrom === undefined && say('small-packets-receive-window.against.no-scale'),
    window.scaleFrom === 'bytes-in-flight' && say('small-packets-receive-window.against.scale-inferred'),
    ...otherReasons(direction, reason),
    readerStalls(direction) && window.zeroWindowPeriods > 0
      ? say('small-packets-receive-window.against.reader-stalls', { receiver, periods: window.zeroWindowPeriods, port })
      : say('small-packets-receive-window.against.why-small', { receiver, port }),
    say('small-packets-receive-window.against.gro'),
  );
}
