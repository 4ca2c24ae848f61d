// Station "hoststate": `tc -s qdisc show`: which queue disciplines stand before each device. Some cut super-packets
// above the capture tap: tbf one larger than its burst (tbf_segment), cake unless told not to.

import type { Fact, HostStateError, QdiscState } from './host-state.ts';
import { factAt, isToolError, problemAt, type TextLines } from './lines.ts';

export interface ParsedQdisc {
  /** Undefined for `tc qdisc show dev eth0`, which does not repeat the device. */
  readonly device?: string;
  readonly qdisc: Fact<QdiscState>;
}

export interface ParsedQdiscs {
  readonly qdiscs: readonly ParsedQdisc[];
  readonly problems: readonly HostStateError[];
}

type OpenQdisc = { -readonly [K in keyof QdiscState]: QdiscState[K] };

const HEADER = /^qdisc (\S+) (\S+) (?:\[[\w-]+\] )?(?:dev (\S+) )?(root|ingress|parent (\S+)|clsact)?\s?(.*)$/;

/** Reads `tc qdisc show` with or without -s. */
export function parseTcQdisc(text: TextLines): ParsedQdiscs {
  const qdiscs: ParsedQdisc[] = [];
  const problems: HostStateError[] = [];
  let current: OpenQdisc | undefined;
  for (const [index, line] of text.lines.entries()) {
    if (line.trim() === '') continue;
    const header = HEADER.exec(line);
    if (header !== null) {
      current = openQdisc(header);
      qdiscs.push({ ...(header[3] === undefined ? {} : { device: header[3] }), qdisc: factAt(text, index, current) });
      continue;
    }
    if (/^\s/.test(line)) {
      if (current !== undefined) readCounters(current, line);
      continue;
    }
    current = undefined;
    problems.push(
      problemAt(
        text,
        index,
        isToolError(line) ? 'command-failed' : 'not-understood',
        '"qdisc KIND HANDLE: dev DEVICE ..."',
      ),
    );
  }
  return { qdiscs, problems };
}

function openQdisc(header: RegExpExecArray): OpenQdisc {
  const [, kind = '', handle = '', , place = '', parent, options = ''] = header;
  const burst = /\bburst (\d+(?:\.\d+)?)([KM]?)b\b/i.exec(options);
  return {
    kind,
    handle,
    root: place === 'root',
    ...(parent === undefined ? {} : { parent }),
    options: options.trim(),
    ...(burst === null ? {} : { burstBytes: bytes(burst[1], burst[2]) }),
    ...(kind === 'cake' ? { splitGso: !/\bno-split-gso\b/.test(options) } : {}),
  };
}

/** tc prints 1024-based sizes: 10Kb is 10,240 bytes. */
function bytes(value: string | undefined, unit: string | undefined): number {
  const factor = { '': 1, K: 1024, M: 1024 * 1024 }[(unit ?? '').toUpperCase()] ?? 1;
  return Math.round(Number(value) * factor);
}

function readCounters(qdisc: OpenQdisc, line: string): void {
  const sent = /Sent (\d+) bytes (\d+) pkt \(dropped (\d+), overlimits (\d+) requeues (\d+)\)/.exec(line);
  if (sent !== null) {
    qdisc.sentBytes = Number(sent[1]);
    qdisc.sentPackets = Number(sent[2]);
    qdisc.dropped = Number(sent[3]);
    qdisc.overlimits = Number(sent[4]);
    qdisc.requeues = Number(sent[5]);
  }
  const backlog = /backlog (\d+(?:\.\d+)?)([KM]?)b (\d+)p/.exec(line);
  if (backlog !== null) {
    qdisc.backlogBytes = bytes(backlog[1], backlog[2]);
    qdisc.backlogPackets = Number(backlog[3]);
  }
}
