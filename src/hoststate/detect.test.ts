import { describe, expect, it } from 'vitest';
import { outputByName, outputsByContent } from './detect.ts';
import { textLines } from './lines.ts';
import { indexSos, isSosOutput } from './sos-index.ts';

describe('by name', () => {
  it.each([
    ['sos_commands/networking/ethtool_-k_eth0', { kind: 'ethtool-features', device: 'eth0' }],
    ['ethtool_-k_br-12_ab.7', { kind: 'ethtool-features', device: 'br-12_ab.7' }],
    ['ethtool_--json_-k_eth0', { kind: 'ethtool-features-json', device: 'eth0' }],
    ['ethtool -S eth0', { kind: 'ethtool-stats', device: 'eth0' }],
    ['ethtool-i-eth0.txt', { kind: 'ethtool-driver', device: 'eth0' }],
    ['ethtool-k.txt', { kind: 'ethtool-features' }],
    ['eth0.ethtool-k.txt', { kind: 'ethtool-features', device: 'eth0' }],
    ['eth0-ethtool-stats.log', { kind: 'ethtool-stats', device: 'eth0' }],
    ['ethtool-k-eth0.json', { kind: 'ethtool-features-json', device: 'eth0' }],
    ['ss_-peaonmi', { kind: 'ss' }],
    ['ss.txt', { kind: 'ss' }],
    ['ss -tmi.out', { kind: 'ss' }],
    ['nstat_-zas', { kind: 'nstat' }],
    ['proc/net/netstat', { kind: 'proc-netstat' }],
    ['proc/net/snmp6', { kind: 'nstat' }],
    ['netstat_-s', { kind: 'netstat-s' }],
    ['dmesg_-T', { kind: 'dmesg' }],
    ['ip_-s_-d_link', { kind: 'ip-link' }],
    ['ip-link.txt', { kind: 'ip-link' }],
    ['ip -s -d link show eth0', { kind: 'ip-link' }],
    ['ip_-o_addr', { kind: 'ip-addr' }],
    ['ip -s -d addr', { kind: 'ip-link' }],
    ['sysctl_-a', { kind: 'sysctl' }],
    ['uname_-a', { kind: 'uname' }],
    ['tc_-s_qdisc_show', { kind: 'tc-qdisc' }],
    [
      'sos_commands/networking/namespaces/my_ns/ip_netns_exec_my_ns_ethtool_-k_eth0',
      { kind: 'ethtool-features', device: 'eth0', namespace: 'my_ns' },
    ],
    ['ip_netns_exec_blue_ss_-tmi', { kind: 'ss', namespace: 'blue' }],
  ])('%s', (path, expected) => {
    expect(outputByName(path)).toEqual(expected);
  });
  it.each([
    'ethtool_eth0',
    'ethtool_-a_eth0',
    'ethtool_-s_eth0',
    'ip_-o_link',
    'ip_route_show',
    'ip_neigh_show',
    'netstat_-W_-neopa',
    'assist',
    'notes.txt',
    'capture.pcap',
    'ssh_config',
  ])('%s is not known', (path) => {
    expect(outputByName(path)).toBeUndefined();
  });
});

describe('by content', () => {
  const kinds = (content: string) =>
    outputsByContent(textLines('f', content)).map(({ kind, device, text }) => [
      kind,
      device,
      text.firstLine,
      text.lines.length,
    ]);

  it('finds several outputs in one file, without prompts', () => {
    const file =
      'notes\nFeatures for eth0:\nrx-gro-hw: on\ndriver: ixgbe\nversion: 1\nNIC statistics:\n  a: 1\nState Recv-Q Send-Q Local Address:Port Peer Address:Port\n#kernel\nIpInReceives 1 0.0\n';
    expect(kinds(file)).toEqual([
      ['ethtool-features', 'eth0', 2, 2],
      ['ethtool-driver', undefined, 4, 2],
      ['ethtool-stats', undefined, 6, 2],
      ['ss', undefined, 8, 1],
      ['nstat', undefined, 9, 2],
    ]);
  });
  it('takes kind and device from a prompt or a trace of the shell', () => {
    expect(
      kinds(
        'root@h:~# ethtool -i eth3\ndriver: ixgbe\n$ sudo ethtool -S eth4\nNIC statistics:\n+ /usr/sbin/ethtool -k eth5\nFeatures for eth5:\n',
      ),
    ).toEqual([
      ['ethtool-driver', 'eth3', 2, 1],
      ['ethtool-stats', 'eth4', 4, 1],
      ['ethtool-features', 'eth5', 6, 1],
    ]);
  });
  it.each([
    ['5.15.0-91-generic\n', 'uname'],
    ['Linux web1 5.15.0-91-generic #1 SMP\n', 'uname'],
    ['[    0.000000] Linux version 5.15\n', 'dmesg'],
    ['net.ipv4.tcp_rmem = 1 2 3\n', 'sysctl'],
    ['qdisc noqueue 0: dev lo root refcnt 2\n', 'tc-qdisc'],
    ['1: lo: <LOOPBACK,UP> mtu 65536 qdisc noqueue\n', 'ip-link'],
    ['TcpExt: SyncookiesSent SyncookiesRecv SyncookiesFailed\nTcpExt: 0 0 0\n', 'proc-netstat'],
    ['[ {\n  "ifname": "eth0",\n', 'ethtool-features-json'],
    ['ESTAB 0 0 10.0.0.1:1 10.0.0.2:2\n', 'ss'],
    ['1: lo    inet 127.0.0.1/8 scope host lo\n', 'ip-addr'],
  ])('%j', (content, kind) => {
    expect(kinds(content).map(([found]) => found)).toEqual([kind]);
  });
  it('finds nothing in prose, JSON of something else, or nothing', () => {
    for (const content of ['Dear all,\nthe server is slow.\n', '[ {\n "name": "x"\n} ]\n', '', '\n\n'])
      expect(kinds(content)).toEqual([]);
  });
});

describe('sos reports', () => {
  it('reads only what it knows, and one of the two forms of dmesg', () => {
    const index = indexSos([
      's/version.txt',
      's/sos_commands/kernel/dmesg',
      's/sos_commands/kernel/dmesg_-T',
      's/sos_commands/networking/ss_-peaonmi',
      's/sos_commands/rpm/ss_x',
      's/etc/hostname',
      's/etc/passwd',
    ]);
    expect(index?.root).toBe('s/');
    expect(index?.entries.map((entry) => [entry.path, entry.kind])).toEqual([
      ['s/etc/hostname', 'hostname'],
      ['s/sos_commands/kernel/dmesg', 'dmesg'],
      ['s/sos_commands/networking/ss_-peaonmi', 'ss'],
    ]);
  });
  it('a folder without sos_commands is none', () => {
    expect(indexSos(['ss', 'dmesg'])).toBeUndefined();
  });
  it('says of one path whether it is read', () => {
    expect(isSosOutput('sosreport-x/sos_commands/networking/ethtool_-k_eth0')).toBe(true);
    expect(isSosOutput('sosreport-x/sos_commands/rpm/package-data')).toBe(false);
    expect(isSosOutput('sosreport-x/etc/shadow')).toBe(false);
  });
});
