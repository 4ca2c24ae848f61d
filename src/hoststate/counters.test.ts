import { describe, expect, it } from 'vitest';
import { parseDmesg } from './dmesg.ts';
import { textLines } from './lines.ts';
import { parseNetstatS, parseNstat, parseProcNetstat } from './nstat.ts';
import { parseSysctl, sysctlNumbers } from './sysctl.ts';
import { parseHostName, parseUname } from './uname.ts';

const text = (content: string) => textLines('f', content);
const values = (parsed: { counters: ReadonlyMap<string, { value: number }> }) =>
  Object.fromEntries([...parsed.counters].map(([name, fact]) => [name, fact.value]));

describe('counters', () => {
  it('nstat -az', () => {
    const parsed = parseNstat(
      text('#kernel\nIpInReceives                    3696               0.0\nTcpExtTCPWinProbe 2 0.0\n'),
    );
    expect(values(parsed)).toEqual({ IpInReceives: 3696, TcpExtTCPWinProbe: 2 });
    expect(parsed.counters.get('TcpExtTCPWinProbe')?.source).toEqual({ file: 'f', line: 3 });
  });
  it('nstat -j and /proc/net/snmp6', () => {
    expect(values(parseNstat(text('{"kernel":{"IpInReceives":5,"IpInDelivers":4}}\n')))).toEqual({
      IpInReceives: 5,
      IpInDelivers: 4,
    });
    expect(values(parseNstat(text('Ip6InReceives                   \t14566\n')))).toEqual({ Ip6InReceives: 14566 });
  });
  it('/proc/net/netstat and snmp under the same names', () => {
    const parsed = parseProcNetstat(
      text(
        'TcpExt: SyncookiesSent TCPWinProbe\nTcpExt: 0 7\nIp: Forwarding InReceives\nIp: 2 99\nTcp: RtoMin MaxConn\nTcp: 200 -1\n',
      ),
    );
    expect(values(parsed)).toEqual({
      TcpExtSyncookiesSent: 0,
      TcpExtTCPWinProbe: 7,
      IpForwarding: 2,
      IpInReceives: 99,
      TcpRtoMin: 200,
      TcpMaxConn: -1,
    });
    expect(parsed.counters.get('IpInReceives')?.source.line).toBe(4);
  });
  it('values that do not fit their names are told with what was found and expected', () => {
    const parsed = parseProcNetstat(text('TcpExt: A B\nTcpExt: 1 2 3\nIpExt: C D\n'));
    expect(parsed.problems.map((problem) => problem.message)).toEqual([
      'f:2: found "3 values"; expected 2 values of TcpExt',
      'f:3: found "IpExt: C D"; expected a line of values of IpExt after its names',
    ]);
  });
  it('netstat -s, old spelling and named lines too', () => {
    const parsed = parseNetstatS(
      text(
        'Ip:\n    3696 total packets received\nTcp:\n    8 segments retransmited\nTcpExt:\n    12 delayed acks sent\n    TCPBacklogCoalesce: 5\nIpExt:\n    InNoECTPkts: 3696\n',
      ),
    );
    expect(values(parsed)).toEqual({
      IpInReceives: 3696,
      TcpRetransSegs: 8,
      TcpExtDelayedACKs: 12,
      TcpExtTCPBacklogCoalesce: 5,
      IpExtInNoECTPkts: 3696,
    });
  });
});

describe('the kernel log', () => {
  it.each([
    [
      '[  812.733129] TCP: eth0: Driver has suspect GRO implementation, TCP performance may be compromised.',
      { kind: 'suspect-gro', device: 'eth0', bootSeconds: 812.733129 },
    ],
    [
      '[Mon Sep  2 10:14:55 2024] TCP: bond0: Driver has suspect GRO implementation, TCP performance may be compromised.',
      { kind: 'suspect-gro', device: 'bond0' },
    ],
    [
      'Nov 23 06:52:36 host kernel: [   12.5] TCP: eth0.7: Driver has suspect GRO implementation',
      { kind: 'suspect-gro', device: 'eth0.7' },
    ],
    [
      '<6>[    3.4] ixgbe 0000:06:00.0 enp6s0f0: NIC Link is Up 10 Gbps, Flow Control: RX/TX',
      { kind: 'link-up', device: 'enp6s0f0', driver: 'ixgbe', speedBitsPerSec: 10e9 },
    ],
    [
      '[   14.2] bnxt_en 0000:3b:00.0 ens3f0np0: NIC Link is Up, 25000 Mbps full duplex, Flow control: none',
      { kind: 'link-up', device: 'ens3f0np0', speedBitsPerSec: 25e9 },
    ],
    [
      '[   14.2] r8169 0000:02:00.0 enp2s0: Link is Up - 1Gbps/Full - flow control off',
      { kind: 'link-up', device: 'enp2s0', speedBitsPerSec: 1e9 },
    ],
    ['[   14.2] mlx5_core 0000:01:00.0 eth2: Link down', { kind: 'link-down', device: 'eth2', driver: 'mlx5_core' }],
    [
      '[ 7123.1] NETDEV WATCHDOG: enp6s0f1 (ixgbe): transmit queue 3 timed out',
      { kind: 'tx-timeout', device: 'enp6s0f1', driver: 'ixgbe' },
    ],
    [
      '[ 7123.1] ixgbe 0000:06:00.1 enp6s0f1: NETDEV WATCHDOG: CPU: 3: transmit queue 0 timed out 5000 ms',
      { kind: 'tx-timeout', device: 'enp6s0f1' },
    ],
    [
      '[ 99.1] e1000e 0000:00:19.0 eno1: Detected Hardware Unit Hang:',
      { kind: 'hardware-hang', device: 'eno1', driver: 'e1000e' },
    ],
    ['[ 99.1] eth0: hw csum failure', { kind: 'checksum-failure', device: 'eth0' }],
    ["[ 9.1] bnxt_en: unknown parameter 'disable_tpa' ignored", { kind: 'unknown-parameter', driver: 'bnxt_en' }],
    ['[ 9.1] TCP: out of memory -- consider tuning tcp_mem', { kind: 'tcp-memory' }],
  ])('%s', (line, expected) => {
    expect(parseDmesg(text(`\n${line}\n`))).toMatchObject([{ ...expected, source: { file: 'f', line: 2 } }]);
  });
  it.each([
    '[    1.1] usb 1-1: new high-speed USB device',
    'Nov 23 06:52:36 host NetworkManager[812]: <info> eth0: link is up',
    '[    1.1] Bluetooth: HCI device and connection manager initialized',
  ])('passes over %s', (line) => {
    expect(parseDmesg(text(line))).toEqual([]);
  });
  it('a flapping link does not fill the memory', () => {
    const flapping = '[1.0] eth0: NIC Link is Down\n'.repeat(5000);
    expect(parseDmesg(text(flapping))).toHaveLength(100);
  });
  it('a line of a megabyte costs no time', () => {
    const began = performance.now();
    parseDmesg(text(`GRO ${'a-'.repeat(500_000)}\n`.repeat(20)));
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

describe('sysctl and uname', () => {
  it('reads name and value with single blanks', () => {
    const { sysctls, problems } = parseSysctl(
      text(
        "net.ipv4.tcp_rmem = 4096\t131072\t6291456\nsysctl: permission denied on key 'net.x'\nkernel.randomize_va_space = 2\nnet/ipv4/ip_forward = 1\n",
      ),
    );
    expect([...sysctls].map(([name, fact]) => [name, fact.value, fact.source.line])).toEqual([
      ['net.ipv4.tcp_rmem', '4096 131072 6291456', 1],
      ['net.ipv4.ip_forward', '1', 4],
    ]);
    expect(problems).toEqual([]);
    expect(sysctlNumbers('4096 131072 6291456')).toEqual([4096, 131072, 6291456]);
    expect(sysctlNumbers('cubic')).toBeUndefined();
  });
  it('reads uname -a, uname -r and /proc/version', () => {
    for (const line of [
      'Linux web1 5.15.0-91-generic #101-Ubuntu SMP',
      '5.15.0-91-generic',
      'Linux version 5.15.0-91-generic (buildd@x) (gcc)',
    ]) {
      expect(parseUname(text(`${line}\n`)).kernel?.value.text).toBe('5.15.0-91-generic');
    }
    expect(parseUname(text('Linux web1 5.15.0-91-generic #101\n')).hostName?.value).toBe('web1');
    expect(parseUname(text('Darwin mac 23.1.0\n')).problems.map((problem) => problem.code)).toEqual(['not-understood']);
    expect(parseUname(text('')).problems.map((problem) => problem.code)).toEqual(['cut-short']);
    expect(parseHostName(text('web1.example.net\n'))?.value).toBe('web1.example.net');
  });
});
