import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { connection, context, noRows, rows, smallBecause } from '../../../test/diagnosis/fixtures.ts';
import { againstKeys, claimOf, expectSound, judge, verdictOf } from '../../../test/diagnosis/judge.ts';
import { assembleHost, type HostText } from '../../hoststate/assemble.ts';
import type { HostState } from '../../hoststate/host-state.ts';
import { readHost } from '../../node/read-host.ts';
import { diagnoseConnection } from '../diagnose.ts';
import { diagnoseCapture, diagnoseHost } from '../diagnose-host.ts';
import type { Verdict } from '../verdict.ts';
import { hostContradictsCapture } from './host-contradicts-capture.ts';
import { limitedByReceiveWindow } from './limited-by-receive-window.ts';
import { mergedWithoutGsoSize } from './merged-without-gso-size.ts';
import { receiveMerge } from './receive-merge.ts';
import { smallPacketsSplitBelowTcp } from './small-packets-split-below-tcp.ts';
import { tsoInEffect } from './tso-in-effect.ts';
import { tsoNotUsed } from './tso-not-used.ts';
import { windowClamped } from './window-clamped.ts';

const hosts = join(import.meta.dirname, '../../../test/hosts');

async function recorded(name: string): Promise<HostState> {
  return await readHost(join(hosts, name));
}

/** A host made of the given outputs, as ethtool and its kin print them. */
function host(...texts: readonly HostText[]): HostState {
  return assembleHost(texts, { name: 'lab' });
}

function codesOf(state: HostState): readonly string[] {
  return diagnoseHost(state).map((verdict) => verdict.code);
}

function find(verdicts: readonly Verdict[], code: string): Verdict {
  const found = verdicts.find((verdict) => verdict.code === code);
  expect(found, code).toBeDefined();
  return found as Verdict;
}

const uname = (release: string): HostText => ({ path: 'uname_-r', text: `${release}\n` });

const features = (lines: Readonly<Record<string, string>>): HostText => ({
  path: 'ethtool_-k_eth0',
  text: `Features for eth0:\n${Object.entries(lines)
    .map(([name, state]) => `${name}: ${state}\n`)
    .join('')}`,
});

const driver = (name: string): HostText => ({ path: 'ethtool_-i_eth0', text: `driver: ${name}\nversion: 1\n` });
const sysctls = (text: string): HostText => ({ path: 'sysctl_-a', text });

describe('every recorded host', () => {
  const names = [
    'atlantic-bond-suspect-gro',
    'bnx2x-rhel5',
    'bnxt-lro-pasted',
    'bnxt-thor-default',
    'bnxt-thor-gro-off',
    'forwarder-bridge-tap-vxlan',
    'hv-netvsc-azure',
    'ixgbe-rhel6',
    'loopback-stalled-reader',
    'mlx5-lro-json',
    'router-lro-off',
    'sos',
    'veth-receiver-gro',
    'veth-receiver-slow-reader',
    'veth-sender-receive-window',
    'veth-sender-send-buffer-tbf',
    'veth-sg-off',
    'virtio-guest',
    'vmxnet3-rhel8',
  ];

  it.each(names)('%s gets sound verdicts that quote file and line', async (name) => {
    const verdicts = diagnoseHost(await recorded(name));
    expect(verdicts.length).toBeGreaterThan(0);
    for (const verdict of verdicts) {
      expectSound(verdict);
      for (const { source } of verdict.evidence) expect(source).toMatch(/^host:.+:\d+$/);
    }
  });
});

describe('a host by itself', () => {
  let verdicts: readonly Verdict[];
  beforeAll(async () => {
    verdicts = diagnoseHost(await recorded('bnxt-thor-default'));
  });

  it('of the original question has nothing wrong in its default state', () => {
    expect(verdicts.map((verdict) => verdict.code)).toEqual(['host-nothing-wrong']);
  });

  it('is told that gro off took hardware GRO along on bnxt, and how to bring both back', async () => {
    const verdict = find(diagnoseHost(await recorded('bnxt-thor-gro-off')), 'host-gro-hw-coupling');
    expect(verdict.fixes[0]?.command).toBe('ethtool -K ens3f0np0 gro on');
    expect(verdict.fixes[0]?.persist['networkmanager']).toContain('ethtool.feature-gro on');
  });

  it('with scatter-gather off is told what TSO needs, and that the group line misleads', async () => {
    const verdict = find(diagnoseHost(await recorded('veth-sg-off')), 'host-tso-off');
    expect(verdict.claim.key).toBe('host-tso-off.claim.vetoed');
    expect(verdict.fixes[0]?.command).toBe('ethtool -K eth0 tx-scatter-gather on');
    expect(verdict.evidence.map((evidence) => evidence.text.key)).toContain('host-tso-off.for.group-misleads');
  });

  it('with TSO simply off is told the bit', () => {
    const off = host(features({ 'tx-tcp-segmentation': 'off', 'tx-tcp6-segmentation': 'on' }));
    const verdict = find(diagnoseHost(off), 'host-tso-off');
    expect(verdict.fixes.map((fix) => fix.command)).toEqual(['ethtool -K eth0 tx-tcp-segmentation on']);
  });

  it('without TSO in hardware is not bothered', () => {
    expect(codesOf(host(features({ 'tx-tcp-segmentation': 'off [fixed]' })))).not.toContain('host-tso-off');
  });
});

describe('a driver known for a fault', () => {
  const lro = features({ 'large-receive-offload': 'on' });

  it('is information where the kernel caps its estimate and nothing is forwarded', async () => {
    const verdict = find(diagnoseHost(await recorded('hv-netvsc-azure')), 'host-driver-problem');
    expect(verdict.severity).toBe('info');
    expect(verdict.fixes).toEqual([]);
    expect(againstKeys(verdict)).toContain('host-driver-problem.against.harmless');
  });

  it('is a problem on a kernel that takes the whole length for a segment', async () => {
    const verdict = find(diagnoseHost(await recorded('ixgbe-rhel6')), 'host-driver-problem');
    expect(verdict.severity).toBe('problem');
    expect(verdict.fixes[0]?.command).toBe('ethtool -K eth2 lro off');
    expect(verdict.fixes[0]?.undo).toBe('ethtool -K eth2 lro on');
  });

  it('is a problem on a forwarder, whatever the kernel', () => {
    const forwarder = host(uname('6.8.0-1010-azure'), driver('hv_netvsc'), lro, sysctls('net.ipv4.ip_forward = 1\n'));
    expect(find(diagnoseHost(forwarder), 'host-driver-problem').severity).toBe('problem');
    expect(find(diagnoseHost(forwarder), 'host-lro-on-forwarder').fixes[0]?.command).toBe('ethtool -K eth0 lro off');
  });

  it('is not named when the feature is off', () => {
    const off = host(uname('6.8.0-1010-azure'), driver('hv_netvsc'), features({ 'large-receive-offload': 'off' }));
    expect(codesOf(off)).toEqual(['host-nothing-wrong']);
  });

  it('changes nothing where the kernel is not known', () => {
    const unknown = host(driver('ixgbe'), lro);
    const verdict = diagnoseHost(unknown).find(({ code }) => code === 'host-driver-problem');
    expect(verdict?.fixes).toEqual([]);
    expect(verdict?.severity).toBe('notice');
  });
});

describe('LRO', () => {
  it('on a host that forwards is a problem', async () => {
    const verdict = find(diagnoseHost(await recorded('sos')), 'host-lro-on-forwarder');
    expect(verdict.severity).toBe('problem');
    expect(verdict.fixes[0]?.command).toBe('ethtool -K eno1 lro off');
  });

  it('off on a router is as it should be, and the log alone is told', async () => {
    expect(codesOf(await recorded('router-lro-off'))).toEqual(['host-device-reset']);
  });
});

describe('"suspect GRO" in the log', () => {
  const line: HostText = {
    path: 'dmesg',
    text: '[   12.5] TCP: eth0: Driver has suspect GRO implementation, TCP performance may be compromised.\n',
  };
  const lro = features({ 'large-receive-offload': 'on' });

  it('is harmless on a capped kernel and turns nothing off', () => {
    const verdict = find(diagnoseHost(host(line, lro, uname('5.15.0-91-generic'))), 'host-suspect-gro');
    expect(verdict.severity).toBe('info');
    expect(verdict.fixes).toEqual([]);
  });

  it('is a problem before the cap, and LRO of that device goes', () => {
    const verdict = find(diagnoseHost(host(line, lro, uname('3.10.0-514.el7.x86_64'))), 'host-suspect-gro');
    expect(verdict.severity).toBe('problem');
    expect(verdict.fixes[0]?.command).toBe('ethtool -K eth0 lro off');
  });

  it('is undecided between the RHEL 7 builds that were read, and turns nothing off', () => {
    const verdict = find(diagnoseHost(host(line, lro, uname('3.10.0-957.el7.x86_64'))), 'host-suspect-gro');
    expect(verdict.claim.key).toBe('host-suspect-gro.claim.unknown-kernel');
    expect(verdict.fixes).toEqual([]);
  });
});

describe('counters and settings', () => {
  const counters = (text: string): HostText => ({ path: 'nstat_-az', text: `#kernel\n${text}` });

  it('give the merge factor of the lab: 2075 segments in 56 packets', () => {
    const merging = host(
      counters(
        'IpInReceives                    56                 0.0\nIpExtInNoECTPkts                2075               0.0\n',
      ),
    );
    expect(claimOf(find(diagnoseHost(merging), 'host-merge-factor'))).toContain('37 wire packets per received packet');
  });

  it('tell windows that the host wanted to close', async () => {
    const verdict = find(diagnoseHost(await recorded('veth-receiver-slow-reader')), 'host-frozen-windows');
    expect(verdict.evidence[0]?.source).toMatch(/nstat/);
  });

  it('tell a small receive buffer and keep its first two numbers', () => {
    const small = host(sysctls('net.ipv4.tcp_rmem = 4096\t87380\t174760\n'));
    const verdict = find(diagnoseHost(small), 'host-receive-buffer');
    expect(verdict.fixes[0]?.command).toBe('sysctl -w net.ipv4.tcp_rmem="4096 87380 33554432"');
    expect(verdict.fixes[0]?.undo).toBe('sysctl -w net.ipv4.tcp_rmem="4096 87380 174760"');
  });

  it('tell window scaling and autotuning that are off', () => {
    const off = host(sysctls('net.ipv4.tcp_window_scaling = 0\nnet.ipv4.tcp_moderate_rcvbuf = 0\n'));
    expect(codesOf(off).filter((code) => code === 'host-receive-buffer')).toHaveLength(2);
    const on = host(sysctls('net.ipv4.tcp_window_scaling = 1\nnet.ipv4.tcp_moderate_rcvbuf = 1\n'));
    expect(codesOf(on)).not.toContain('host-receive-buffer');
  });
});

describe('a host beside a capture', () => {
  const merged = {
    capturePoint: 'receiver',
    tsoInEffect: undefined,
    receiveMergeInEffect: true,
    superPacketKind: 'gro',
    checksums: {
      single: { valid: 300, partial: 0, wrong: 0, unknown: 0 },
      multi: { valid: 0, partial: 316, wrong: 0, unknown: 0 },
      partialSample: rows(316),
      wrongSample: noRows,
    },
  } as const;
  const cut = smallBecause('segmentation-off', { smallPackets: { cutBursts: 320, longestCutBurst: 44 } });
  const tso = (state: string): HostState =>
    host(features({ 'tx-tcp-segmentation': state, 'generic-receive-offload': 'off' }));

  it('that says TSO is off makes "not used" certain, with its own device in the command', () => {
    const given = context({ hosts: [tso('off')] });
    const verdict = verdictOf(tsoNotUsed, connection({ data: cut }), given);
    expect(verdict.confidence).toBeGreaterThan(0.95);
    expect(verdict.evidence.map((evidence) => evidence.source)).toContain('host:ethtool_-k_eth0:2');
    expect(verdict.fixes[0]?.command).toBe('ethtool -K eth0 tx-tcp-segmentation on');
    expect(diagnoseConnection(connection({ data: cut }), given).beliefs.tsoIsOff.answer).toBe('yes');
  });

  it('that says TSO is on takes the fix away: something else cut', () => {
    const given = context({ hosts: [tso('on')] });
    const verdict = verdictOf(tsoNotUsed, connection({ data: cut }), given);
    expect(verdict.fixes).toEqual([]);
    expect(againstKeys(verdict)).toContain('tso-not-used.against.host-says-on');
    expect(diagnoseConnection(connection({ data: cut }), given).beliefs.tsoIsOff.answer).toBe('no');
  });

  it('that agrees with the capture is quoted', () => {
    const verdict = verdictOf(tsoInEffect, connection(), context({ hosts: [tso('on')] }));
    expect(verdict.evidence.some((evidence) => evidence.source.startsWith('host:'))).toBe(true);
    expect(judge(hostContradictsCapture, connection(), context({ hosts: [tso('on')] }))).toEqual([]);
  });

  it('that contradicts the capture is told so', () => {
    const sender = verdictOf(hostContradictsCapture, connection(), context({ hosts: [tso('off')] }));
    expect(sender.claim.key).toBe('host-contradicts-capture.claim.tso');
    expect(againstKeys(sender)).toContain('host.against.assumed');
    const receiver = verdictOf(hostContradictsCapture, connection({ data: merged }), context({ hosts: [tso('on')] }));
    expect(receiver.claim.key).toBe('host-contradicts-capture.claim.merge');
  });

  it('with an old kernel keeps the old place of the tap in mind', () => {
    const old = context({ hosts: [host(uname('2.6.32'), features({ 'tx-tcp-segmentation': 'off' }))] });
    expect(againstKeys(verdictOf(tsoInEffect, connection(), old))).toContain('tso-in-effect.against.old-tap');
  });

  it('whose tbf is too small is the one that cuts, and its burst is raised', async () => {
    const given = context({ hosts: [await recorded('veth-sender-send-buffer-tbf')] });
    const split = connection({
      data: smallBecause('split-below-tcp', { maxPayloadBytes: 7240 }),
      connection: { client: { ip: '192.0.2.1' } },
    });
    const [qdisc] = [...(given.hosts[0]?.devices.get('eth0')?.qdiscs ?? [])];
    expect(qdisc?.value.kind).toBe('tbf');
    const [verdict] = judge(smallPacketsSplitBelowTcp, split, given);
    expect(verdict?.code).toBe('small-packets-split-below-tcp');
  });

  it('is told apart by its sockets: rcvmss above the segments, on its own line', () => {
    const socket: HostText = {
      path: 'ss_-tinmop',
      text: [
        'State Recv-Q Send-Q Local Address:Port Peer Address:Port Process',
        'ESTAB 0 0 10.0.0.2:5201 10.0.0.1:40000',
        '\t cubic wscale:7,7 rto:204 rtt:0.3/0.1 mss:1448 pmtu:1500 rcvmss:23168 advmss:1448 cwnd:10',
        '',
      ].join('\n'),
    };
    const old = context({
      hosts: [host(uname('3.10.0-514.el7.x86_64'), socket, features({ 'large-receive-offload': 'on' }))],
    });
    const verdict = verdictOf(mergedWithoutGsoSize, connection({ data: merged }), old);
    expect(verdict.severity).toBe('problem');
    expect(verdict.evidence[0]?.source).toBe('host:ss_-tinmop:3');
    expect(verdict.fixes[0]?.command).toBe('ethtool -K eth0 lro off');
    const now = context({
      hosts: [host(uname('6.1.0-28-amd64'), socket, features({ 'large-receive-offload': 'on' }))],
    });
    const harmless = verdictOf(mergedWithoutGsoSize, connection({ data: merged }), now);
    expect(harmless.severity).toBe('info');
    expect(harmless.fixes).toEqual([]);
  });

  it('agrees with the window by rwnd_limited, and its own tcp_rmem is what the undo restores', () => {
    const sender: HostText = {
      path: 'ss_-tinmop',
      text: [
        'State Recv-Q Send-Q Local Address:Port Peer Address:Port Process',
        'ESTAB 0 99999 10.0.0.1:40000 10.0.0.2:5201',
        '\t cubic wscale:7,7 rto:204 rtt:0.3/0.1 mss:1448 cwnd:10 busy:400ms rwnd_limited:372ms(93.0%)',
        '',
      ].join('\n'),
    };
    const receiver = assembleHost(
      [
        {
          path: 'ss_-tinmop',
          text: 'State Recv-Q Send-Q Local Address:Port Peer Address:Port\nESTAB 0 0 10.0.0.2:5201 10.0.0.1:40000\n',
        },
        sysctls('net.ipv4.tcp_rmem = 4096\t131072\t6291456\n'),
      ],
      { name: 'receiver' },
    );
    const limited = connection({ data: { limits: { receiveWindow: 0.92 } } });
    const verdict = verdictOf(limitedByReceiveWindow, limited, context({ hosts: [host(sender), receiver] }));
    expect(verdict.evidence.some((evidence) => evidence.source === 'host:ss_-tinmop:3')).toBe(true);
    expect(verdict.fixes[0]?.undo).toBe('sysctl -w net.ipv4.tcp_rmem="4096 131072 6291456"');
  });

  it('excludes or admits merging as the cause of a clamped window by its kernel', () => {
    const clamped = connection({
      data: {
        capturePoint: 'receiver',
        window: { clamped: true, clampedAtBytes: 720, clampedSinceRow: 9, clampedForNs: 1e9, beforeClampBytes: 64_240 },
      },
    });
    const ask = (release: string) =>
      againstKeys(verdictOf(windowClamped, clamped, context({ hosts: [host(uname(release))] })));
    expect(ask('5.15.0-91-generic')).toContain('window-clamped.against.merge-excluded');
    expect(ask('2.6.32-279.el6.x86_64')).toContain('window-clamped.against.merge-possible');
  });

  it('that is another machine is not taken for an end of the connection', () => {
    const other: HostText = {
      path: 'ss_-tinmop',
      text: 'State Recv-Q Send-Q Local Address:Port Peer Address:Port\nESTAB 0 0 192.0.2.9:22 192.0.2.8:4000\n',
    };
    const given = context({ hosts: [host(other, features({ 'tx-tcp-segmentation': 'off' }))] });
    expect(judge(hostContradictsCapture, connection(), given)).toEqual([]);
  });

  it('names the switch behind a merge', () => {
    const given = context({ hosts: [host(features({ 'rx-gro-hw': 'on', 'generic-receive-offload': 'on' }))] });
    const keys = verdictOf(receiveMerge, connection({ data: merged }), given).evidence.map(({ text }) => text.key);
    expect(keys).toContain('receive-merge.for.host-gro-hw');
  });

  it('has its own verdicts among the findings', async () => {
    const given = context({ hosts: [await recorded('sos')] });
    const codes = diagnoseCapture({ ackedUnseen: noRows, udpFlows: [] }, given).map(({ code }) => code);
    expect(codes[0]).toBe('host-lro-on-forwarder');
  });
});
