// Station "kernel": which profile speaks for a host's kernel, and how far it can be trusted.

import { linux2618 } from './profiles/linux-2.6.18.ts';
import { linux2632, rhel6 } from './profiles/linux-2.6.32.ts';
import { linux310, rhel7, rhel79 } from './profiles/linux-3.10.ts';
import { linux49 } from './profiles/linux-4.9.ts';
import { linux418 } from './profiles/linux-4.18.ts';
import { linux515 } from './profiles/linux-5.15.ts';
import { linux61 } from './profiles/linux-6.1.ts';
import { linux612 } from './profiles/linux-6.12.ts';
import { linux618 } from './profiles/linux-6.18.ts';
import { linux72 } from './profiles/linux-7.2.ts';
import type { KernelProfile } from './profiles/profile.ts';
import { compareToLine, type KernelRelease } from './release.ts';

/** Every profile, oldest line first; a distribution's after the vanilla one. */
export const KERNEL_PROFILES: readonly KernelProfile[] = [
  linux2618,
  linux2632,
  rhel6,
  linux310,
  rhel7,
  rhel79,
  linux49,
  linux418,
  linux515,
  linux61,
  linux612,
  linux618,
  linux72,
];

/** The profile of this id (`6.18`, `3.10-rhel7`). */
export function profileById(id: string): KernelProfile | undefined {
  return KERNEL_PROFILES.find((profile) => profile.id === id);
}

export interface ProfileMatch {
  readonly profile: KernelProfile;
  /** `line`: this kernel line was read. `nearest`: another line stands in. `backports`: a distribution's own mixture. */
  readonly how: 'line' | 'nearest' | 'backports';
  /** Why it is a guess, for a person; undefined with `line`. */
  readonly guess?: string;
}

/** The profile that is nearest to a release, never newer than it where an older one exists. */
export function profileFor(release: KernelRelease): ProfileMatch {
  const rhel = release.flavour === 'rhel' ? rhelProfile(release) : undefined;
  if (rhel !== undefined) return rhel;
  const vanilla = KERNEL_PROFILES.filter(
    (profile) => profile.rhelMajor === undefined || profile.id === '2.6.18' || profile.id === '4.18',
  );
  let nearest = vanilla[0] ?? linux2618;
  for (const profile of vanilla) if (!isNewer(profile, release)) nearest = profile;
  const sameLine = compareToLine(release, nearest.line[0], nearest.line[1]) === 0 && samePatchLine(nearest, release);
  if (sameLine && nearest.id !== '4.18') {
    if (release.flavour === 'upstream' || release.flavour === 'debian') return { profile: nearest, how: 'line' };
    return {
      profile: nearest,
      how: 'backports',
      guess: `${release.text} is ${nearest.id} with a distribution's own patches`,
    };
  }
  const why =
    nearest.id === '4.18' && sameLine ? 'no 4.18 tree was read' : `no ${release.major}.${release.minor} tree was read`;
  return { profile: nearest, how: 'nearest', guess: `${why}; ${nearest.id} is the nearest older line known here` };
}

/** The 2.6 lines differ in their third number. */
function samePatchLine(profile: KernelProfile, release: KernelRelease): boolean {
  return profile.line[0] !== 2 || Number(profile.id.split('.')[2]) === release.patch;
}

function isNewer(profile: KernelProfile, release: KernelRelease): boolean {
  const byLine = compareToLine(release, profile.line[0], profile.line[1]);
  if (byLine !== 0) return byLine < 0;
  return profile.line[0] === 2 && Number(profile.id.split('.')[2]?.split('-')[0]) > release.patch;
}

/** RHEL's builds are its own history: 7.9's 3.10.0-1160 has the rcv_mss cap, 7.3's -514 has not. */
function rhelProfile(release: KernelRelease): ProfileMatch | undefined {
  const build = release.build[0] ?? 0;
  switch (release.distributionMajor) {
    case 5:
      return {
        profile: linux2618,
        how: 'backports',
        guess: 'RHEL 5 has backports (GRO among them) that were not read',
      };
    case 6:
      if (build === 642) return { profile: rhel6, how: 'line' };
      return { profile: rhel6, how: 'backports', guess: `of RHEL 6 only build 642 (6.8) was read, this is ${build}` };
    case 7:
      if (build >= 1160) return { profile: rhel79, how: 'line' };
      if (build === 514) return { profile: rhel7, how: 'line' };
      return {
        profile: rhel7,
        how: 'backports',
        guess: `of RHEL 7 only builds 514 and 1160 were read, this is ${build}${build > 514 ? ': the rcv_mss cap may be in it' : ''}`,
      };
    case 8:
      return {
        profile: linux418,
        how: 'backports',
        guess: 'no RHEL 8 tree was read; what 4.10 and 5.15 have in common',
      };
    default:
      return undefined;
  }
}
