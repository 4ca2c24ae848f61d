// Kernel releases: `uname -r` as something that can be compared. A distribution's number is not upstream's: Red Hat's
// 3.10.0-1160.el7 carries thousands of backports and behaves in places like 4.9, so the flavour stays beside the numbers.

export type KernelFlavour =
  | 'upstream'
  | 'rhel' // and its rebuilds: CentOS, Rocky, Alma, Oracle's RHCK
  | 'fedora'
  | 'uek' // Oracle's own kernel
  | 'ubuntu'
  | 'debian'
  | 'sles'
  | 'amazon'
  | 'wsl'
  | 'proxmox'
  | 'unknown';

export interface KernelRelease {
  /** As `uname -r` printed it. */
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  /** The third number; 0 when there is none. On Ubuntu and RHEL it does not name the stable release. */
  readonly patch: number;
  readonly flavour: KernelFlavour;
  /** Numbers after the first dash: [1160, 99, 1] of 3.10.0-1160.99.1.el7. Compare only within one flavour and line. */
  readonly build: readonly number[];
  /** RHEL's (or SLES', Fedora's) major version: 7 of el7. */
  readonly distributionMajor?: number;
  /** Release candidate number of 6.19.0-rc3. */
  readonly releaseCandidate?: number;
}

const VERSION = /^(\d{1,3})\.(\d{1,4})(?:\.(\d{1,5}))?/;

/** Reads a kernel release string; undefined when it does not start with two numbers. */
export function parseKernelRelease(text: string): KernelRelease | undefined {
  const release = text.trim();
  const match = VERSION.exec(release);
  if (match === null) return undefined;
  const rest = release.slice(match[0].length);
  const candidate = /-rc(\d{1,2})\b/.exec(rest);
  const { flavour, distributionMajor } = flavourOf(rest);
  return {
    text: release,
    major: Number(match[1]),
    minor: Number(match[2]),
    patch: Number(match[3] ?? 0),
    flavour,
    build: buildNumbers(rest.replace(/^-?rc\d+/, '')),
    ...(distributionMajor === undefined ? {} : { distributionMajor }),
    ...(candidate === null ? {} : { releaseCandidate: Number(candidate[1]) }),
  };
}

function flavourOf(rest: string): { flavour: KernelFlavour; distributionMajor?: number } {
  const uek = /\.el(\d{1,2})uek/.exec(rest);
  if (uek !== null) return { flavour: 'uek', distributionMajor: Number(uek[1]) };
  const el = /\.el(\d{1,2})/.exec(rest);
  if (el !== null) return { flavour: 'rhel', distributionMajor: Number(el[1]) };
  const fc = /\.fc(\d{1,3})/.exec(rest);
  if (fc !== null) return { flavour: 'fedora', distributionMajor: Number(fc[1]) };
  const amzn = /\.amzn(\d{1,4})/.exec(rest);
  if (amzn !== null) return { flavour: 'amazon', distributionMajor: Number(amzn[1]) };
  if (/-pve\b/.test(rest)) return { flavour: 'proxmox' };
  if (/microsoft/i.test(rest)) return { flavour: 'wsl' };
  if (/^-\d+(\.\d+)*-default$/.test(rest)) return { flavour: 'sles' };
  // Debian before Ubuntu: 6.1.0-28-amd64, 6.1.0-28-cloud-amd64, 6.12.43+deb13-amd64, 5.10.0-0.deb10.16-amd64.
  if (/[+~.-]deb\d+|\bbpo\b|-(?:cloud-|rt-)?(?:amd64|arm64|686(?:-pae)?|armmp|ppc64el|s390x|riscv64)\b/.test(rest)) {
    return { flavour: 'debian' };
  }
  // Ubuntu: 5.15.0-91-generic, 6.8.0-1010-aws, 5.15.0-1053-azure-fips.
  if (
    /^-\d+(?:\.\d+)?-(?:generic|lowlatency|server|virtual|aws|azure|gcp|gke|oracle|ibm|kvm|raspi|oem|nvidia|hwe)/.test(
      rest,
    )
  ) {
    return { flavour: 'ubuntu' };
  }
  if (rest === '' || /^-rc\d+\+?$/.test(rest)) return { flavour: 'upstream' };
  return { flavour: 'unknown' };
}

function buildNumbers(rest: string): readonly number[] {
  const match = /^[-+](\d+(?:\.\d+)*)/.exec(rest);
  return match === null ? [] : (match[1] ?? '').split('.').map(Number);
}

/** Upstream numbers only: negative when `a` is older than `major.minor`, 0 when in that line, positive when newer. */
export function compareToLine(a: KernelRelease, major: number, minor: number): number {
  return a.major - major || a.minor - minor;
}

/** Orders two releases by upstream numbers, then by build when both are of one flavour. Says nothing about backports. */
export function compareReleases(a: KernelRelease, b: KernelRelease): number {
  const byNumber = a.major - b.major || a.minor - b.minor || a.patch - b.patch;
  if (byNumber !== 0) return byNumber;
  if (a.flavour === b.flavour) {
    for (let i = 0; i < Math.max(a.build.length, b.build.length); i++) {
      const difference = (a.build[i] ?? 0) - (b.build[i] ?? 0);
      if (difference !== 0) return difference;
    }
  }
  return (a.releaseCandidate ?? Number.POSITIVE_INFINITY) === (b.releaseCandidate ?? Number.POSITIVE_INFINITY)
    ? 0
    : (a.releaseCandidate ?? Number.POSITIVE_INFINITY) - (b.releaseCandidate ?? Number.POSITIVE_INFINITY);
}
