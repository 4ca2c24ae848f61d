import { describe, expect, it } from 'vitest';
import { compareReleases, compareToLine, parseKernelRelease } from './release.ts';

const read = (text: string) => {
  const release = parseKernelRelease(text);
  if (release === undefined) throw new Error(`not read: ${text}`);
  return release;
};

describe('kernel releases', () => {
  it.each([
    ['3.10.0-1160.99.1.el7.x86_64', 'rhel', 3, 10, 7, [1160, 99, 1]],
    ['2.6.18-274.el5', 'rhel', 2, 6, 5, [274]],
    ['2.6.32-642.el6.x86_64', 'rhel', 2, 6, 6, [642]],
    ['4.18.0-553.16.1.el8_10.x86_64', 'rhel', 4, 18, 8, [553, 16, 1]],
    ['5.4.17-2136.338.4.2.el8uek.x86_64', 'uek', 5, 4, 8, [2136, 338, 4, 2]],
    ['5.15.0-91-generic', 'ubuntu', 5, 15, undefined, [91]],
    ['6.8.0-1010-aws', 'ubuntu', 6, 8, undefined, [1010]],
    ['6.1.0-28-amd64', 'debian', 6, 1, undefined, [28]],
    ['6.1.0-28-cloud-amd64', 'debian', 6, 1, undefined, [28]],
    ['6.12.43+deb13-amd64', 'debian', 6, 12, undefined, []],
    ['5.10.0-0.deb10.16-amd64', 'debian', 5, 10, undefined, [0]],
    ['6.11.4-301.fc41.x86_64', 'fedora', 6, 11, 41, [301]],
    ['5.14.21-150500.55.83-default', 'sles', 5, 14, undefined, [150500, 55, 83]],
    ['6.1.119-129.201.amzn2023.x86_64', 'amazon', 6, 1, 2023, [129, 201]],
    ['5.15.167.4-microsoft-standard-WSL2', 'wsl', 5, 15, undefined, []],
    ['6.8.12-4-pve', 'proxmox', 6, 8, undefined, [4]],
    ['6.18.44', 'upstream', 6, 18, undefined, []],
    ['6.19.0-rc3', 'upstream', 6, 19, undefined, []],
    ['4.4.0-my-own', 'unknown', 4, 4, undefined, []],
  ] as const)('%s', (text, flavour, major, minor, distributionMajor, build) => {
    expect(read(text)).toMatchObject({ flavour, major, minor, build });
    expect(read(text).distributionMajor).toBe(distributionMajor);
  });

  it('orders by number, then by build of one flavour, and a candidate before its release', () => {
    const order = [
      '2.6.18-238.el5',
      '2.6.18-274.el5',
      '2.6.32-358.el6',
      '3.10.0-514.el7',
      '3.10.0-1160.el7',
      '4.9.1',
      '6.19.0-rc3',
      '6.19.0',
    ];
    for (let i = 1; i < order.length; i++) {
      expect(compareReleases(read(order[i - 1] ?? ''), read(order[i] ?? ''))).toBeLessThan(0);
    }
  });
  it('compares with an upstream line', () => {
    expect(compareToLine(read('4.8.17'), 4, 9)).toBeLessThan(0);
    expect(compareToLine(read('4.9.300'), 4, 9)).toBe(0);
    expect(compareToLine(read('6.1.0-28-amd64'), 4, 9)).toBeGreaterThan(0);
  });
  it('does not read what does not start with a version', () => {
    expect(parseKernelRelease('Linux')).toBeUndefined();
    expect(parseKernelRelease('')).toBeUndefined();
  });
});
