// Question: did a card of this host stop sending, or did its driver reset it? The kernel's watchdog says so when a transmit queue
// has not moved for its timeout (dev_watchdog, net/sched/sch_generic.c; 5 s unless the driver says otherwise), drivers say "Hardware Unit
// Hang" or "Reset adapter". Every connection through the device stands still meanwhile.

import type { HostState, LogFinding, LogFindingKind } from '../../hoststate/host-state.ts';
import { confidence } from '../confidence.ts';
import { devicesOf } from '../host-rule.ts';
import { evidenceList, messages, say, told } from '../rule.ts';
import type { Verdict } from '../verdict.ts';

const kinds = ['tx-timeout', 'hardware-hang', 'driver-reset'] as const satisfies readonly LogFindingKind[];

/** One stop is told in several lines, by the watchdog and by the driver: lines this close are one occasion. */
const oneOccasionSeconds = 10;
/** From so many occasions on it is no accident. */
const repeatedOccasions = 3;

export function hostDeviceReset(host: HostState): readonly Verdict[] {
  const byDevice = new Map<string, LogFinding[]>();
  for (const line of host.logs) {
    if (!kinds.some((kind) => kind === line.kind)) continue;
    const name = nameOf(host, line);
    byDevice.set(name, [...(byDevice.get(name) ?? []), line]);
  }
  return [...byDevice].map(([dev, lines]) => verdictFor(host, dev, lines));
}

/** The device that the line names; else the only one of its driver; else the driver. */
function nameOf(host: HostState, line: LogFinding): string {
  if (line.device !== undefined) return line.device;
  const ofDriver = devicesOf(host).filter(({ device }) => device.driver?.driver.value === line.driver);
  const [only] = ofDriver;
  if (line.driver !== undefined && only !== undefined && ofDriver.length === 1) return only.device.name;
  return line.driver ?? '?';
}

function verdictFor(host: HostState, dev: string, lines: readonly LogFinding[]): Verdict {
  const stopped = lines.some(({ kind }) => kind !== 'driver-reset');
  const occasions = occasionsIn(lines);
  const values = { dev, host: host.name, lines: lines.length, occasions: occasions ?? '?' };
  const firsts = kinds.map((kind) => ({ kind, line: lines.find((line) => line.kind === kind) }));
  const last = lines.at(-1);
  return {
    code: 'host-device-reset',
    severity: stopped && (occasions ?? 0) >= repeatedOccasions ? 'problem' : 'notice',
    confidence: confidence.stated,
    claim: say(stopped ? 'host-device-reset.claim.stopped' : 'host-device-reset.claim.reset', values),
    evidence: evidenceList(
      ...firsts.map(
        ({ kind, line }) => line !== undefined && told(say(lineKeys[kind], { text: line.text }), line.source),
      ),
      last !== undefined &&
        firsts.every(({ line }) => line !== last) &&
        told(say('host-device-reset.for.last', { text: last.text }), last.source),
    ),
    against: messages(
      say('host-device-reset.against.when'),
      linkWentDown(host, lines) && say('host-device-reset.against.link', { dev }),
      say('host-device-reset.against.not-offload'),
    ),
    fixes: [],
  };
}

const lineKeys = {
  'tx-timeout': 'host-device-reset.for.tx-timeout',
  'hardware-hang': 'host-device-reset.for.hardware-hang',
  'driver-reset': 'host-device-reset.for.driver-reset',
} as const satisfies Record<(typeof kinds)[number], string>;

/** Undefined when a line does not say when it was. */
function occasionsIn(lines: readonly LogFinding[]): number | undefined {
  let count = 0;
  let previous: number | undefined;
  for (const { bootSeconds } of lines) {
    if (bootSeconds === undefined) return undefined;
    if (previous === undefined || bootSeconds - previous > oneOccasionSeconds) count += 1;
    previous = bootSeconds;
  }
  return count;
}

/** Whether the same device lost its link within one occasion of a line. */
function linkWentDown(host: HostState, lines: readonly LogFinding[]): boolean {
  return host.logs.some(
    (down) =>
      down.kind === 'link-down' &&
      lines.some(
        (line) =>
          line.device === down.device &&
          line.bootSeconds !== undefined &&
          down.bootSeconds !== undefined &&
          Math.abs(line.bootSeconds - down.bootSeconds) <= oneOccasionSeconds,
      ),
  );
}
