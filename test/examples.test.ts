// The examples run as they are, against the built package and a golden capture.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { capturePath, cli, root } from './end-to-end/golden.ts';

const capture = capturePath('small-packets/window-720-unscaled.pcap');
const examples = readdirSync(join(root, 'examples'));

interface Expectation {
  readonly says: RegExp;
  readonly status: number;
  /** Instead of the capture. */
  readonly arguments?: readonly string[];
}

/** What each example must say of a capture whose receiver never offered more than 720 bytes. */
const expected: Readonly<Record<string, Expectation>> = {
  'before-i-turn-gro-off.mjs': {
    says: /undo: ethtool -K ens3f0np0 gro on[\s\S]*rx-gro-hw: on -> off, which follows[\s\S]*risk: /,
    status: 0,
    arguments: [join(root, 'test/hosts/bnxt-thor-default'), 'ens3f0np0'],
  },
  'loss-or-artefact.mjs': {
    says: /0 packets sent again[\s\S]*copies by a second tap/,
    status: 0,
    arguments: [capturePath('taps/two-taps-merged.pcapng')],
  },
  'packets-on-the-wire.mjs': {
    says: /^757 packets of at most 360 bytes of payload$/m,
    status: 0,
    arguments: [capture, '360', 'wire.pcapng'],
  },
  'before-or-after-tso.mjs': {
    says: /above the sending NIC: before TSO[\s\S]*packets on the wire \(known\)/,
    status: 0,
  },
  'who-limits.mjs': { says: /client: busy \d+ ms: receiveWindow (9\d|100)%/, status: 0 },
  'why-small-packets.mjs': { says: /360 B because the window/, status: 0 },
  'fail-a-pipeline.sh': { says: /a problem: see report\.json/, status: 1 },
};

function run(name: string): { status: number | null; stdout: string; stderr: string } {
  const cwd = mkdtempSync(join(tmpdir(), 'wiretruth-example-'));
  const [program, ...args] = name.endsWith('.sh') ? ['sh'] : [process.execPath];
  const result = spawnSync(
    program ?? '',
    [...args, join(root, 'examples', name), ...(expected[name]?.arguments ?? [capture])],
    {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, WIRETRUTH: `${process.execPath} ${cli}` },
    },
  );
  rmSync(cwd, { recursive: true, force: true });
  return result;
}

describe('examples', () => {
  test('each has an expectation here', () => {
    expect(examples.sort()).toEqual(Object.keys(expected).sort());
  });

  test.each(examples)('%s runs and says the right thing', (name) => {
    const { status, stdout, stderr } = run(name);
    expect(stderr).toBe('');
    expect(stdout).toMatch(expected[name]?.says ?? /no expectation/);
    expect(status).toBe(expected[name]?.status);
  });

  test.each(examples)('%s is short enough to be read at once', (name) => {
    expect(readFileSync(join(root, 'examples', name), 'utf8').split('\n').length).toBeLessThanOrEqual(40);
  });
});
