// The hallway: frames in, measurements out, verdicts from them. Nothing else joins the rooms.

import { CaptureAnalysis, type UnseenSample } from './analysis/capture-analysis.ts';
import type { CaptureMeasurement, ConnectionMeasurement } from './analysis/measurement.ts';
import { Sample } from './analysis/sample.ts';
import type { EpochTime } from './bytes/time.ts';
import type { CaptureEnd } from './capture/capture-reader.ts';
import { BatchLoader } from './packets/load.ts';
import type { Shard } from './packets/shard.ts';
import type { CaptureInterface, FrameSink } from './wire/frame.ts';

/** Takes the frames of one capture; `finish` gives what was measured. */
export interface Explainer {
  readonly sink: FrameSink;
  /** Call once, after the last frame. */
  finish(end?: CaptureEnd): CaptureMeasurement;
}

/** Takes all frames of one capture, but measures only its share of them. */
export interface ShareExplainer {
  readonly sink: FrameSink;
  /** Call once, after the last frame. */
  finishShare(): ShareMeasurement;
}

/** What one share of a capture gave. Connections are numbered within the share. Plain data but for the connections. */
export interface ShareMeasurement extends Omit<CaptureMeasurement, 'ackedUnseen' | 'connectionCount'> {
  /** First row of each connection, ascending. */
  readonly firstRows: Float64Array;
  readonly ackedUnseen: readonly UnseenSample[];
}

/** Measures one capture in a single pass. `captureIndex` is its place among the captures of the report. */
export function createExplainer(options: { readonly captureIndex: number }): Explainer {
  const sink = new ExplainSink(options.captureIndex, undefined);
  return { sink, finish: () => joinShares([sink.finish()]) };
}

/** Measures one share of a capture; `joinShares` makes the whole of all of them. */
export function createShareExplainer(options: {
  readonly captureIndex: number;
  readonly shard: Shard;
}): ShareExplainer {
  const sink = new ExplainSink(options.captureIndex, options.shard);
  return { sink, finishShare: () => sink.finish() };
}

class ExplainSink extends BatchLoader {
  private readonly analysis: CaptureAnalysis;
  private firstTime: EpochTime | undefined;
  private readonly drops: number[] = [];

  constructor(captureIndex: number, shard: Shard | undefined) {
    const analysis = new CaptureAnalysis(captureIndex);
    super((_, decoder) => analysis.consume(decoder), {
      batch: analysis.batch,
      reader: (owner) => analysis.readerFor(owner),
      ...(shard === undefined ? {} : { shard }),
    });
    this.analysis = analysis;
  }

  onFirstTime(epoch: EpochTime): void {
    this.firstTime = epoch;
  }

  /** Interface statistics are running totals: the last one counts. */
  onDrops(interfaceIndex: number, drops: { readonly byInterface?: number; readonly byOs?: number }): void {
    const lost = (drops.byInterface ?? 0) + (drops.byOs ?? 0);
    if (lost > 0) this.drops[interfaceIndex] = Math.max(this.drops[interfaceIndex] ?? 0, lost);
  }

  override onInterface(info: CaptureInterface): void {
    super.onInterface(info);
    this.analysis.setInterfaces(this.interfaces);
  }

  finish(): ShareMeasurement {
    this.flush();
    const { analysis } = this;
    const lost = this.drops.reduce((sum, drops) => sum + (drops ?? 0), 0);
    const { udp, icmp, other, undecoded } = analysis.tally;
    return {
      connections: analysis.measurements(),
      firstRows: analysis.firstRows(),
      udpFlows: analysis.udpFlows(),
      otherPackets: { udp, icmp, other, undecoded },
      interfaces: this.interfaces.map(({ index, linkType, name, speedBitsPerSec }) => ({
        index,
        linkType,
        ...(name === undefined ? {} : { name }),
        ...(speedBitsPerSec === undefined ? {} : { speedBitsPerSec }),
      })),
      ...(this.firstTime === undefined ? {} : { firstTime: this.firstTime }),
      durationNs: this.lastNs,
      ...(lost > 0 ? { captureDrops: lost } : {}),
      ackedUnseen: analysis.ackedUnseen(),
    };
  }
}

/** The capture whose shares these are, exactly as one explainer of all frames would have measured it. */
export function joinShares(shares: readonly [ShareMeasurement, ...ShareMeasurement[]]): CaptureMeasurement {
  const [{ interfaces, firstTime, captureDrops }] = shares;
  const sum = (count: (share: ShareMeasurement) => number) => shares.reduce((total, share) => total + count(share), 0);
  return {
    connections: shares.length === 1 ? shares[0].connections : inOrder(shares),
    connectionCount: sum(({ firstRows }) => firstRows.length),
    udpFlows: shares.flatMap(({ udpFlows }) => udpFlows).sort((a, b) => a.firstRow - b.firstRow),
    otherPackets: {
      udp: sum(({ otherPackets }) => otherPackets.udp),
      icmp: sum(({ otherPackets }) => otherPackets.icmp),
      other: sum(({ otherPackets }) => otherPackets.other),
      undecoded: sum(({ otherPackets }) => otherPackets.undecoded),
    },
    interfaces,
    ...(firstTime === undefined ? {} : { firstTime }),
    durationNs: Math.max(...shares.map(({ durationNs }) => durationNs)),
    ...(captureDrops === undefined ? {} : { captureDrops }),
    ackedUnseen: joinUnseen(shares.flatMap(({ ackedUnseen }) => ackedUnseen)),
  };
}

/** The connections of all shares by their first row, numbered anew. */
function* inOrder(shares: readonly ShareMeasurement[]): Generator<ConnectionMeasurement> {
  const sources = shares.map(({ firstRows, connections }) => ({
    firstRows,
    connections: connections[Symbol.iterator](),
    next: 0,
  }));
  for (let id = 1; ; id++) {
    let first: (typeof sources)[number] | undefined;
    for (const source of sources) {
      if (source.next === source.firstRows.length) continue;
      if (first === undefined || source.firstRows[source.next]! < first.firstRows[first.next]!) first = source;
    }
    if (first === undefined) return;
    first.next++;
    const { value } = first.connections.next();
    if (value === undefined) return;
    yield { ...value, id, tcpStream: id - 1 };
  }
}

function joinUnseen(samples: readonly UnseenSample[]): Sample {
  const joined = new Sample();
  for (const { rows, count } of samples.toSorted((a, b) => a.firstRow - b.firstRow)) {
    for (const row of rows) joined.add(row, 0);
    joined.count += count;
  }
  return joined;
}
