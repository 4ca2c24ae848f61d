// `wiretruth wire` at work.

import type { WireSummary } from '../../node/rewrite/wire-rewriter.ts';
import { WireRewriter } from '../../node/rewrite/wire-rewriter.ts';
import type { WireCommandOptions } from '../commands/wire.ts';
import type { ExitCode } from '../exit-codes.ts';
import { asPcapng, wantsPcapng } from './as-pcapng.ts';
import { type Rewriter, rewriteCapture } from './rewrite-capture.ts';

/** Cuts one capture; gives the exit code. */
export async function runWire(file: string, options: WireCommandOptions): Promise<ExitCode> {
  return rewriteCapture(file, options, (take) => {
    const rewriter = new WireRewriter(take, {
      ...(options.segmentSize === undefined ? {} : { segmentBytes: options.segmentSize }),
      ...(options.rate === undefined ? {} : { rateBitsPerSec: options.rate }),
    });
    const plain: Rewriter = {
      sink: rewriter,
      onRawBlock: rewriter.onRawBlock,
      findsPcapRecords: true,
      settle: () => rewriter.settle(),
      finish: () => describe(rewriter.finish()),
    };
    return wantsPcapng(file, options.write) ? asPcapng(plain) : plain;
  });
}

const sourceWords: Readonly<Record<string, string>> = {
  given: 'by --segment-size',
  'ip-id': 'by IP ID steps',
  handshake: 'by the handshake',
  learnt: 'by earlier frames',
  guess: 'by a guess (1,500-byte MTU)',
};

/** The summary in words, one line each. */
function describe(summary: WireSummary): readonly string[] {
  const by = Object.entries(summary.cutBy).map(([source, count]) => `${count} ${sourceWords[source] ?? source}`);
  const lines = [
    `${summary.framesIn} frames in, ${summary.framesOut} packets out; ${summary.framesCut} frames cut${by.length > 0 ? ` (${by.join(', ')})` : ''}`,
  ];
  if (summary.checksumsCompleted > 0) {
    lines.push(`${summary.checksumsCompleted} frames with a checksum that was left to the device, completed`);
  }
  if (summary.checksumsLeft > 0) {
    lines.push(`${summary.checksumsLeft} packets with the checksum left open: their payload was not captured`);
  }
  if (summary.undecided > 0) {
    lines.push(
      `${summary.undecided} frames above 1,500 bytes left whole: nothing tells at which size they were cut (--segment-size does)`,
    );
  }
  if (summary.contradicted > 0) {
    lines.push(
      `${summary.contradicted} frames cut by the handshake's size where the next IP ID speaks for another number of packets`,
    );
  }
  for (const [problem, counted] of Object.entries(summary.passed)) {
    const more = counted.count > counted.packets.length ? ', ...' : '';
    lines.push(`${counted.count} frames passed unchanged (${problem}): packets ${counted.packets.join(', ')}${more}`);
  }
  return lines;
}
