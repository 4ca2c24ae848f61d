import { describe, expect, it } from 'vitest';
import { persistence, persistenceUndo } from './persistence.ts';

describe('making a setting last', () => {
  it('gives every mechanism for gro, and modprobe only where the driver has the option', () => {
    const texts = persistence('gro', 'eth0', 'off', 'bnxt_en');
    expect(Object.keys(texts)).toEqual(['networkmanager', 'systemd-link', 'netplan', 'ifupdown', 'ifcfg', 'udev']);
    expect(texts['networkmanager']).toContain('ethtool.feature-gro off');
    expect(texts['systemd-link']).toContain('GenericReceiveOffload=no');
    expect(texts['netplan']).toContain('    eth0:\n      generic-receive-offload: false');
    expect(texts['ifupdown']).toContain('offload-gro off');
    expect(texts['ifcfg']).toMatch(/ETHTOOL_OPTS="-K \$\{DEVICE\} gro off"/);
    expect(texts['udev']).toContain('ethtool -K $name gro off');
  });
  it('says that netplan has no key for rx-gro-hw, while systemd has one', () => {
    const texts = persistence('rx-gro-hw', 'eth0', 'off');
    expect(texts['netplan']).toContain('has no key for rx-gro-hw');
    expect(texts['systemd-link']).toContain('GenericReceiveOffloadHardware=no');
    expect(texts['ifupdown']).toContain('post-up ethtool -K eth0 rx-gro-hw off');
  });
  it('tso writes the IPv4 and the IPv6 key where they are apart', () => {
    const texts = persistence('tso', 'eth0', 'on');
    expect(texts['systemd-link']).toContain('TCP6SegmentationOffload=yes');
    expect(texts['netplan']).toContain('tcp6-segmentation-offload: true');
  });
  it('one family alone is one key', () => {
    expect(persistence('tx-tcp6-segmentation', 'eth0', 'off')['systemd-link']).not.toContain('TCPSegmentationOffload=');
  });
  it('lro off on bnx2x may be a module option; lro on may not', () => {
    expect(persistence('lro', 'eth0', 'off', 'bnx2x')['modprobe']).toContain('options bnx2x disable_tpa=1');
    expect(persistence('lro', 'eth0', 'on', 'bnx2x')['modprobe']).toBeUndefined();
    expect(persistence('gro', 'eth0', 'off', 'bnx2x')['modprobe']).toBeUndefined();
  });
  it('has an undo for each mechanism', () => {
    for (const driver of ['bnx2x', 'bnxt_en']) {
      expect(Object.keys(persistenceUndo('lro', 'eth0', driver))).toEqual(
        Object.keys(persistence('lro', 'eth0', 'off', driver)),
      );
    }
  });
});
