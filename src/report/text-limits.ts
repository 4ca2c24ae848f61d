// Station "report": what limited a direction, as shares of its busy time and as a bar over time.

import { type Language, label } from './messages/render.ts';
import type { ConnectionReport, DirectionReport, LimitName } from './model.ts';
import { hang, type Paint, paint, type TextOptions, usableWidth } from './text-style.ts';
import { formatPercent } from './units.ts';

const limitNames: readonly LimitName[] = ['receiveWindow', 'network', 'sender', 'recovery'];

const limitMarks: Readonly<Record<LimitName, { readonly letter: string; readonly colour: Paint }>> = {
  receiveWindow: { letter: 'W', colour: 'yellow' },
  network: { letter: 'N', colour: 'blue' },
  sender: { letter: 'S', colour: 'cyan' },
  recovery: { letter: 'R', colour: 'red' },
};

/** Time that counts as data transfer: directions below a hundredth of the other's bytes are left out of the bars. */
export function limitLines(connection: ConnectionReport, indent: number, options: TextOptions): string[] {
  const { language } = options;
  const largest = Math.max(...connection.directions.map((direction) => direction.payloadBytes));
  const shown = ([0, 1] as const).filter((side) => {
    const direction = connection.directions[side];
    return direction.limits.busyNs > 0 && (options.verbose || direction.payloadBytes * 100 >= largest);
  });
  return shown.flatMap((side, index) => {
    const direction = connection.directions[side];
    const head = index === 0 ? label('limits.title', language) : '';
    const busy = busyText(direction, language);
    const text = `${label(`direction.${side}`, language)}, ${busy}: ${shareText(direction, options)}`;
    const bar = limitBar(connection, direction, usableWidth(options) - indent - 2);
    const lines = hang(head, text, indent, options, 'bold');
    return bar === '' ? lines : [...lines, `${' '.repeat(indent)}|${paintBar(bar, options)}|`];
  });
}

/** Below this share of the busy time what is inferred of it changes nothing that a reader would do. */
const WORTH_TELLING = 0.02;

function busyText({ limits }: DirectionReport, language: Language): string {
  const { busyNs, inferredNs } = limits;
  if (inferredNs < WORTH_TELLING * busyNs) return label('limits.busy', language, { duration: busyNs });
  return label('limits.busy-inferred', language, { duration: busyNs, inferred: inferredNs });
}

function shareText(direction: DirectionReport, options: TextOptions): string {
  const { language } = options;
  const { limits } = direction;
  const known = limitNames.flatMap((name) => {
    const share = limits[name];
    return share === null ? [] : [{ name, share }];
  });
  if (known.length === 0) return label('limits.unknown', language);
  const parts = known
    .filter(({ share }) => share >= 0.0005)
    .toSorted((a, b) => b.share - a.share)
    .map(({ name, share }) => shareOf(name, share, language));
  const missing = limitNames.filter((name) => limits[name] === null).map((name) => label(`limit.${name}`, language));
  if (missing.length > 0) parts.push(label('limits.not-known', language, { list: missing.join(', ') }));
  return parts.length === 0 ? label('limits.nothing', language) : parts.join(', ');
}

/** `W receive window 97%`, kept on one line. */
function shareOf(name: LimitName, share: number, language: Language): string {
  const words = `${limitMarks[name].letter} ${label(`limit.${name}`, language)} ${formatPercent(share)}`;
  return words.replaceAll(' ', '\u00a0');
}

/** One letter per slice of the connection's life: what limited the most of that slice; `.` where no data was under way. */
export function limitBar(connection: ConnectionReport, direction: DirectionReport, columns: number): string {
  const periods = direction.limitsOverTime;
  if (periods.length === 0 || connection.durationNs <= 0 || columns < 1) return '';
  const sliceNs = connection.durationNs / columns;
  const time = Array.from({ length: columns }, (): Record<LimitName, number> => {
    return { receiveWindow: 0, network: 0, sender: 0, recovery: 0 };
  });
  for (const { fromNs, toNs, limit } of periods) {
    const from = fromNs - connection.startNs;
    const to = toNs - connection.startNs;
    const first = Math.max(0, Math.floor(from / sliceNs));
    const last = Math.min(columns - 1, Math.floor(to / sliceNs));
    for (let slice = first; slice <= last; slice++) {
      const share = time[slice];
      if (share !== undefined) {
        share[limit] += Math.max(0, Math.min(to, (slice + 1) * sliceNs) - Math.max(from, slice * sliceNs));
      }
    }
  }
  return time.map((share) => letterOf(share)).join('');
}

function letterOf(share: Readonly<Record<LimitName, number>>): string {
  let best: LimitName | undefined;
  for (const name of limitNames) {
    if (share[name] > (best === undefined ? 0 : share[best])) best = name;
  }
  return best === undefined ? '.' : limitMarks[best].letter;
}

function paintBar(bar: string, options: TextOptions): string {
  if (!options.colour) return bar;
  return bar.replace(/([WNSR])\1*/g, (run) => {
    const mark = Object.values(limitMarks).find(({ letter }) => letter === run[0]);
    return mark === undefined ? run : paint(run, mark.colour, options);
  });
}
