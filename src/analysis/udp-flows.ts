// Station "analysis": UDP by flow, and datagrams larger than any MTU of an Ethernet path: USO before its cut, or UDP GRO.

import { ipv4Text, ipv6Text } from '../flow/address.ts';
import { Col, Note, Rare, rareOf } from '../packets/packet-batch.ts';
import type { UdpFlowMeasurement } from './measurement.ts';
import { Sample } from './sample.ts';

/** Payload of a 1,500-byte packet without options. A jumbo path shows single datagrams up to its own MTU. */
const ETHERNET_PAYLOAD = { v4: 1472, v6: 1452 } as const;
/** Flows kept; later ones are only in the capture's total. */
const MOST_FLOWS = 200_000;

interface UdpFlow {
  readonly addresses: readonly number[];
  readonly ports: number;
  readonly six: boolean;
  readonly firstRow: number;
  packets: number;
  payloadBytes: number;
  maxPayload: number;
  large: Sample | undefined;
  /** Greatest common divisor of all but the last lengths cannot be told from a capture; the commonest smaller size can. */
  commonSize: number;
  commonVotes: number;
}

/** Counts UDP flows by flow number. */
export class UdpFlows {
  private readonly flows = new Map<number, UdpFlow>();

  take(flowNumber: number, reversed: boolean, words: Int32Array, base: number, row: number): void {
    let flow = this.flows.get(flowNumber);
    if (flow === undefined) {
      if (this.flows.size >= MOST_FLOWS) return;
      flow = open(words, base, row, reversed);
      this.flows.set(flowNumber, flow);
    }
    const payload = words[base + Col.payloadBytes]!;
    flow.packets++;
    flow.payloadBytes += payload;
    if (payload > flow.maxPayload) flow.maxPayload = payload;
    const fits = flow.six ? ETHERNET_PAYLOAD.v6 : ETHERNET_PAYLOAD.v4;
    // An IP fragment that announces a long datagram was cut by IP, not by an offload.
    if (payload > fits && (words[base + Col.notes]! & Note.FirstFragment) === 0) {
      flow.large ??= new Sample();
      flow.large.add(row);
    } else if (payload === flow.commonSize) flow.commonVotes++;
    else if (flow.commonVotes > 0) flow.commonVotes--;
    else flow.commonSize = payload;
  }

  measurements(): UdpFlowMeasurement[] {
    return [...this.flows.values()].map((flow) => ({
      client: { ip: text(flow, 0), port: flow.ports >>> 16 },
      server: { ip: text(flow, 4), port: flow.ports & 0xffff },
      firstRow: flow.firstRow,
      packets: flow.packets,
      payloadBytes: flow.payloadBytes,
      largerThanMtu: flow.large ?? { count: 0, rows: [] },
      maxPayloadBytes: flow.maxPayload,
      ...(flow.large !== undefined && flow.commonVotes > 0 ? { segmentBytes: flow.commonSize } : {}),
    }));
  }
}

function open(words: Int32Array, base: number, row: number, reversed: boolean): UdpFlow {
  const six = (words[base + Col.notes]! & Note.Ipv6) !== 0;
  const ports = words[base + Col.ports]!;
  const source = [words[base + Col.source]!, ...tail(words, rareOf(words, base) + Rare.sourceTail, six)];
  const destination = [words[base + Col.destination]!, ...tail(words, rareOf(words, base) + Rare.destinationTail, six)];
  return {
    addresses: reversed ? [...destination, ...source] : [...source, ...destination],
    ports: reversed ? (ports << 16) | (ports >>> 16) : ports,
    six,
    firstRow: row,
    packets: 0,
    payloadBytes: 0,
    maxPayload: 0,
    large: undefined,
    commonSize: 0,
    commonVotes: 0,
  };
}

function tail(words: Int32Array, at: number, six: boolean): number[] {
  return six ? [words[at]!, words[at + 1]!, words[at + 2]!] : [0, 0, 0];
}

function text(flow: UdpFlow, at: 0 | 4): string {
  const { addresses } = flow;
  if (!flow.six) return ipv4Text(addresses[at]!);
  return ipv6Text([addresses[at]!, addresses[at + 1]!, addresses[at + 2]!, addresses[at + 3]!]);
}
