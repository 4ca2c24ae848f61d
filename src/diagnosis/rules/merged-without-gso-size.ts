// Question: does the receiving host's driver hand up merged packets without saying how large the segments were (gso_size)?
// That is what "Driver has suspect GRO implementation" means. A pcap file does not carry gso_size, so the evidence is the
// host's own: that line, an rcv_mss above the peer's segments, input counters that count a merged packet as one, a driver
// known for it. Whether it matters depends on the kernel (kernel-effects.ts); v6.18 showed no difference in windows, ACKs or
// throughput at equal MTUs. On a forwarder it matters on every kernel: forwarder-merge-without-gso-size.

import type { ConnectionMeasurement, DirectionMeasurement } from '../../analysis/measurement.ts';
import type { Fact } from '../../hoststate/host-state.ts';
import { persistence } from '../../kernel/persistence.ts';
import { confidence } from '../confidence.ts';
import { inputMergeFactor } from '../host-counters.ts';
import { type HostAtEnd, hostAt } from '../host-match.ts';
import { rcvMssRule } from '../kernel-effects.ts';
import {
  type DiagnosisContext,
  ends,
  evidenceList,
  messages,
  otherSide,
  perDirection,
  say,
  seen,
  share,
  told,
} from '../rule.ts';
import { sampleFilter } from '../small-packets.ts';
import type { Evidence, Fix, Message, Verdict } from '../verdict.ts';

/** Drivers whose LRO hands up merged packets without gso_size (facts 5.2: read in v5.15 and v6.18, bnxt_en in LRO mode only). */
export const driversWithoutGsoSize: readonly string[] = ['atlantic', 'hv_netvsc', 'bnxt_en'];

export function mergedWithoutGsoSize(connection: ConnectionMeasurement, context: DiagnosisContext): readonly Verdict[] {
  return perDirection(connection, (direction) => {
    if (direction.receiveMergeInEffect !== true) return undefined;
    const receiver = hostAt(connection, otherSide(direction.side), context);
    const witnesses = hostWitnesses(connection, direction, receiver);
    const wrong = direction.checksums.multi.wrong > direction.checksums.multi.partial;
    if (witnesses.length === 0 && !wrong) return undefined;
    const rule = receiver?.host.kernel === undefined ? 'unknown' : rcvMssRule(receiver.host.kernel.value);
    const hurts = rule === 'uncapped' || rule === 'length';
    const sample = direction.superPackets;
    return {
      code: 'merged-without-gso-size',
      direction: direction.side,
      severity: hurts ? 'problem' : 'info',
      confidence: confidenceOf(witnesses.length, wrong, receiver),
      claim: say(hurts ? 'merged-without-gso-size.claim.hurts' : claimKeys[rule], {
        ...ends(connection, direction.side),
        kernel: receiver?.host.kernel?.value.text,
      }),
      evidence: evidenceList(
        ...witnesses,
        wrong &&
          seen(
            say('merged-without-gso-size.for.wrong-checksum', { frames: direction.checksums.multi.wrong }),
            sample,
            sampleFilter(connection, direction, sample, `tcp.len>${direction.segmentBytes ?? 0}`),
          ),
      ),
      against: against(connection, direction, witnesses.length > 0, receiver),
      fixes: fixFor(receiver, hurts),
    };
  });
}

const claimKeys = {
  capped: 'merged-without-gso-size.claim.harmless',
  unknown: 'merged-without-gso-size.claim.unknown-kernel',
} as const satisfies Record<string, string>;

function confidenceOf(witnessCount: number, wrongChecksums: boolean, receiver: HostAtEnd | undefined): number {
  if (witnessCount === 0) return confidence.possible;
  const sure = witnessCount > 1 || wrongChecksums ? confidence.measured : confidence.likely;
  return receiver?.assumed === true ? Math.min(sure, confidence.likely) : sure;
}

function hostWitnesses(
  connection: ConnectionMeasurement,
  direction: DirectionMeasurement,
  receiver: HostAtEnd | undefined,
): readonly Evidence[] {
  if (receiver === undefined) return [];
  const log = receiver.host.logs.find((line) => line.kind === 'suspect-gro');
  const { socket, device } = receiver;
  const peerSegment = direction.segmentBytes;
  const inflated = socket?.rcvMssBytes !== undefined && peerSegment !== undefined && socket.rcvMssBytes > peerSegment;
  const lro = activeLro(receiver);
  const badDriver = device?.driver?.driver.value;
  const factor = inputMergeFactor(receiver.network, connection.ipVersion);
  const merged = share(direction.wireDataPackets, direction.dataFrames);
  return evidenceList(
    log !== undefined && told(say('merged-without-gso-size.for.dmesg', { dev: log.device ?? '?' }), log.source),
    inflated &&
      told(
        say('merged-without-gso-size.for.rcvmss', { rcvmss: socket.rcvMssBytes, segment: peerSegment }),
        socket.infoSource ?? socket.source,
      ),
    factor !== undefined &&
      factor.factor < 1.05 &&
      merged > 2 &&
      told(say('merged-without-gso-size.for.counters', { factor: factor.factor, merged }), factor.source),
    lro !== undefined &&
      badDriver !== undefined &&
      driversWithoutGsoSize.includes(badDriver) &&
      told(say('merged-without-gso-size.for.driver', { driver: badDriver, dev: device?.name ?? '?' }), lro.source),
  );
}

function activeLro(receiver: HostAtEnd | undefined): Fact<unknown> | undefined {
  const lro = receiver?.device?.features.get('rx-lro');
  return lro?.value.active === true ? lro : undefined;
}

function against(
  connection: ConnectionMeasurement,
  direction: DirectionMeasurement,
  hostSpoke: boolean,
  receiver: HostAtEnd | undefined,
): readonly Message[] {
  const own = direction.side === 0 ? connection.handshake.serverMssOption : connection.handshake.clientMssOption;
  const larger = own !== undefined && direction.segmentBytes !== undefined && own > direction.segmentBytes + 40;
  return messages(
    hostSpoke
      ? say('merged-without-gso-size.against.once-per-boot')
      : say('merged-without-gso-size.against.no-host-state'),
    receiver?.assumed === true && say('host.against.assumed', { host: receiver.host.name }),
    larger && say('merged-without-gso-size.against.larger-mtu', { mss: own, segment: direction.segmentBytes }),
    say('merged-without-gso-size.against.correct-gro'),
  );
}

/** Only the switch that the evidence convicts: LRO that is on, on a kernel that it hurts. */
function fixFor(receiver: HostAtEnd | undefined, hurts: boolean): readonly Fix[] {
  const dev = receiver?.device?.name;
  if (!hurts || dev === undefined || activeLro(receiver) === undefined) return [];
  const bnx2x = receiver?.device?.driver?.driver.value === 'bnx2x';
  return [
    {
      command: `ethtool -K ${dev} lro off`,
      effect: say('fix.lro-off.effect', { dev }),
      risk: say('fix.lro-off.risk'),
      undo: `ethtool -K ${dev} lro on`,
      persist: {
        ...persistence('rx-lro', dev, 'off'),
        ...(bnx2x ? { modprobe: '/etc/modprobe.d/bnx2x.conf: options bnx2x disable_tpa=1' } : {}),
      },
    },
  ];
}
