import { describe, expect, it } from 'vitest';
import { assembleHost, type HostText } from './assemble.ts';
import { hostSource } from './host-state.ts';
import { mergeFactor, misleadingTsoGroup, tsoState, vetoedFeatures } from './readings.ts';

const host = (...texts: readonly HostText[]) => assembleHost(texts, { name: 'given' });
const features = (...lines: readonly string[]): HostText => ({
  path: 'ethtool_-k_eth0',
  text: ['Features for eth0:', ...lines, ''].join('\n'),
});

describe('a host put together', () => {
  it('is named by uname, else by what was given', () => {
    expect(host({ path: 'uname', text: 'Linux web1 6.1.0-28-amd64 #1\n' }).name).toBe('web1');
    expect(host().name).toBe('given');
  });
  it('takes the kernel from sysctl where there is no uname, with its line', () => {
    const { kernel } = host({ path: 'sysctl_-a', text: 'fs.x = 1\nkernel.osrelease = 5.15.0-91-generic\n' });
    expect(kernel?.value.flavour).toBe('ubuntu');
    expect(kernel?.source).toEqual({ file: 'sysctl_-a', line: 2 });
  });
  it('quotes a fact as host:FILE:LINE', () => {
    const fact = host(features('rx-gro-hw: on')).devices.get('eth0')?.features.get('rx-gro-hw');
    expect(fact && hostSource(fact.source)).toBe('host:ethtool_-k_eth0:2');
  });
  it('the content names the device, not the file', () => {
    expect([...host({ path: 'ethtool_-k_x', text: 'Features for eth9:\nrx-gro-hw: on\n' }).devices.keys()]).toEqual([
      'eth9',
    ]);
  });
  it('ethtool -i without a device belongs to the only one; with two it is a problem', () => {
    const driver = { path: 'driver.txt', text: 'driver: ixgbe\nversion: 1\n' };
    expect(host(driver, features('rx-gro-hw: on')).devices.get('eth0')?.driver?.driver.value).toBe('ixgbe');
    const two = host(driver, features('rx-gro-hw: on'), {
      path: 'ethtool_-k_eth1',
      text: 'Features for eth1:\nrx-gro-hw: on\n',
    });
    expect(two.problems.map((problem) => problem.expected)).toEqual([
      'the device in the file name (ethtool_-i_eth0), for this output does not name it',
    ]);
  });
  it('two outputs that contradict each other: the first is kept, and both places are named', () => {
    const { devices, problems } = host(features('rx-gro-hw: on'), {
      path: 'later/ethtool_-k_eth0',
      text: 'Features for eth0:\nrx-gro-hw: off\n',
    });
    expect(devices.get('eth0')?.features.get('rx-gro-hw')?.value.active).toBe(true);
    expect(problems.map((problem) => problem.message)).toEqual([
      'later/ethtool_-k_eth0:2: found "rx-gro-hw off"; expected eth0 rx-gro-hw on as in ethtool_-k_eth0:2, which was kept',
    ]);
  });
  it('namespaces have devices of their own', () => {
    const state = host(features('rx-gro-hw: on'), {
      path: 'ip_netns_exec_blue_ethtool_-k_eth0',
      text: 'Features for eth0:\nrx-gro-hw: off\n',
    });
    expect(state.devices.get('eth0')?.features.get('rx-gro-hw')?.value.active).toBe(true);
    expect(state.namespaces.get('blue')?.devices.get('eth0')).toMatchObject({ namespace: 'blue' });
    expect(state.problems).toEqual([]);
  });
  it('an unknown file is listed and is no problem', () => {
    const { files, problems } = host({ path: 'readme.txt', text: 'hello\n' });
    expect(files).toEqual([{ path: 'readme.txt', fromLine: 1, lineCount: 1 }]);
    expect(problems).toEqual([]);
  });
  it('an absent snd_wnd is 0 on a kernel that has it', () => {
    const ss = { path: 'ss', text: 'ESTAB 0 0 10.0.0.1:1 10.0.0.2:2\n\t cubic mss:1448\n' };
    expect(host(ss, { path: 'uname', text: '6.1.0\n' }).sockets[0]?.sndWndIsZero).toBe(true);
    expect(host(ss, { path: 'uname', text: '4.9.0\n' }).sockets[0]?.sndWndIsZero).toBe(false);
    expect(host(ss).sockets[0]?.sndWndIsZero).toBe(false);
  });
});

describe('readings', () => {
  const device = (...lines: readonly string[]) => {
    const found = host(features(...lines)).devices.get('eth0');
    if (found === undefined) throw new Error('no device');
    return found;
  };

  it('TSO is read per family, and from the group line only where there are no members', () => {
    const members = device('tcp-segmentation-offload: on', '\ttx-tcp-segmentation: off', '\ttx-tcp6-segmentation: on');
    expect(tsoState(members, 4)).toMatchObject({ fact: { value: { active: false } }, fromGroupLine: false });
    expect(tsoState(members, 6)).toMatchObject({ fact: { value: { active: true } } });
    expect(misleadingTsoGroup(members)?.off).toHaveLength(1);
    const old = device('tcp-segmentation-offload: on');
    expect(tsoState(old, 4)).toMatchObject({ fact: { value: { active: true } }, fromGroupLine: true });
    expect(misleadingTsoGroup(old)).toBeUndefined();
  });
  it('a veto is explained by the rule that made it', () => {
    const vetoed = vetoedFeatures(
      device('tx-scatter-gather: off', 'tx-checksum-ip-generic: on', 'tx-tcp-segmentation: off [requested on]'),
    );
    expect(vetoed.map(({ feature, because }) => [feature, because.map((rule) => rule.needsAnyOf)])).toEqual([
      ['tx-tcp-segmentation', [['tx-scatter-gather']]],
    ]);
  });
  it('the merge factor is segments over frames', () => {
    const counters = (lines: string) => mergeFactor(host({ path: 'nstat', text: lines }), 4);
    expect(counters('IpInReceives 56 0.0\nIpExtInNoECTPkts 2000 0.0\nIpExtInECT0Pkts 75 0.0\n')).toMatchObject({
      segments: 2075,
      factor: 2075 / 56,
    });
    expect(counters('IpInReceives 56 0.0\n')).toBeUndefined();
    expect(counters('IpInReceives 0 0.0\nIpExtInNoECTPkts 0 0.0\n')).toBeUndefined();
  });
});
