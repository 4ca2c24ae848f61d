// All commands, in the order of `wiretruth --help`. A module is imported only when its command is called: start-up time.

import type { CommandEntry } from './command.ts';

export const commands: readonly CommandEntry[] = [
  {
    name: 'explain',
    summary: 'say what was on the wire, what limited each connection, and what to change',
    load: async () => (await import('../explain-program.ts')).configureExplain,
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of `explain --json`',
    load: async () => (await import('./schema.ts')).configureSchema,
  },
  {
    name: 'wire',
    summary: 'cut super-packets and merged frames into the packets that the wire carried',
    load: async () => (await import('../rewrite-program.ts')).configureWire,
  },
  {
    name: 'lab',
    summary: 'make labelled transfers on the real kernel, and score explain on them',
    load: async () => (await import('./lab.ts')).configureLab,
  },
  {
    name: 'merge',
    summary: "merge wire packets as the receiving host's GRO does",
    load: async () => (await import('../rewrite-program.ts')).configureMerge,
  },
  {
    name: 'host',
    summary: "check this machine's offloads, plan and undo changes, metrics",
    load: async () => (await import('./host.ts')).configureHost,
  },
  {
    name: 'compare',
    summary: 'compare two taps of the same connections: clocks, loss, time between, who cut or merged',
    load: async () => (await import('./compare.ts')).configureCompare,
  },
  {
    name: 'annotate',
    summary: 'write the verdicts as comments on the packets that show them, for Wireshark',
    load: async () => (await import('./annotate.ts')).configureAnnotate,
  },
];
