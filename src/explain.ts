// The hallway: frames in, measurements out, verdicts and words from them (explain/). Nothing else joins the rooms.

import { CaptureAnalysis } from './analysis/capture-analysis.ts';
import type { CaptureMeasurement, ConnectionMeasurement } from './analysis/measurement.ts';
import type { EpochTime } from './bytes/time.ts';
import type { CaptureEnd } from './capture/capture-reader.ts';
import { joinShares, type ShareMeasurement } from './explain/shares.ts';
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
  finishShare(): FinishedShare;
}

/** What one share of a capture gave. */
export interface FinishedShare {
  readonly share: ShareMeasurement;
  /** Its connections with the numbers that joinShares gives them; each is measured when it is asked for. Call once. */
  readonly connections: (numbers: Uint32Array) => Iterable<ConnectionMeasurement>;
}

/** Measures one capture in a single pass. `captureIndex` is its place among the captures of the report. */
export function createExplainer(options: { readonly captureIndex: number }): Explainer {
  const sink = new ExplainSink(options.captureIndex, undefined);
  return {
    sink,
    finish: () => {
      const { share, connections } = sink.finish();
      const { file, numbers } = joinShares([share]);
      return { ...file, connections: connections(numbers[0]) };
    },
  };
}

/** Measures one share of a capture; `joinShares` (explain/shares.ts) makes the whole of all of them. */
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

  finish(): FinishedShare {
    this.flush();
    const { analysis } = this;
    const lost = this.drops.reduce((sum, drops) => sum + (drops ?? 0), 0);
    const { udp, icmp, other, undecoded, undecodedCut } = analysis.tally;
    const share: ShareMeasurement = {
      firstRows: analysis.firstRows(),
      udpFlows: analysis.udpFlows(),
      otherPackets: { udp, icmp, other, undecoded, undecodedCut },
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
    return { share, connections: (numbers) => analysis.measurements(numbers) };
  }
}
