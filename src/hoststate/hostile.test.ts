import { describe, expect, it } from 'vitest';
import { assembleHost } from './assemble.ts';
import { MAX_LINE_CHARACTERS } from './lines.ts';

// Lines that make careless patterns try every way to match: runs of blanks, colons, brackets, digits, quotes, openings.
const n = MAX_LINE_CHARACTERS;
const fillers = [
  ' ',
  ':',
  '_',
  '.',
  '(',
  '"',
  '1',
  'a',
  'a ',
  'a:',
  '1 ',
  'a-',
  '"a":',
  'users:((',
  '"a":{',
  'dev ',
  'LRO ',
  'x=',
  '[0]: ',
  '\t',
];
const starts = [
  '',
  'ESTAB 0 0 ',
  '\t ',
  '\t users:((',
  'net.',
  'TCP: ',
  'Features for ',
  '1: ',
  'qdisc ',
  'root# ethtool ',
  'IpX ',
  '  1 ',
  'NETDEV WATCHDOG: ',
  '[ {"ifname": "',
  'driver: ',
  'Linux ',
];
const ends = ['!', ' 5'];
const names = [
  'ethtool_-k_a',
  'ethtool_-i_a',
  'ethtool_-S_a',
  'ss',
  'nstat',
  'proc/net/netstat',
  'netstat_-s',
  'dmesg',
  'ip_-s_-d_link',
  'sysctl_-a',
  'uname',
  'tc_-s_qdisc_show',
  'ethtool_--json_-k_a',
  'unknown',
];

describe('hostile lines', () => {
  it.each(names)('as %s cost no more than reading them', (path) => {
    const heads: Readonly<Record<string, string>> = { 'netstat_-s': 'Ip:\n', ss: 'ESTAB 0 0 1.1.1.1:1 2.2.2.2:2\n' };
    let slowest = { ms: 0, line: '' };
    for (const start of starts) {
      for (const filler of fillers) {
        for (const end of ends) {
          const line = (start + filler.repeat(n)).slice(0, n - 2) + end;
          const began = performance.now();
          assembleHost([{ path, text: `${heads[path] ?? ''}${line}\n` }], { name: 'h' });
          const ms = performance.now() - began;
          if (ms > slowest.ms) slowest = { ms, line: `${start}${filler}...${end}` };
        }
      }
    }
    // Quadratic work on 64 K characters takes seconds; what is linear takes a few milliseconds, even on a busy machine.
    expect(slowest.ms, slowest.line).toBeLessThan(1500);
  });
});
