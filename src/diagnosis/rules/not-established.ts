// Question: did this connection open at all? A SYN without an answer is lost, filtered, or answered past the tap; a reset is a
// closed port or a firewall that says so (RFC 9293 section 3.5.2). Offloads have no part in it: no SYN is ever segmented or
// merged (net/ipv4/tcp_offload.c tcp_gro_receive, v6.18), but a broken tunnel checksum offload can swallow it (vxlan-63-seconds).

import type { ConnectionMeasurement } from '../../analysis/measurement.ts';
import { confidence } from '../confidence.ts';
import { connectionFilter, messages, say, seen } from '../rule.ts';
import type { Verdict } from '../verdict.ts';

export function notEstablished(connection: ConnectionMeasurement): Verdict | undefined {
  const { handshake, directions } = connection;
  if (handshake.established || handshake.synRows.length === 0 || handshake.seen) return undefined;
  if (directions[0].payloadBytes + directions[1].payloadBytes > 0) return undefined;
  const refused = handshake.reset;
  const again = handshake.synRetransmitNs.length;
  const answered = handshake.serverMssOption !== undefined && handshake.clientMssOption === undefined;
  if (answered) return undefined;
  return {
    code: 'not-established',
    severity: refused || again > 0 ? 'problem' : 'notice',
    confidence: confidence.measured,
    claim: refused
      ? say('not-established.claim.refused', { server: `${connection.server.ip}:${connection.server.port}` })
      : say('not-established.claim.unanswered', {
          server: `${connection.server.ip}:${connection.server.port}`,
          syns: again + 1,
        }),
    evidence: [
      seen(
        say(refused ? 'not-established.for.reset' : 'not-established.for.syns', { syns: again + 1 }),
        handshake.synRows,
        connectionFilter(connection, refused ? '(tcp.flags.syn==1 || tcp.flags.reset==1)' : 'tcp.flags.syn==1'),
      ),
    ],
    against: messages(
      say(refused ? 'not-established.against.firewall' : 'not-established.against.past-the-tap'),
      !refused && again === 0 && say('not-established.against.capture-ended'),
    ),
    fixes: [],
  };
}
