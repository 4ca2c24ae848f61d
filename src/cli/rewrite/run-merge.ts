// `wiretruth merge` at work.

import { MergeRewriter, type MergeSummary } from '../../node/rewrite/merge-rewriter.ts';
import { groRulesFor } from '../../offload/rules.ts';
import { UsageError } from '../commands/command.ts';
import type { MergeCommandOptions } from '../commands/merge.ts';
import type { ExitCode } from '../exit-codes.ts';
import { asPcapng, wantsPcapng } from './as-pcapng.ts';
import { type Rewriter, rewriteCapture } from './rewrite-capture.ts';

/** Merges one capture; gives the exit code. */
export async function runMerge(file: string, options: MergeCommandOptions): Promise<ExitCode> {
  const rules = groRulesFor(options.kernel);
  if (rules === undefined) throw new UsageError(`--kernel ${options.kernel}: no rules are known`);
  return rewriteCapture(file, options, (take) => {
    const rewriter = new MergeRewriter(take, {
      rules,
      receiveHash: options.receiveHash,
      endsUdpTunnels: options.tunnels === true,
      ...(options.lro === undefined ? {} : { lro: options.lro }),
      ...(options.groHw === undefined ? {} : { groHardware: options.groHw }),
      forwardsUdp: options.udp === true,
      withoutGro: !options.gro,
      pollNs: options.napi === 'same-timestamp' ? 0 : options.flushUs * 1000,
    });
    const plain: Rewriter = {
      sink: rewriter,
      onRawBlock: rewriter.onRawBlock,
      findsPcapRecords: true,
      settle: () => rewriter.settle(),
      finish: () => [...describe(rewriter.finish(), rules.since), ...guesses(options)],
    };
    return wantsPcapng(file, options.write) ? asPcapng(plain) : plain;
  });
}

/** The summary in words, one line each. */
function describe(summary: MergeSummary, line: string): readonly string[] {
  const { framesIn, framesOut, mergedPackets, mergedFrames, polls, fullPolls } = summary;
  const lines = [
    `${framesIn} frames in, ${framesOut} packets out; ${mergedFrames} frames merged into ${mergedPackets} packets ` +
      `(GRO rules of ${line}; ${polls} NAPI polls, ${fullPolls} of them full)`,
  ];
  if (summary.framesSent > 0) lines.push(`${summary.framesSent} frames passed: the capturing host sent them itself`);
  if (summary.largeFrames > 0) {
    lines.push(`${summary.largeFrames} frames are larger than any link carries: run wiretruth wire first`);
  }
  return lines;
}

/** What of the card's part is not known for sure. */
function guesses({ lro, groHw }: MergeCommandOptions): readonly string[] {
  const card = lro ?? groHw;
  if (card === undefined || card.guessed.length === 0) return [];
  return [`${card.name}: guessed, not measured: ${card.guessed.join(', ')} (${card.source})`];
}
