// Station "diagnosis": which verdict is told first.

import type { Verdict } from './verdict.ts';

const gravity: Readonly<Record<Verdict['severity'], number>> = { problem: 0, notice: 1, info: 2, healthy: 3 };

/** Verdicts that name a cause, with the symptoms that it brings: where both are found the cause is told first. */
const symptomsOf: Readonly<Record<string, readonly string[]>> = {
  'forwarder-merge-without-gso-size': [
    'packet-loss',
    'limited-by-recovery',
    'small-packets-retransmission',
    'small-packets-congestion-window',
  ],
  'vxlan-63-seconds': ['packet-loss', 'limited-by-recovery'],
  'window-clamped': ['limited-by-receive-window', 'small-packets-receive-window', 'zero-window'],
  'two-taps-in-one-file': ['packet-loss'],
  'capture-lost-packets': ['packet-loss'],
};

/** How sure a verdict need be to go before a surer symptom of it. */
const SURE_ENOUGH = 0.5;

/** By severity, causes before their symptoms, then by confidence; equals keep the order of the rules. */
export function ordered(verdicts: readonly Verdict[]): readonly Verdict[] {
  const explained: string[] = [];
  for (const { code, confidence } of verdicts) {
    const symptoms = symptomsOf[code];
    if (symptoms !== undefined && confidence >= SURE_ENOUGH) explained.push(...symptoms);
  }
  // Mostly nothing is explained, and then no rank need be asked for.
  if (explained.length === 0) return verdicts.toSorted(byGravity);
  const rank = ({ code }: Verdict) => (explained.includes(code) ? 1 : 0);
  return verdicts.toSorted(
    (a, b) => gravity[a.severity] - gravity[b.severity] || rank(a) - rank(b) || b.confidence - a.confidence,
  );
}

function byGravity(a: Verdict, b: Verdict): number {
  return gravity[a.severity] - gravity[b.severity] || b.confidence - a.confidence;
}
