// What a reviewer reads of a host state: every fact with its file and line, in a stable order.

import { readStatistics } from '../../src/hoststate/ethtool-stats.ts';
import type {
  DeviceState,
  Fact,
  FeatureState,
  HostState,
  LinkState,
  NetworkState,
  SocketState,
} from '../../src/hoststate/host-state.ts';
import {
  forwards,
  mergeFactor,
  misleadingTsoGroup,
  networks,
  tsoState,
  vetoedFeatures,
} from '../../src/hoststate/readings.ts';
import { profileFor } from '../../src/kernel/profile-for.ts';

const at = (fact: { readonly source: { readonly file: string; readonly line: number } }): string =>
  `  <- ${fact.source.file}:${fact.source.line}`;

const SHOWN_FEATURES = [
  'tx-tcp-segmentation',
  'tx-tcp6-segmentation',
  'tx-generic-segmentation',
  'rx-gro',
  'rx-gro-hw',
  'rx-lro',
  'rx-checksum',
  'tx-scatter-gather',
];

function state(value: FeatureState): string {
  const bracket = value.fixed
    ? ' [fixed]'
    : value.requested !== undefined && value.requested !== value.active
      ? ` [requested ${value.requested ? 'on' : 'off'}]`
      : '';
  return `${value.active ? 'on' : 'off'}${bracket}`;
}

export function summarise(host: HostState): string {
  const lines: string[] = [`host ${host.name}`];
  if (host.kernel !== undefined) {
    const match = profileFor(host.kernel.value);
    lines.push(`kernel ${host.kernel.value.text} (${host.kernel.value.flavour})${at(host.kernel)}`);
    lines.push(`  profile ${match.profile.id}, ${match.how}${match.guess === undefined ? '' : `: ${match.guess}`}`);
  }
  for (const file of host.files) {
    lines.push(
      `file ${file.path}: ${file.kind ?? 'unknown'}${file.toldBy === undefined ? '' : ` by ${file.toldBy}`}, lines ${file.fromLine}+${file.lineCount}`,
    );
  }
  for (const [name, network] of networks(host)) lines.push(...summariseNetwork(name, network));
  for (const log of host.logs) {
    lines.push(
      `log ${log.kind} device=${log.device} driver=${log.driver} speed=${log.speedBitsPerSec} boot=${log.bootSeconds}${at(log)}`,
    );
  }
  for (const problem of host.problems) lines.push(`problem ${problem.code}: ${problem.message}`);
  return `${lines.join('\n')}\n`;
}

function summariseNetwork(namespace: string | undefined, network: NetworkState): readonly string[] {
  const lines: string[] = namespace === undefined ? [] : [`namespace ${namespace}`];
  for (const device of network.devices.values()) lines.push(...summariseDevice(device));
  for (const socket of network.sockets) lines.push(...summariseSocket(socket));
  lines.push(`counters ${network.counters.size}, sysctls ${network.sysctls.size}`);
  for (const name of [
    'IpInReceives',
    'IpExtInNoECTPkts',
    'Ip6InReceives',
    'TcpRetransSegs',
    'TcpExtTCPWantZeroWindowAdv',
    'TcpExtPruneCalled',
  ]) {
    const fact = network.counters.get(name);
    if (fact !== undefined) lines.push(`  ${name} ${fact.value}${at(fact)}`);
  }
  for (const version of [4, 6] as const) {
    const factor = mergeFactor(network, version);
    if (factor !== undefined)
      lines.push(
        `  merge factor IPv${version} ${factor.factor.toFixed(3)} = ${factor.segments} / ${factor.frames.value}`,
      );
  }
  for (const name of ['net.ipv4.tcp_rmem', 'net.ipv4.ip_forward']) {
    const fact = network.sysctls.get(name);
    if (fact !== undefined) lines.push(`  ${name} = ${fact.value}${at(fact)}`);
  }
  for (const fact of forwards(network)) lines.push(`  forwards: ${fact.value}${at(fact)}`);
  return lines;
}

function summariseDevice(device: DeviceState): readonly string[] {
  const lines = [`device ${device.name}`];
  if (device.driver !== undefined)
    lines.push(
      `  driver ${device.driver.driver.value} firmware=${device.driver.firmware?.value} bus=${device.driver.busInfo?.value}${at(device.driver.driver)}`,
    );
  if (device.link !== undefined) lines.push(...summariseLink(device.link));
  for (const fact of device.addresses ?? [])
    lines.push(`  address ${fact.value.ip}/${fact.value.prefixLength}${at(fact)}`);
  for (const name of SHOWN_FEATURES) {
    const fact = device.features.get(name);
    if (fact !== undefined) lines.push(`  ${name} ${state(fact.value)}${at(fact)}`);
  }
  for (const [name, fact] of device.featureGroups) lines.push(`  group ${name} ${state(fact.value)}${at(fact)}`);
  for (const version of [4, 6] as const) {
    const tso = tsoState(device, version);
    if (tso !== undefined)
      lines.push(`  TSO IPv${version} ${state(tso.fact.value)}${tso.fromGroupLine ? ' (from the group line)' : ''}`);
  }
  for (const veto of vetoedFeatures(device)) {
    const because = veto.because.map((rule) =>
      rule.needsAnyOf === undefined
        ? `not with ${rule.excludedBy?.join(' or ')}`
        : `needs ${rule.needsAnyOf.join(' or ')}`,
    );
    lines.push(`  vetoed ${veto.feature}: ${because.join('; ') || 'by no rule known here'}`);
  }
  if (misleadingTsoGroup(device) !== undefined) lines.push('  the group line says on while TSO is off');
  if (device.statistics.size > 0) lines.push(`  ${device.statistics.size} statistics`);
  const reading = readStatistics(device);
  for (const [kind, counters] of Object.entries({ merge: reading.merge, tso: reading.tso, drops: reading.drops })) {
    for (const counter of counters) lines.push(`  ${kind} ${counter.name} ${counter.fact.value}${at(counter.fact)}`);
  }
  for (const qdisc of device.qdiscs) {
    const { kind, handle, root, parent, burstBytes, splitGso, dropped, backlogBytes } = qdisc.value;
    lines.push(
      `  qdisc ${kind} ${handle} ${root ? 'root' : `parent ${parent}`} burst=${burstBytes} split=${splitGso} dropped=${dropped} backlog=${backlogBytes}${at(qdisc)}`,
    );
  }
  return lines;
}

function summariseLink(link: LinkState): readonly string[] {
  const show = (fact: Fact<unknown> | undefined): string => String(fact?.value);
  return [
    `  link kind=${show(link.kind)} master=${show(link.master)} port=${show(link.portKind)} lower=${link.lower} vlan=${show(link.vlanId)} vni=${show(link.vni)} bond=${show(link.bondMode)} tun=${show(link.tunType)} xdp=${show(link.xdp)}${at(link)}`,
    `  mtu ${show(link.mtuBytes)} qdisc ${show(link.qdisc)} state ${show(link.operState)} gso_max ${show(link.gsoMaxSizeBytes)}/${show(link.gsoMaxSegs)} tso_max ${show(link.tsoMaxSizeBytes)} gro_max ${show(link.groMaxSizeBytes)}`,
    ...(link.rx === undefined ? [] : [`  rx ${JSON.stringify(link.rx.value)}${at(link.rx)}`]),
    ...(link.tx === undefined ? [] : [`  tx ${JSON.stringify(link.tx.value)}${at(link.tx)}`]),
  ];
}

function summariseSocket(socket: SocketState): readonly string[] {
  const { source, infoSource, local, peer, state: tcpState, other, ...rest } = socket;
  const end = (address: SocketState['local']): string => `${address.ip}:${address.port ?? address.portName ?? '*'}`;
  const details = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : value}`,
  );
  return [
    `socket ${tcpState} ${end(local)} ${end(peer)}  <- ${source.file}:${source.line}, details ${infoSource?.line}`,
    `  ${details.join(' ')}`,
    ...(other.size === 0 ? [] : [`  other: ${[...other.keys()].join(' ')}`]),
  ];
}
