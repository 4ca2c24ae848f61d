// Confidence: the share of like cases in which the claim would hold. Four plain steps, then factors for what is missing.
// They are judgements, not fitted figures; `wiretruth lab score` measures how often they were right.

import type { DirectionMeasurement } from '../analysis/measurement.ts';
import type { DiagnosisContext } from './rule.ts';

export const confidence = {
  /** A field of the packets says it: an IPv4 ID step, a checksum state, an ICMP message, an option of the handshake. */
  stated: 0.97,
  /** Measured from several packets that agree, with no other reading known that fits as well. */
  measured: 0.9,
  /** Fits, and the usual other causes were looked for and not seen. */
  likely: 0.75,
  /** Fits, but another cause would look the same in this capture. */
  possible: 0.5,
} as const;

/** What the analysis says of a small-packet reason, or "possible" when it gives no figure. */
export function reasonConfidence(direction: DirectionMeasurement): number {
  return direction.smallPackets.confidence ?? confidence.possible;
}

/** Keeps a confidence honest where the capture itself has holes: what was not recorded may have been different. */
export function afterLoss(value: number, context: DiagnosisContext): number {
  const holes = (context.capture.captureDrops ?? 0) > 0 || context.capture.ackedUnseen.count > 0;
  return rounded(holes ? value * 0.85 : value);
}

/** A claim is never surer than what it rests on. */
export function weakest(...values: readonly number[]): number {
  return rounded(Math.min(...values));
}

/** Two decimals: more would pretend. */
export function rounded(value: number): number {
  return Math.round(Math.min(0.99, Math.max(0, value)) * 100) / 100;
}
