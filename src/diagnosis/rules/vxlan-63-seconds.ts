// Question: is this the 63-second delay of overlays? SYNs that go unanswered at 1, 3, 7, 15, 31 seconds and through at 63:
// six SYNs lost, because the outer UDP checksum is broken when NAT rewrites the port of a VXLAN packet whose checksum is left
// to the device (netfilter nat updated a checksum field of 0; fixed in v5.7, ea64d8d6c675, and in RHEL 8;
// projectcalico/calico#3145, flannel-io/flannel#1279). tcp_syn_retries 6 doubles from one second.

import type { ConnectionMeasurement } from '../../analysis/measurement.ts';
import { persistence } from '../../kernel/persistence.ts';
import { confidence } from '../confidence.ts';
import { connectionFilter, ends, evidenceList, messages, say, seen } from '../rule.ts';
import type { Fix, Message, Verdict } from '../verdict.ts';

/** When the SYNs are sent again, seconds after the first. */
const backoffSeconds = [1, 3, 7, 15, 31, 63] as const;
/** Retransmitted SYNs that make the pattern: 1, 3 and 7 seconds. */
const enoughSyns = 3;

export function vxlan63Seconds(connection: ConnectionMeasurement): Verdict | undefined {
  const { handshake, tunnelChecksums, encapsulation } = connection;
  if (!encapsulation.some((layer) => /^(vxlan|geneve)\b/.test(layer))) return undefined;
  if (!doubles(handshake.synRetransmitNs)) return undefined;
  const wrong = tunnelChecksums?.wrong ?? 0;
  const last = handshake.synRetransmitNs.at(-1) ?? 0;
  const values = { ...ends(connection, 0), syns: handshake.synRetransmitNs.length, last, wrong };
  return {
    code: 'vxlan-63-seconds',
    severity: 'problem',
    confidence: wrong > 0 ? confidence.measured : confidence.possible,
    claim: say(handshake.established ? 'vxlan-63-seconds.claim.late' : 'vxlan-63-seconds.claim.never', values),
    evidence: evidenceList(
      seen(
        say('vxlan-63-seconds.for.syns', values),
        handshake.synRows,
        connectionFilter(connection, 'tcp.flags.syn==1', 'tcp.flags.ack==0'),
      ),
      wrong > 0 &&
        seen(
          say('vxlan-63-seconds.for.outer-checksum', { wrong }),
          handshake.synRows,
          connectionFilter(connection, 'udp.checksum!=0', 'tcp.flags.syn==1'),
        ),
    ),
    against: against(connection, wrong),
    fixes: wrong > 0 ? vxlanFixes() : [],
  };
}

function doubles(sentAgainNs: readonly number[]): boolean {
  if (sentAgainNs.length < enoughSyns) return false;
  return sentAgainNs.every((ns, index) => {
    const expected = backoffSeconds[index];
    return expected === undefined || Math.abs(ns / 1e9 - expected) <= Math.max(0.3, expected * 0.1);
  });
}

function against(connection: ConnectionMeasurement, wrong: number): readonly Message[] {
  return messages(
    wrong === 0 && say('vxlan-63-seconds.against.unseen-checksum'),
    (connection.tunnelChecksums?.partial ?? 0) > 0 && say('vxlan-63-seconds.against.sender-tap'),
    say('vxlan-63-seconds.against.any-drop'),
  );
}

/** Only with broken outer checksums in the file: they convict the checksum offload of the tunnel device. */
function vxlanFixes(): readonly Fix[] {
  const dev = '<vxlan device of the sending host, as flannel.1 or vxlan.calico>';
  const feature = 'tx-checksum-ip-generic';
  return [
    {
      command: `ethtool -K ${dev} ${feature} off`,
      effect: say('vxlan-63-seconds.fix.checksum.effect'),
      risk: say('vxlan-63-seconds.fix.checksum.risk'),
      undo: `ethtool -K ${dev} ${feature} on`,
      persist: persistence(feature, dev, 'off'),
    },
  ];
}
