import { describe, expect, it } from 'vitest';
import { problemOn } from './driver.ts';
import { DRIVERS, driverFacts } from './drivers.ts';
import { egressPath, ingressPath } from './path.ts';
import { KERNEL_PROFILES, profileFor } from './profile-for.ts';
import { parseKernelRelease } from './release.ts';
import { sysctlDefault } from './sysctls.ts';

const release = (text: string) => {
  const parsed = parseKernelRelease(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
};
const problem = (driver: string, id: string, kernel: string) => {
  const found = driverFacts(driver)?.problems.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(id);
  return problemOn(found, release(kernel));
};

describe('driver problems', () => {
  it.each([
    ['bnx2x', 'bnx2x-lro-mss', '2.6.18-238.el5', 'yes'],
    ['bnx2x', 'bnx2x-lro-mss', '2.6.18-274.el5', 'no'],
    ['bnx2x', 'bnx2x-lro-mss', '3.10.0-1160.el7', 'no'],
    ['ixgbe', 'ixgbe-rsc-without-gso-size', '2.6.18-194.el5', 'no'],
    ['ixgbe', 'ixgbe-rsc-without-gso-size', '2.6.18-398.el5', 'yes'],
    ['ixgbe', 'ixgbe-rsc-without-gso-size', '2.6.32-279.el6', 'yes'],
    ['ixgbe', 'ixgbe-rsc-without-gso-size', '2.6.32-642.el6', 'no'],
    ['bnxt_en', 'bnxt-thor-gso-type', '5.15.100', 'yes'],
    ['bnxt_en', 'bnxt-thor-gso-type', '5.15.0-91-generic', 'unknown'],
    ['bnxt_en', 'bnxt-thor-gso-type', '6.6.60', 'unknown'],
    ['bnxt_en', 'bnxt-thor-gso-type', '6.18.2', 'no'],
    ['bnxt_en', 'bnxt-lro-without-gso-size', '6.18.2', 'yes'],
    ['atlantic', 'atlantic-lro-without-gso-size', '6.8.12-4-pve', 'yes'],
  ] as const)('%s %s on %s: %s', (driver, id, kernel, expected) => {
    expect(problem(driver, id, kernel)).toBe(expected);
  });
  it('each names what avoids it, and a source', () => {
    for (const driver of DRIVERS) {
      expect(driver.source).not.toBe('');
      for (const known of driver.problems) expect([known.avoid?.state, known.source === '']).toEqual(['off', false]);
    }
  });
  it('bnxt_en is known to have no module option', () => {
    expect(driverFacts('bnxt_en')?.moduleOptions).toEqual([]);
    expect(driverFacts('bnx2x')?.moduleOptions).toEqual(['disable_tpa']);
  });
  it('the merge counters of a driver are told from its other counters', () => {
    const merge = driverFacts('bnxt_en')?.statistics?.merge;
    expect(
      ['[0]: rx_tpa_pkt', '[0]: rx_tpa_events', '[3]: tpa_bytes', 'rx_tpa_eligible_bytes'].every((name) =>
        merge?.test(name),
      ),
    ).toBe(true);
    expect(['[0]: rx_ucast_packets', 'rx_total_l4_csum_errors'].some((name) => merge?.test(name))).toBe(false);
  });
});

describe('profiles', () => {
  it.each([
    ['2.6.18-398.el5', '2.6.18', 'backports'],
    ['2.6.32-642.el6.x86_64', '2.6.32-rhel6', 'line'],
    ['2.6.32-431.el6', '2.6.32-rhel6', 'backports'],
    ['2.6.32', '2.6.32', 'line'],
    ['2.6.39', '2.6.32', 'nearest'],
    ['3.10.0-514.el7', '3.10-rhel7', 'line'],
    ['3.10.0-957.el7', '3.10-rhel7', 'backports'],
    ['3.10.0-1160.99.1.el7', '3.10-rhel7.9', 'line'],
    ['3.10.108', '3.10', 'line'],
    ['4.4.200', '3.10', 'nearest'],
    ['4.9.337', '4.9', 'line'],
    ['4.18.0-553.el8', '4.18', 'backports'],
    ['5.14.0-503.el9', '4.18', 'nearest'],
    ['5.15.0-91-generic', '5.15', 'backports'],
    ['6.1.0-28-amd64', '6.1', 'line'],
    ['6.8.0-45-generic', '6.1', 'nearest'],
    ['6.18.44', '6.18', 'line'],
    ['7.0.1', '6.18', 'nearest'],
    ['7.2.0', '7.2', 'line'],
    ['2.4.37', '2.6.18', 'nearest'],
  ])('%s is read as %s (%s)', (kernel, id, how) => {
    const match = profileFor(release(kernel));
    expect([match.profile.id, match.how]).toEqual([id, how]);
    expect(match.guess === undefined).toBe(how === 'line');
  });
  it('only lines before 4.9 and RHEL 7.9 let a merged frame inflate rcv_mss', () => {
    const uncapped = KERNEL_PROFILES.filter((profile) => profile.receiver.rcvMssCap === 'none').map(
      (profile) => profile.id,
    );
    expect(uncapped).toEqual(['2.6.18', '2.6.32', '2.6.32-rhel6', '3.10', '3.10-rhel7']);
  });
  it('have different ids', () => {
    expect(new Set(KERNEL_PROFILES.map((profile) => profile.id)).size).toBe(KERNEL_PROFILES.length);
  });
});

describe('the path', () => {
  it('has one tap each way; after software GSO today, before it in the old era', () => {
    const order = (stations: readonly { id: string }[]) => stations.map((station) => station.id);
    expect(order(egressPath()).indexOf('tap')).toBe(order(egressPath()).indexOf('software-gso') + 1);
    expect(order(egressPath('tap-before-gso')).indexOf('tap')).toBe(
      order(egressPath('tap-before-gso')).indexOf('software-gso') - 1,
    );
    expect(order(ingressPath()).indexOf('tap')).toBeGreaterThan(order(ingressPath()).indexOf('gro'));
    for (const path of [egressPath(), egressPath('tap-before-gso'), ingressPath()])
      expect(path.filter((station) => station.tap)).toHaveLength(1);
  });
});

describe('sysctl defaults', () => {
  it('are those of the line', () => {
    expect(sysctlDefault('net.ipv4.tcp_adv_win_scale', 2, 6)).toBe('2');
    expect(sysctlDefault('net.ipv4.tcp_adv_win_scale', 5, 15)).toBe('1');
    expect(sysctlDefault('net.ipv4.tcp_rmem', 6, 18)).toBe('4096 131072 33554432');
    expect(sysctlDefault('net.ipv4.tcp_tso_rtt_log', 5, 15)).toBeUndefined();
    expect(sysctlDefault('net.no.such', 6, 18)).toBeUndefined();
  });
});
