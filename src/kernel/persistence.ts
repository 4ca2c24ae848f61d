// Station "kernel": how a feature setting is made to last. `ethtool -K` lives until the device goes away; these are the
// places where a host's own tools set it again. Key names: systemd.link(5) of 252, netplan >= 0.104, NetworkManager >= 1.14,
// ethtool's if-up.d hook of Debian (ifupdown), RHEL's legacy network scripts.

import { ethtoolKey, featuresMovedBy } from './features.ts';

interface MechanismKeys {
  readonly systemdLink?: string;
  readonly netplan?: string;
  readonly ifupdown?: string;
}

/** Where a mechanism has a key of its own. By what `ethtool -K` takes. */
const KEYS: Readonly<Record<string, MechanismKeys>> = {
  rx: { systemdLink: 'ReceiveChecksumOffload', netplan: 'receive-checksum-offload', ifupdown: 'offload-rx' },
  tx: { systemdLink: 'TransmitChecksumOffload', netplan: 'transmit-checksum-offload', ifupdown: 'offload-tx' },
  sg: { ifupdown: 'offload-sg' },
  tso: { systemdLink: 'TCPSegmentationOffload', netplan: 'tcp-segmentation-offload', ifupdown: 'offload-tso' },
  'tx-tcp-segmentation': { systemdLink: 'TCPSegmentationOffload', netplan: 'tcp-segmentation-offload' },
  'tx-tcp6-segmentation': { systemdLink: 'TCP6SegmentationOffload', netplan: 'tcp6-segmentation-offload' },
  gso: { systemdLink: 'GenericSegmentationOffload', netplan: 'generic-segmentation-offload', ifupdown: 'offload-gso' },
  gro: { systemdLink: 'GenericReceiveOffload', netplan: 'generic-receive-offload', ifupdown: 'offload-gro' },
  'rx-gro-hw': { systemdLink: 'GenericReceiveOffloadHardware' },
  lro: { systemdLink: 'LargeReceiveOffload', netplan: 'large-receive-offload', ifupdown: 'offload-lro' },
};

/** Drivers that take the setting as a module option, and what it means for which feature. bnxt_en has no module option. */
const MODULE_OPTIONS: readonly {
  readonly driver: string;
  readonly feature: string;
  readonly on: boolean;
  readonly line: string;
}[] = [
  // drivers/net/ethernet/broadcom/bnx2x: disable_tpa removes LRO and GRO_HW from the device's features; read at load only.
  { driver: 'bnx2x', feature: 'lro', on: false, line: 'options bnx2x disable_tpa=1' },
  { driver: 'bnx2x', feature: 'rx-gro-hw', on: false, line: 'options bnx2x disable_tpa=1' },
];

/** By what was asked for: a report on thousands of connections repeats a handful. */
const known = new Map<string, Readonly<Record<string, string>>>();

/**
 * Text by mechanism that makes `ethtool -K device feature on|off` last: networkmanager, systemd-link, netplan, ifupdown,
 * ifcfg, udev, and modprobe only where `driver` really has the option. `feature` is a short key (gro), the line of a group
 * or a kernel name (rx-gro-hw). A mechanism without a key for it says so and what to use instead.
 */
export function persistence(
  feature: string,
  device: string,
  state: 'on' | 'off',
  driver?: string,
): Readonly<Record<string, string>> {
  const asked = [feature, device, state, driver].join();
  let texts = known.get(asked);
  if (texts === undefined) {
    texts = persistenceTexts(feature, device, state, driver);
    known.set(asked, texts);
  }
  return texts;
}

function persistenceTexts(
  feature: string,
  device: string,
  state: 'on' | 'off',
  driver: string | undefined,
): Readonly<Record<string, string>> {
  const key = ethtoolKey(feature);
  const on = state === 'on';
  const keys = KEYS[key] ?? {};
  const module = MODULE_OPTIONS.find(
    (option) => option.driver === driver && option.feature === key && option.on === on,
  );
  return {
    networkmanager: networkManager(key, device, state),
    'systemd-link': systemdLink(keys, key, device, on),
    netplan: netplan(keys, key, device, on),
    ifupdown: ifupdown(keys, key, device, state),
    ifcfg: `# /etc/sysconfig/network-scripts/ifcfg-${device}\nETHTOOL_OPTS="-K \${DEVICE} ${key} ${state}"`,
    udev: udev(key, device, state),
    ...(module === undefined ? {} : { modprobe: modprobe(module.line, driver ?? '') }),
  };
}

function networkManager(key: string, device: string, state: string): string {
  const profile = `"$(nmcli -g GENERAL.CONNECTION device show ${device})"`;
  return `nmcli connection modify ${profile} ethtool.feature-${key} ${state} && nmcli connection up ${profile}`;
}

function systemdLink(keys: MechanismKeys, key: string, device: string, on: boolean): string {
  if (keys.systemdLink === undefined) return `# systemd.link(5) has no key for ${key}: use udev`;
  const lines =
    keys.systemdLink === 'TCPSegmentationOffload' && key === 'tso'
      ? tsoLines(on)
      : [`${keys.systemdLink}=${on ? 'yes' : 'no'}`];
  return [
    `# /etc/systemd/network/10-${device}.link: the first .link file that matches is the only one used, so it repeats the naming policy`,
    '[Match]',
    `MACAddress=<MAC address of ${device}>`,
    '[Link]',
    'NamePolicy=keep kernel database onboard slot path',
    ...lines,
    `# read when the device appears: reboot, or udevadm trigger --action=add /sys/class/net/${device}`,
  ].join('\n');
}

/** The group key moves IPv4 and IPv6; systemd has a key for each. */
function tsoLines(on: boolean): readonly string[] {
  const value = on ? 'yes' : 'no';
  return [`TCPSegmentationOffload=${value}`, `TCP6SegmentationOffload=${value}`];
}

function netplan(keys: MechanismKeys, key: string, device: string, on: boolean): string {
  if (keys.netplan === undefined) return `# netplan has no key for ${key}: use systemd-link or udev`;
  const names = key === 'tso' ? ['tcp-segmentation-offload', 'tcp6-segmentation-offload'] : [keys.netplan];
  return [
    '# netplan 0.104 or newer, networkd renderer only (netplan apply, then the device must appear anew)',
    'network:',
    '  version: 2',
    '  renderer: networkd',
    '  ethernets:',
    `    ${device}:`,
    ...names.map((name) => `      ${name}: ${on}`),
  ].join('\n');
}

function ifupdown(keys: MechanismKeys, key: string, device: string, state: string): string {
  const line =
    keys.ifupdown === undefined ? `post-up ethtool -K ${device} ${key} ${state}` : `${keys.ifupdown} ${state}`;
  return `# /etc/network/interfaces, in the stanza of ${device} (package ethtool installed)\n    ${line}`;
}

function udev(key: string, device: string, state: string): string {
  return [
    `# /etc/udev/rules.d/99-${device}-offload.rules`,
    `ACTION=="add", SUBSYSTEM=="net", NAME=="${device}", RUN+="/usr/sbin/ethtool -K $name ${key} ${state}"`,
  ].join('\n');
}

function modprobe(line: string, driver: string): string {
  return `# /etc/modprobe.d/${driver}.conf: read when the module is loaded, so it needs a reload or reboot\n${line}`;
}

/** How to take back what `persistence` made last: what to remove or to run, by the same keys. */
export function persistenceUndo(feature: string, device: string, driver?: string): Readonly<Record<string, string>> {
  const key = ethtoolKey(feature);
  const profile = `"$(nmcli -g GENERAL.CONNECTION device show ${device})"`;
  const undo: Record<string, string> = {
    networkmanager: `nmcli connection modify ${profile} ethtool.feature-${key} ignore && nmcli connection up ${profile}`,
    'systemd-link': `rm /etc/systemd/network/10-${device}.link`,
    netplan: `remove the key from the stanza of ${device}, then netplan apply`,
    ifupdown: `remove the line from the stanza of ${device}`,
    ifcfg: `remove ETHTOOL_OPTS from ifcfg-${device}`,
    udev: `rm /etc/udev/rules.d/99-${device}-offload.rules`,
  };
  if (MODULE_OPTIONS.some((option) => option.driver === driver && option.feature === key)) {
    undo['modprobe'] = `rm /etc/modprobe.d/${driver}.conf`;
  }
  return undo;
}

/** Whether any mechanism but a plain command can hold this feature: its key has a line of its own somewhere. */
export function hasPersistenceKey(feature: string): boolean {
  return (
    KEYS[ethtoolKey(feature)] !== undefined ||
    featuresMovedBy(feature).some((member) => KEYS[ethtoolKey(member)] !== undefined)
  );
}
