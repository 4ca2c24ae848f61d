// `wiretruth compare` in words: the answer first, then each direction.

import type { PairComparison, PairDirection } from '../../analysis/pair.ts';
import type { PairClock } from '../../analysis/pair-clock.ts';
import { formatCount, formatDuration } from '../../report/units.ts';

/** The two taps by name. */
export interface ComparedTaps {
  readonly a: string;
  readonly b: string;
}

const directionsShown = 20;

/** The whole report. */
export function comparisonText(taps: ComparedTaps, comparison: PairComparison): string {
  const { directions, clock, wireIsEqual } = comparison;
  const lines = [`A  ${taps.a}`, `B  ${taps.b}`, ''];
  if (directions.length === 0) {
    lines.push(
      'Nothing in common: no TCP packet of A is at B. (Address translation between the taps hides what is common, and so does a snap length that cuts TCP headers.)',
    );
    return `${lines.join('\n')}\n`;
  }
  lines.push(
    wireIsEqual ? 'The same packets were on the wire at A and at B.' : answer(directions),
    clockText(clock),
    '',
  );
  for (const direction of directions.slice(0, directionsShown)) lines.push(...directionText(direction), '');
  if (directions.length > directionsShown)
    lines.push(`... and ${directions.length - directionsShown} more directions (--json has all)`);
  return `${lines.join('\n').trimEnd()}\n`;
}

function answer(directions: readonly PairDirection[]): string {
  const sum = (of: (direction: PairDirection) => number): number =>
    directions.reduce((total, one) => total + of(one), 0);
  const parts = [
    [sum((one) => one.lost), 'data packets were lost between the taps'],
    [sum((one) => one.acknowledgementsLost), 'bare acknowledgements did not reach the other tap'],
    [sum((one) => one.downstreamOnly), 'packets are in the downstream capture only'],
    [sum((one) => one.otherwiseCut), 'packets came in other sizes'],
    [
      sum((one) => Object.values(one.changed).reduce((all, count) => all + count, 0)),
      'header fields were changed on the way',
    ],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, words]) => `${formatCount(count)} ${words}`);
  return `Not the same packets at A and at B: ${said.join('; ')}.`;
}

function clockText(clock: PairClock): string {
  if (clock.offsetNs === undefined) return 'Clocks: not comparable, because packets were seen one way only.';
  const relation = clock.offsetNs >= 0 ? 'ahead of' : 'behind';
  const offset =
    clock.uncertaintyNs === 0
      ? 'one clock'
      : `B is ${formatDuration(Math.abs(clock.offsetNs))} ${relation} A, give or take ${formatDuration(clock.uncertaintyNs ?? 0)} (both ways taken to be equally long)`;
  const drift =
    clock.driftPpm === undefined
      ? ''
      : `; B runs ${Math.abs(clock.driftPpm).toFixed(1)} ppm ${clock.driftPpm >= 0 ? 'faster' : 'slower'}`;
  const ways =
    clock.bothWaysNs === undefined
      ? ''
      : `; from one tap to the other and back at least ${formatDuration(clock.bothWaysNs)}`;
  return `Clocks: ${offset}${drift}${ways}.`;
}

function directionText(direction: PairDirection): string[] {
  const { frames, delay, changed, upstream } = direction;
  const from =
    upstream === undefined
      ? 'which tap is nearer to the sender is not known'
      : `${upstream === 'a' ? 'A' : 'B'} is nearer to the sender`;
  const lines = [
    `${direction.name}  (${from})`,
    `  packets on the wire   ${formatCount(direction.packetsA)} at A, ${formatCount(direction.packetsB)} at B, ${formatCount(direction.paired)} the same`,
    `  captured frames       ${framesText(frames)}`,
  ];
  if (delay !== undefined) {
    const [least, median, p99, most] = [delay.minNs, delay.medianNs, delay.p99Ns, delay.maxNs].map((ns) =>
      formatDuration(ns),
    );
    lines.push(`  time between taps     least ${least}, median ${median}, 99% ${p99}, most ${most}`);
  }
  if (direction.lost > 0)
    lines.push(
      `  lost between          ${formatCount(direction.lost)} data packets: frames ${list(direction.lostFrames, direction.lost)}`,
    );
  if (direction.acknowledgementsLost > 0)
    lines.push(`  lost acknowledgements ${formatCount(direction.acknowledgementsLost)}`);
  if (direction.downstreamOnly > 0) {
    lines.push(
      `  downstream only       ${formatCount(direction.downstreamOnly)}: frames ${list(direction.downstreamOnlyFrames, direction.downstreamOnly)} (the upstream capture misses them, or they were made between)`,
    );
  }
  if (direction.otherwiseCut > 0) lines.push(`  in other sizes        ${formatCount(direction.otherwiseCut)}`);
  const fields = Object.entries(changed).filter(([, count]) => count > 0);
  if (fields.length > 0)
    lines.push(
      `  changed on the way    ${fields.map(([field, count]) => `${fieldWords[field] ?? field} of ${formatCount(count)}`).join(', ')}`,
    );
  if (direction.outsideCommonTime > 0)
    lines.push(
      `  not compared          ${formatCount(direction.outsideCommonTime)} before or after the time that both cover`,
    );
  return lines;
}

const fieldWords: Readonly<Record<string, string>> = {
  identification: 'IP ID',
  flags: 'TCP flags',
  acknowledgement: 'acknowledgement number',
  windowOrOptions: 'window or options',
};

function framesText(frames: PairDirection['frames']): string {
  const parts = [`${formatCount(frames.same)} the same`];
  if (frames.cut > 0) parts.push(`${formatCount(frames.cut)} cut into ${formatCount(frames.cutInto)}`);
  if (frames.merged > 0) parts.push(`${formatCount(frames.merged)} merged into ${formatCount(frames.mergedInto)}`);
  if (frames.regrouped > 0) parts.push(`${formatCount(frames.regrouped)} in other groups (cut, then merged)`);
  return parts.join(', ');
}

function list(numbers: readonly number[], count: number): string {
  return numbers.join(', ') + (count > numbers.length ? ', ...' : '');
}
