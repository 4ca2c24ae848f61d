import { describe, expect, it } from 'vitest';
import { parseEthtoolDriver } from './ethtool-driver.ts';
import { parseEthtoolFeatures, parseEthtoolFeaturesJson } from './ethtool-features.ts';
import { parseEthtoolStats } from './ethtool-stats.ts';
import { textLines } from './lines.ts';

const text = (content: string) => textLines('f', content);

describe('ethtool -k', () => {
  const parsed = parseEthtoolFeatures(
    text(
      [
        'Features for eth0:',
        'tcp-segmentation-offload: on',
        '\ttx-tcp-segmentation: off [requested on]',
        '\ttx-tcp6-segmentation: on',
        'generic-receive-offload: on',
        'large-receive-offload: off [fixed]',
        'rx-gro-hw: on [requested off]',
      ].join('\n'),
    ),
  );
  const device = parsed.devices[0];

  it('keeps the group line apart from its members', () => {
    expect(device?.device).toBe('eth0');
    expect(device?.groups.get('tcp-segmentation-offload')?.value).toEqual({ active: true });
    expect(device?.features.get('tx-tcp-segmentation')).toEqual({
      value: { active: false, fixed: false, requested: true },
      source: { file: 'f', line: 3 },
    });
    expect(device?.features.has('tcp-segmentation-offload')).toBe(false);
  });
  it('reads a group of one bit as the feature', () => {
    expect(device?.features.get('rx-gro')?.value).toEqual({ active: true, fixed: false, requested: true });
    expect(device?.features.get('rx-lro')?.value).toEqual({ active: false, fixed: true });
    expect(device?.features.get('rx-gro-hw')?.value).toEqual({ active: true, fixed: false, requested: false });
  });
  it('reads several devices after one another', () => {
    const both = parseEthtoolFeatures(text('Features for a:\nrx-gro-hw: on\nFeatures for b.7:\nrx-gro-hw: off\n'));
    expect(both.devices.map((found) => [found.device, found.features.get('rx-gro-hw')?.value.active])).toEqual([
      ['a', true],
      ['b.7', false],
    ]);
  });
  it('says file, line, found and expected of a line that it does not understand, and reads the rest', () => {
    const damaged = parseEthtoolFeatures(text('Features for a:\nrx-gro-hw: maybe\nrx-gro-list: off\n'));
    expect(damaged.problems.map((problem) => problem.message)).toEqual([
      'f:2: found "rx-gro-hw: maybe"; expected "feature-name: on|off", with [fixed] or [requested on|off]',
    ]);
    expect(damaged.devices[0]?.features.has('rx-gro-list')).toBe(true);
  });
  it('takes a recorded error of the tool as such', () => {
    expect(
      parseEthtoolFeatures(text('netlink error: No such device\n')).problems.map((problem) => problem.code),
    ).toEqual(['command-failed']);
  });
});

describe('ethtool --json -k', () => {
  const json =
    '[ {\n  "ifname": "eth0",\n  "tcp-segmentation-offload": {\n    "active": true,\n    "fixed": null,\n    "requested": null\n  },\n  "tx-tcp-segmentation": {\n    "active": false,\n    "fixed": false,\n    "requested": true\n  },\n  "rx-gro-hw": { "active": true, "fixed": true, "requested": false }\n} ]\n';

  it('gives what the text form gives, with lines', () => {
    const { devices, problems } = parseEthtoolFeaturesJson(text(json));
    expect(problems).toEqual([]);
    expect(devices[0]?.groups.get('tcp-segmentation-offload')).toEqual({
      value: { active: true },
      source: { file: 'f', line: 3 },
    });
    expect(devices[0]?.features.get('tx-tcp-segmentation')).toEqual({
      value: { active: false, fixed: false, requested: true },
      source: { file: 'f', line: 8 },
    });
    // ethtool prints "requested": false for what is fixed, which means nothing.
    expect(devices[0]?.features.get('rx-gro-hw')?.value).toEqual({ active: true, fixed: true });
  });
  it('reads it on one line', () => {
    const { devices, problems } = parseEthtoolFeaturesJson(text(JSON.stringify(JSON.parse(json))));
    expect(problems).toEqual([]);
    expect(devices[0]?.features.get('tx-tcp-segmentation')?.value.requested).toBe(true);
  });
  it('gives what is whole when it is cut, and says so', () => {
    const { devices, problems } = parseEthtoolFeaturesJson(text(json.slice(0, -40)));
    expect(devices[0]?.features.has('tx-tcp-segmentation')).toBe(true);
    expect(problems.map((problem) => problem.code)).toEqual(['cut-short']);
  });
});

describe('ethtool -i', () => {
  it('reads driver, version, firmware and bus', () => {
    const { driver } = parseEthtoolDriver(
      text(
        'driver: bnxt_en\nversion: 6.1\nfirmware-version: 223.0/pkg 1\nbus-info: 0000:3b:00.0\nsupports-test: yes\n',
      ),
    );
    expect(driver?.driver.value).toBe('bnxt_en');
    expect(driver?.firmware).toEqual({ value: '223.0/pkg 1', source: { file: 'f', line: 3 } });
  });
  it('an empty firmware field and N/A are no facts', () => {
    expect(parseEthtoolDriver(text('driver: veth\nfirmware-version: \nbus-info: N/A\n')).driver).toEqual({
      driver: { value: 'veth', source: { file: 'f', line: 1 } },
    });
  });
  it('a device without a driver is no problem; a cut file is one', () => {
    expect(parseEthtoolDriver(text('Cannot get driver information: Operation not supported\n')).problems).toEqual([]);
    expect(parseEthtoolDriver(text('version: 1\n')).problems.map((problem) => problem.code)).toEqual(['cut-short']);
  });
});

describe('ethtool -S', () => {
  it('reads names with brackets and blanks, and keeps the queues of vmxnet3 apart', () => {
    const { statistics, problems } = parseEthtoolStats(
      text(
        'NIC statistics:\n     [0]: rx_tpa_pkt: 7\n     Queue[1] InLroPackets: 8\n     Rx Queue#: 0\n       LRO pkts rx: 1\n     Rx Queue#: 1\n       LRO pkts rx: 2\n',
      ),
    );
    expect([...statistics].map(([name, fact]) => [name, fact.value])).toEqual([
      ['[0]: rx_tpa_pkt', 7],
      ['Queue[1] InLroPackets', 8],
      ['Rx Queue 0: LRO pkts rx', 1],
      ['Rx Queue 1: LRO pkts rx', 2],
    ]);
    expect(problems).toEqual([]);
  });
  it('"no stats available" is an answer', () => {
    expect(parseEthtoolStats(text('no stats available\n'))).toEqual({ statistics: new Map(), problems: [] });
  });
  it('a name that comes twice is kept twice', () => {
    expect([...parseEthtoolStats(text('NIC statistics:\n  err: 1\n  err: 2\n')).statistics.keys()]).toEqual([
      'err',
      'err#2',
    ]);
  });
});
