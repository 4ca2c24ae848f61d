// A host's state in the text format of Prometheus (exposition format 0.0.4): no label per connection, base units, `_total` for what
// only grows, `_info` for words.

import { diagnoseHost } from '../../diagnosis/diagnose-host.ts';
import { SHAPING_FEATURES } from '../../hoststate/check/offloads.ts';
import type { DeviceState, FeatureState, HostState } from '../../hoststate/host-state.ts';
import { mergeFactor } from '../../hoststate/readings.ts';
import { version } from '../version.ts';

type Labels = Readonly<Record<string, string>>;

interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** Everything `host metrics` tells of a host, families without samples left out. Devices: those of the initial namespace. */
export function hostMetrics(host: HostState): string {
  const families = [...aboutHost(host), ...aboutDevices(host), ...aboutFindings(host), ...aboutTraffic(host)];
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(familyText)
    .join('');
}

function familyText({ name, type, help, samples }: Family): string {
  const lines = samples.map(({ labels, value }) => `${name}${labelText(labels)} ${value}\n`);
  return `# HELP ${name} ${help.replaceAll('\\', '\\\\')}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** Backslash, quote and line feed, as the format asks; what is read from a host may hold anything. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'gauge', help, samples };
}

function aboutHost(host: HostState): readonly Family[] {
  const kernel = host.kernel?.value.text ?? '';
  const outputs = host.files.filter(({ kind }) => kind !== undefined).length;
  return [
    gauge('wt_build_info', 'The version of wiretruth that wrote this.', [{ labels: { version }, value: 1 }]),
    gauge('wt_host_info', 'The host by its own name and kernel.', [{ labels: { host: host.name, kernel }, value: 1 }]),
    gauge('wt_host_outputs', 'Outputs of tools that were read.', [{ labels: {}, value: outputs }]),
    gauge('wt_host_unread', 'Lines and files that could not be read.', [{ labels: {}, value: host.problems.length }]),
  ];
}

function aboutDevices(host: HostState): readonly Family[] {
  const devices = [...host.devices.values()];
  const perFeature = (value: (state: FeatureState) => boolean | undefined): readonly Sample[] =>
    devices.flatMap((device) => featureSamples(device, value));
  const perDevice = (value: (device: DeviceState) => number | undefined): readonly Sample[] =>
    devices.flatMap((device) => {
      const found = value(device);
      return found === undefined ? [] : [{ labels: { device: device.name }, value: found }];
    });
  return [
    gauge('wt_device_info', 'Driver and firmware of a device, as ethtool -i says them.', devices.flatMap(infoSamples)),
    gauge(
      'wt_device_offload_enabled',
      'Whether an offload feature is active (1) or not (0).',
      perFeature(({ active }) => active),
    ),
    gauge(
      'wt_device_offload_requested',
      'Whether an offload feature is wished for; differs from enabled where something vetoes it.',
      perFeature(({ requested }) => requested),
    ),
    gauge(
      'wt_device_offload_fixed',
      'Whether an offload feature cannot be changed on this device.',
      perFeature(({ fixed }) => fixed),
    ),
    gauge(
      'wt_device_mtu_bytes',
      'MTU of a device.',
      perDevice(({ link }) => link?.mtuBytes?.value),
    ),
    gauge(
      'wt_device_gso_max_bytes',
      'Largest packet that may be given to a device to be cut.',
      perDevice(({ link }) => link?.gsoMaxSizeBytes?.value),
    ),
    gauge(
      'wt_device_gro_max_bytes',
      'Largest packet that GRO may build on a device.',
      perDevice(({ link }) => link?.groMaxSizeBytes?.value),
    ),
  ];
}

function infoSamples(device: DeviceState): readonly Sample[] {
  if (device.driver === undefined) return [];
  const { driver, version: driverVersion, firmware } = device.driver;
  const labels = {
    device: device.name,
    driver: driver.value,
    version: driverVersion?.value ?? '',
    firmware: firmware?.value ?? '',
  };
  return [{ labels, value: 1 }];
}

/** Features that decide how large packets are and what these rest on; the fifty others would only cost series. */
const METRIC_FEATURES: readonly string[] = [
  ...SHAPING_FEATURES,
  'tx-scatter-gather',
  'tx-checksum-ip-generic',
  'tx-checksum-ipv4',
  'tx-checksum-ipv6',
  'tx-udp-segmentation',
  'rx-checksum',
  'rx-gro-list',
  'rx-udp-gro-forwarding',
];

function featureSamples(device: DeviceState, value: (state: FeatureState) => boolean | undefined): readonly Sample[] {
  return METRIC_FEATURES.flatMap((feature) => {
    const fact = device.features.get(feature);
    const found = fact === undefined ? undefined : value(fact.value);
    return found === undefined ? [] : [{ labels: { device: device.name, feature }, value: found ? 1 : 0 }];
  });
}

/** One series a rule, severity and device; gone when the finding is. "Nothing wrong" and healthy states are no findings. */
function aboutFindings(host: HostState): readonly Family[] {
  const samples = new Map<string, Sample>();
  for (const { code, severity, claim } of diagnoseHost(host)) {
    if (severity === 'healthy') continue;
    const device = claim.values?.['dev'];
    const labels = { rule: code, severity, device: device === undefined ? '' : String(device) };
    samples.set(JSON.stringify(labels), { labels, value: 1 });
  }
  const logs = new Map<string, Sample>();
  for (const { kind, device } of host.logs) {
    const labels = { kind, device: device ?? '' };
    const key = JSON.stringify(labels);
    logs.set(key, { labels, value: (logs.get(key)?.value ?? 0) + 1 });
  }
  return [
    gauge('wt_finding_active', 'What host check finds, by rule (docs/verdicts); absent when it does not.', [
      ...samples.values(),
    ]),
    gauge('wt_log_findings', 'Lines of the kernel log that concern offloads, links and drivers; the log forgets.', [
      ...logs.values(),
    ]),
  ];
}

/** Counters of nstat under names that say what they count. */
const COUNTERS: readonly (readonly [name: string, help: string, counter: string])[] = [
  ['wt_tcp_sent_segments_total', 'TCP segments sent (TcpOutSegs).', 'TcpOutSegs'],
  ['wt_tcp_retransmitted_segments_total', 'TCP segments sent again (TcpRetransSegs).', 'TcpRetransSegs'],
  ['wt_tcp_received_checksum_errors_total', 'TCP checksums wrong on arrival (TcpInCsumErrors).', 'TcpInCsumErrors'],
  [
    'wt_tcp_zero_window_wanted_total',
    'Times a window of 0 was wanted and an offer could not be taken back (TCPWantZeroWindowAdv).',
    'TcpExtTCPWantZeroWindowAdv',
  ],
  ['wt_tcp_zero_window_total', 'Times a receive window was closed (TCPToZeroWindowAdv).', 'TcpExtTCPToZeroWindowAdv'],
  ['wt_tcp_receive_pruned_total', 'Times receive memory ran short (PruneCalled).', 'TcpExtPruneCalled'],
];

function aboutTraffic(host: HostState): readonly Family[] {
  const packets: Sample[] = [];
  const segments: Sample[] = [];
  for (const ipVersion of [4, 6] as const) {
    const factor = mergeFactor(host, ipVersion);
    if (factor === undefined) continue;
    const labels = { ip_version: String(ipVersion) };
    packets.push({ labels, value: factor.frames.value });
    segments.push({ labels, value: factor.segments });
  }
  const counters = COUNTERS.flatMap(([name, help, counter]): readonly Family[] => {
    const fact = host.counters.get(counter);
    return fact === undefined ? [] : [{ name, type: 'counter', help, samples: [{ labels: {}, value: fact.value }] }];
  });
  return [
    {
      name: 'wt_ip_received_packets_total',
      type: 'counter',
      help: 'Packets that IP received, merged ones once.',
      samples: packets,
    },
    {
      name: 'wt_ip_received_segments_total',
      type: 'counter',
      help: 'Wire packets that the received packets stood for; its rate over that of packets is the merge factor.',
      samples: segments,
    },
    ...counters,
  ];
}
