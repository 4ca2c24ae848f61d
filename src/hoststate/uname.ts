// Station "hoststate": `uname -a`, `uname -r`, /proc/version, and what holds nothing but a host name.

import { type KernelRelease, parseKernelRelease } from '../kernel/release.ts';
import type { Fact, HostStateError } from './host-state.ts';
import { factAt, problemAt, type TextLines } from './lines.ts';

export interface ParsedUname {
  readonly kernel?: Fact<KernelRelease>;
  readonly hostName?: Fact<string>;
  readonly problems: readonly HostStateError[];
}

/** Reads the first line that is not empty. */
export function parseUname(text: TextLines): ParsedUname {
  const index = text.lines.findIndex((line) => line.trim() !== '');
  if (index === -1) return { problems: [problemAt(text, 0, 'cut-short', 'the output of uname -a or uname -r', '')] };
  const line = (text.lines[index] ?? '').trim();
  const procVersion = /^Linux version (\S+)/.exec(line);
  const words = line.split(/\s+/);
  const releaseText = procVersion?.[1] ?? (words[0] === 'Linux' ? words[2] : words[0]) ?? '';
  const kernel = parseKernelRelease(releaseText);
  if (kernel === undefined) {
    return {
      problems: [
        problemAt(text, index, 'not-understood', '"Linux HOST RELEASE ..." or a release such as 5.15.0-91-generic'),
      ],
    };
  }
  const hostName = procVersion === null && words[0] === 'Linux' ? words[1] : undefined;
  return {
    kernel: factAt(text, index, kernel),
    ...(hostName === undefined ? {} : { hostName: factAt(text, index, hostName) }),
    problems: [],
  };
}

/** Reads /etc/hostname or the output of `hostname`. */
export function parseHostName(text: TextLines): Fact<string> | undefined {
  const index = text.lines.findIndex((line) => /^\s*[A-Za-z0-9][\w.-]{0,252}\s*$/.test(line));
  return index === -1 ? undefined : factAt(text, index, (text.lines[index] ?? '').trim());
}
