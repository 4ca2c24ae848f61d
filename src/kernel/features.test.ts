import { describe, expect, it } from 'vitest';
import { ethtoolKey, featuresMovedBy, movesOf, resolveFeatures, vetoesOf } from './features.ts';

const bnxt = new Map([
  ['rx-checksum', true],
  ['rx-gro', true],
  ['rx-gro-hw', true],
  ['rx-lro', false],
  ['tx-scatter-gather', true],
  ['tx-checksum-ipv4', true],
  ['tx-checksum-ipv6', true],
  ['tx-tcp-segmentation', true],
  ['tx-tcp6-segmentation', true],
]);

describe('names', () => {
  it('tso moves IPv4 and IPv6 together', () => {
    expect(featuresMovedBy('tso')).toContain('tx-tcp6-segmentation');
    expect(featuresMovedBy('tso')).toContain('tx-tcp-segmentation');
  });
  it('a one-bit feature is set by its short key, a member of a larger group by its own name', () => {
    expect(ethtoolKey('rx-gro')).toBe('gro');
    expect(ethtoolKey('generic-receive-offload')).toBe('gro');
    expect(ethtoolKey('tx-tcp6-segmentation')).toBe('tx-tcp6-segmentation');
    expect(ethtoolKey('rx-gro-hw')).toBe('rx-gro-hw');
  });
});

describe('what a change drags along', () => {
  const state = { wanted: bnxt, fixed: new Set<string>(), driver: 'bnxt_en' };

  it('gro off on bnxt takes rx-gro-hw with it', () => {
    expect(movesOf('gro', false, state)).toEqual([
      { feature: 'rx-gro', from: true, to: false, asked: true },
      { feature: 'rx-gro-hw', from: true, to: false, asked: false },
    ]);
  });
  it('gro off on bnxt lets a wanted LRO come on', () => {
    const moves = movesOf('gro', false, { ...state, wanted: new Map(bnxt).set('rx-lro', true) });
    expect(moves).toContainEqual({ feature: 'rx-lro', from: false, to: true, asked: false });
  });
  it('gro off on another driver leaves rx-gro-hw alone', () => {
    expect(movesOf('gro', false, { ...state, driver: 'mlx5_core' }).map((move) => move.feature)).toEqual(['rx-gro']);
  });
  it('sg off takes both kinds of TSO away', () => {
    const moved = movesOf('sg', false, state).map((move) => move.feature);
    expect(moved).toContain('tx-tcp-segmentation');
    expect(moved).toContain('tx-tcp6-segmentation');
  });
  it('a fixed feature does not move', () => {
    expect(movesOf('gro', false, { ...state, fixed: new Set(['rx-gro']) })).toEqual([]);
  });
  it('rx checksum off takes rx-gro-hw away', () => {
    expect(resolveFeatures(new Map(bnxt).set('rx-checksum', false)).get('rx-gro-hw')).toBe(false);
  });
});

describe('why a requested feature is off', () => {
  it('names scatter-gather', () => {
    const rules = vetoesOf('tx-tcp-segmentation', (feature) => feature === 'tx-checksum-ip-generic');
    expect(rules.map((rule) => rule.needsAnyOf)).toEqual([['tx-scatter-gather']]);
  });
  it('is silent where no rule applies', () => {
    expect(vetoesOf('tx-tcp-segmentation', () => true)).toEqual([]);
  });
});
