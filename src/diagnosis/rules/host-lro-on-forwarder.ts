// Question: does a host that forwards or bridges have LRO on? LRO cannot be undone when a packet is sent on, so the kernel
// turns it off when forwarding or bridging starts (dev_disable_lro). Where it is on all the same, packets are lost in bulk.

import type { DeviceState, HostState, SourceLine } from '../../hoststate/host-state.ts';
import { persistence } from '../../kernel/persistence.ts';
import { confidence } from '../confidence.ts';
import { devicesOf, driverOf, forwardingLine, isOn } from '../host-rule.ts';
import { evidenceList, messages, say, told } from '../rule.ts';
import type { Verdict } from '../verdict.ts';

export function hostLroOnForwarder(host: HostState): readonly Verdict[] {
  return devicesOf(host).flatMap(({ network, device }) => {
    if (isOn(device, 'rx-lro') !== true) return [];
    const line = forwardingLine(network, device);
    return line === undefined ? [] : [verdictFor(host, device, line)];
  });
}

function verdictFor(host: HostState, device: DeviceState, line: SourceLine): Verdict {
  const dev = device.name;
  const lro = device.features.get('rx-lro');
  const keepsSize = driverOf(device)?.gsoSize === 'set';
  return {
    code: 'host-lro-on-forwarder',
    severity: 'problem',
    confidence: keepsSize ? confidence.likely : confidence.measured,
    claim: say('host-lro-on-forwarder.claim', { dev, host: host.name }),
    evidence: evidenceList(
      lro !== undefined && told(say('host-lro-on-forwarder.for.lro', { dev }), lro.source),
      told(say('host-lro-on-forwarder.for.forwards', { dev }), line),
    ),
    against: messages(
      say('host-lro-on-forwarder.against.own-traffic', { dev }),
      keepsSize && say('host-lro-on-forwarder.against.keeps-size', { driver: device.driver?.driver.value ?? '?' }),
    ),
    fixes: [
      {
        command: `ethtool -K ${dev} lro off`,
        effect: say('fix.lro-off.effect', { dev }),
        risk: say('fix.lro-off.risk'),
        undo: `ethtool -K ${dev} lro on`,
        persist: persistence('lro', dev, 'off', device.driver?.driver.value),
      },
    ],
  };
}
