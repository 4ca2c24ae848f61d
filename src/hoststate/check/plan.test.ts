import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readHost } from '../../node/read-host.ts';
import { assembleHost } from '../assemble.ts';
import type { HostState } from '../host-state.ts';
import { type ChangePlan, type FeatureChange, PlanError, planChange } from './plan.ts';

const hosts = join(import.meta.dirname, '../../../test/hosts');

function planOn(host: HostState, dev: string, ...changes: readonly `${string}=${'on' | 'off'}`[]): ChangePlan {
  const device = host.devices.get(dev);
  if (device === undefined) throw new Error(`no ${dev}`);
  const wishes = changes.map((change): FeatureChange => {
    const [name = '', state] = change.split('=');
    return { name, state: state === 'on' ? 'on' : 'off' };
  });
  return planChange(host, host, device, wishes);
}

async function recorded(
  name: string,
  dev: string,
  ...changes: readonly `${string}=${'on' | 'off'}`[]
): Promise<ChangePlan> {
  return planOn(await readHost(join(hosts, name)), dev, ...changes);
}

function made(driver: string, ...features: readonly string[]): HostState {
  const texts = [
    { path: 'ethtool_-k_eth0', text: `Features for eth0:\n${features.join('\n')}\n` },
    { path: 'ethtool_-i_eth0', text: `driver: ${driver}\nversion: 1\n` },
  ];
  return assembleHost(texts, { name: 'lab' });
}

const moved = (plan: ChangePlan): Readonly<Record<string, string>> =>
  Object.fromEntries(
    plan.moves.map(({ feature, to, asked }) => [feature, `${to ? 'on' : 'off'}, ${asked ? 'asked' : 'follows'}`]),
  );
const risks = (plan: ChangePlan): readonly string[] => plan.risks.map(({ key }) => key);

describe('the plan of a change', () => {
  it('gro off on bnxt takes hardware GRO along, re-opens the card, and gro on brings both back', async () => {
    const plan = await recorded('bnxt-thor-default', 'ens3f0np0', 'gro=off');
    expect(plan.command).toEqual(['ethtool', '-K', 'ens3f0np0', 'gro', 'off']);
    expect(plan.undo).toEqual(['ethtool', '-K', 'ens3f0np0', 'gro', 'on']);
    expect(moved(plan)).toEqual({ 'rx-gro': 'off, asked', 'rx-gro-hw': 'off, follows' });
    expect(plan.moves[1]?.because).toEqual({ needsAnyOf: ['rx-gro'] });
    expect(risks(plan)).toContain('plan.risk.bnxt-re-opens');
    const back = await recorded('bnxt-thor-gro-off', 'ens3f0np0', 'gro=on');
    expect(moved(back)).toEqual({ 'rx-gro': 'on, asked', 'rx-gro-hw': 'on, follows' });
  });

  it('rx-gro-hw off leaves software GRO alone', async () => {
    expect(moved(await recorded('bnxt-thor-default', 'ens3f0np0', 'rx-gro-hw=off'))).toEqual({
      'rx-gro-hw': 'off, asked',
    });
  });

  it('lro on stays off while hardware GRO is on, and with hardware GRO off is warned of', async () => {
    const alone = await recorded('bnxt-thor-default', 'ens3f0np0', 'lro=on');
    expect(alone.moves).toEqual([]);
    expect(alone.unmoved).toEqual([{ feature: 'rx-lro', why: 'vetoed', needs: [], excludedBy: ['rx-gro-hw'] }]);
    expect(alone.undo).toEqual(['ethtool', '-K', 'ens3f0np0', 'lro', 'off']);
    const both = await recorded('bnxt-thor-default', 'ens3f0np0', 'lro=on', 'rx-gro-hw=off');
    expect(moved(both)).toEqual({ 'rx-gro-hw': 'off, asked', 'rx-lro': 'on, asked' });
    expect(risks(both)).toContain('plan.risk.driver-fault');
  });

  it('lro on is called lossy on a host that forwards', async () => {
    const plan = await recorded('router-lro-off', 'enp6s0f0', 'lro=on');
    expect(risks(plan)[0]).toBe('plan.risk.lro-on-forwarder');
  });

  it('scatter-gather off takes TSO and GSO of veth along, as the kernel did in the recording', async () => {
    const plan = await recorded('veth-sender-receive-window', 'eth0', 'sg=off');
    expect(moved(plan)).toMatchObject({
      'tx-scatter-gather': 'off, asked',
      'tx-tcp-segmentation': 'off, follows',
      'tx-tcp6-segmentation': 'off, follows',
      'tx-generic-segmentation': 'off, follows',
    });
    const after = await readHost(join(hosts, 'veth-sg-off'));
    const device = after.devices.get('eth0');
    for (const { feature, to } of plan.moves) expect(device?.features.get(feature)?.value.active, feature).toBe(to);
  });

  it('is undone bit by bit, for the key of a group would turn on members that nobody had on', () => {
    const host = made(
      'igb',
      'scatter-gather: on',
      '\ttx-scatter-gather: on',
      'tx-checksum-ip-generic: on',
      'tcp-segmentation-offload: on',
      '\ttx-tcp-segmentation: on',
      '\ttx-tcp-mangleid-segmentation: off',
      '\ttx-tcp6-segmentation: on',
    );
    const plan = planOn(host, 'eth0', 'tso=off');
    expect(plan.command).toEqual(['ethtool', '-K', 'eth0', 'tso', 'off']);
    expect(plan.undo).toEqual(['ethtool', '-K', 'eth0', 'tx-tcp-segmentation', 'on', 'tx-tcp6-segmentation', 'on']);
  });

  it('of what cannot or need not change moves nothing, and says which it is', () => {
    const host = made('virtio_net', 'rx-gro-hw: on [fixed]', 'generic-receive-offload: on');
    const plan = planOn(host, 'eth0', 'rx-gro-hw=off', 'gro=on');
    expect(plan.moves).toEqual([]);
    expect(plan.undo).toEqual([]);
    expect(plan.unmoved).toEqual([
      { feature: 'rx-gro-hw', why: 'fixed' },
      { feature: 'rx-gro', why: 'already' },
    ]);
    expect(plan.risks).toEqual([]);
  });

  it('of a feature that is not there names those that are', () => {
    const host = made('virtio_net', 'rx-gro-hw: on [fixed]', 'generic-receive-offload: on');
    expect(() => planOn(host, 'eth0', 'lro=off')).toThrow(PlanError);
    expect(() => planOn(host, 'eth0', 'lro=off')).toThrow(/no feature lro; what can be changed: gro/);
  });

  it('keeps every changeable feature as it was', () => {
    const host = made(
      'igb',
      'generic-receive-offload: on',
      'large-receive-offload: off [fixed]',
      'rx-all: off [requested on]',
    );
    expect(planOn(host, 'eth0', 'gro=off').before).toEqual({
      'rx-gro': { active: true, requested: true },
      'rx-all': { active: false, requested: true },
    });
  });
});
