// Station "hoststate": `sysctl -a`. Of the thousands of lines those of the network, of memory and of the kernel's name count.

import type { Fact, HostStateError } from './host-state.ts';
import { factAt, isToolError, problemAt, type TextLines } from './lines.ts';

export interface ParsedSysctls {
  readonly sysctls: ReadonlyMap<string, Fact<string>>;
  readonly problems: readonly HostStateError[];
}

const SETTING = /^\s*([a-z][\w./@:-]*)\s*=\s?(.*)$/i;
const KEPT = /^(?:net\.|kernel\.(?:osrelease|hostname)$)/;

/** Reads `sysctl -a` or a sysctl.conf. Blanks within a value become single spaces; comments are passed over. */
export function parseSysctl(text: TextLines): ParsedSysctls {
  const sysctls = new Map<string, Fact<string>>();
  const problems: HostStateError[] = [];
  for (const [index, line] of text.lines.entries()) {
    if (line.trim() === '' || /^\s*[#;]/.test(line)) continue;
    const match = SETTING.exec(line);
    if (match === null) {
      // "permission denied on key" stands between the lines of every sysctl -a by an ordinary user.
      if (/^sysctl: .*(?:permission denied|reading key)/.test(line)) continue;
      // A value of several lines (dev.cdrom.info repeats its key) is not a network setting.
      const code = isToolError(line) ? 'command-failed' : 'not-understood';
      problems.push(problemAt(text, index, code, '"name = value"'));
      continue;
    }
    const name = match[1]?.replaceAll('/', '.') ?? '';
    if (KEPT.test(name)) sysctls.set(name, factAt(text, index, (match[2] ?? '').trim().replace(/\s+/g, ' ')));
  }
  return { sysctls, problems };
}

/** The numbers of a value such as tcp_rmem's "4096 131072 33554432"; undefined when one is none. */
export function sysctlNumbers(value: string): readonly number[] | undefined {
  const words = value.split(' ');
  return words.every((word) => /^-?\d+$/.test(word)) ? words.map(Number) : undefined;
}
