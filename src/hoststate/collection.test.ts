import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deviceOutputs, HOST_OUTPUTS } from './collection.ts';
import { outputByName } from './detect.ts';

describe('what is collected', () => {
  it('is known again by its file name, with its device', () => {
    for (const output of HOST_OUTPUTS) expect(outputByName(output.file)).toEqual({ kind: output.kind });
    for (const device of ['eth0', 'enp3s0f0np0', 'bond0.30', 'br-12ab_c', 'wg0']) {
      for (const output of deviceOutputs(device))
        expect(outputByName(output.file)).toEqual({ kind: output.kind, device });
    }
  });
  it('has the names that sos uses', () => {
    expect(deviceOutputs('eth0').map((output) => output.file)).toEqual([
      'ethtool_-k_eth0',
      'ethtool_-i_eth0',
      'ethtool_-S_eth0',
    ]);
    expect(HOST_OUTPUTS.map((output) => output.file)).toContain('ip_-s_-d_link');
  });
});

describe('docs/host-state.md', () => {
  it('lists the same commands and file names', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/host-state.md'), 'utf8');
    for (const { command, file } of [...HOST_OUTPUTS, ...deviceOutputs('eth0')]) {
      expect(page).toContain(`| \`${command.join(' ')}\` | \`${file}\` |`);
    }
  });
});
