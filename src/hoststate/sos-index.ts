// Station "hoststate": the layout of a sos report (sos 4, and 3 as far as it is the same): which of its thousands of files
// are read, and for which device and namespace. Names as sos/report/plugins/{networking,kernel,host}.py make them.

import { type OutputName, outputByName } from './detect.ts';

export interface SosEntry extends OutputName {
  readonly path: string;
}

export interface SosIndex {
  /** What stands before `sos_commands/`, with its slash; empty when nothing does. */
  readonly root: string;
  readonly entries: readonly SosEntry[];
}

/** Where in a report the outputs that are read here stand. */
const PLACES =
  /^(?:sos_commands\/(?:networking|kernel|host|logs|process)\/|proc\/net\/(?:netstat|snmp6?)$|proc\/version$|uname$|hostname$|etc\/hostname$|var\/log\/(?:dmesg|messages|kern\.log)$)/;

/** The report's root within these paths: undefined when they are no sos report. */
export function sosRoot(paths: Iterable<string>): string | undefined {
  for (const path of paths) {
    const match = /^(.*?\/)?sos_commands\//.exec(path);
    if (match !== null) return match[1] ?? '';
  }
  return undefined;
}

/** Which files of the report to read, and as what. Undefined when it is no sos report. */
export function indexSos(paths: readonly string[]): SosIndex | undefined {
  const root = sosRoot(paths);
  if (root === undefined) return undefined;
  const entries: SosEntry[] = [];
  for (const path of paths) {
    if (!path.startsWith(root)) continue;
    const inside = path.slice(root.length);
    const entry = PLACES.test(inside) ? entryOf(path, inside) : undefined;
    if (entry !== undefined) entries.push(entry);
  }
  return { root, entries: withoutRepeats(entries) };
}

/** Whether a path inside a report is read: the same as `indexSos` says, for readers that stream. */
export function isSosOutput(path: string): boolean {
  const inside = /(?:^|\/)((?:sos_commands|proc|etc|var)\/.*|uname|hostname)$/.exec(path)?.[1];
  return inside !== undefined && PLACES.test(inside) && entryOf(path, inside) !== undefined;
}

function entryOf(path: string, inside: string): SosEntry | undefined {
  if (/^etc\/hostname$|(?:^|\/)hostname$/.test(inside)) return { path, kind: 'hostname' };
  const name = outputByName(inside);
  return name === undefined ? undefined : { ...name, path };
}

/** `dmesg` and `dmesg_-T` are the same log; ss is recorded with several sets of flags: the first of each is enough. */
function withoutRepeats(entries: readonly SosEntry[]): readonly SosEntry[] {
  const sorted = entries.toSorted((a, b) => a.path.length - b.path.length || (a.path < b.path ? -1 : 1));
  const seen = new Set<string>();
  return sorted.filter((entry) => {
    const once = entry.kind === 'dmesg' && entry.path.includes('sos_commands/kernel/');
    if (!once) return true;
    if (seen.has(entry.kind)) return false;
    seen.add(entry.kind);
    return true;
  });
}
