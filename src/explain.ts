// The hallway: frames in, measurements out, verdicts from them. Nothing else joins the rooms.

import { CaptureAnalysis } from './analysis/capture-analysis.ts';
import type { CaptureMeasurement } from './analysis/measurement.ts';
import type { EpochTime } from './bytes/time.ts';
import type { CaptureEnd } from './capture/capture-reader.ts';
import { BatchLoader } from './packets/load.ts';
import type { CaptureInterface, FrameSink } from './wire/frame.ts';

/** Takes the frames of one capture; `finish` gives what was measured. */
export interface Explainer {
  readonly sink: FrameSink;
  /** Call once, after the last frame. */
  finish(end?: CaptureEnd): CaptureMeasurement;
}

/** Measures one capture in a single pass. `captureIndex` is its place among the captures of the report. */
export function createExplainer(options: { readonly captureIndex: number }): Explainer {
  const sink = new ExplainSink(options.captureIndex);
  return { sink, finish: () => sink.finish() };
}

class ExplainSink extends BatchLoader {
  private readonly analysis: CaptureAnalysis;
  private firstTime: EpochTime | undefined;
  private readonly drops: number[] = [];

  constructor(captureIndex: number) {
    const analysis = new CaptureAnalysis(captureIndex);
    super((batch, decoder) => analysis.consume(batch, decoder));
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

  finish(): CaptureMeasurement {
    this.flush();
    const { analysis } = this;
    const lost = this.drops.reduce((sum, drops) => sum + (drops ?? 0), 0);
    const { udp, icmp, other, undecoded } = analysis.tally;
    return {
      connections: analysis.measurements(),
      connectionCount: analysis.connectionCount,
      udpFlows: analysis.udpFlows(),
      otherPackets: { udp, icmp, other, undecoded },
      interfaces: this.interfaces.map(({ index, linkType, name, speedBitsPerSec }) => ({
        index,
        linkType,
        ...(name === undefined ? {} : { name }),
        ...(speedBitsPerSec === undefined ? {} : { speedBitsPerSec }),
      })),
      ...(this.firstTime === undefined ? {} : { firstTime: this.firstTime }),
      durationNs: analysis.lastNs,
      ...(lost > 0 ? { captureDrops: lost } : {}),
      ackedUnseen: analysis.ackedUnseen(),
    };
  }
}
