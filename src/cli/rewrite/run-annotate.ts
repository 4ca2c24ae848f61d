// `wiretruth annotate` at work: the capture is read twice, first explained, then written with the verdicts.

import { diagnoseConnection, diagnosisContext } from '../../diagnosis/diagnose.ts';
import { diagnoseCapture } from '../../diagnosis/diagnose-host.ts';
import type { Verdict } from '../../diagnosis/verdict.ts';
import { createExplainer } from '../../explain.ts';
import { openCapture } from '../../node/open-capture.ts';
import { readHost } from '../../node/read-host.ts';
import { Annotator } from '../../node/rewrite/annotator.ts';
import { type Language, renderMessage } from '../../report/messages/render.ts';
import type { AnnotateCommandOptions } from '../commands/annotate.ts';
import type { ExitCode } from '../exit-codes.ts';
import { rewriteCapture } from './rewrite-capture.ts';

/** Packet numbers to what is to be said of them. */
type Comments = Map<number, string[]>;

/** Annotates one capture; gives the exit code. */
export async function runAnnotate(file: string, options: AnnotateCommandOptions): Promise<ExitCode> {
  const comments = await verdictsOf(file, options);
  return rewriteCapture(file, options, (take) => {
    const annotator = new Annotator(take, (packetNumber) => comments.get(packetNumber)?.join('\n'), {
      ...(options.hardware === undefined ? {} : { hardware: options.hardware }),
      ...(options.speed === undefined ? {} : { speedBitsPerSec: options.speed }),
    });
    return {
      sink: annotator,
      onRawBlock: annotator.onRawBlock,
      findsPcapRecords: false,
      settle: () => undefined,
      finish: () => {
        annotator.flush();
        return [`${annotator.annotated} packets annotated; in Wireshark: frame.comment contains "wiretruth"`];
      },
    };
  });
}

async function verdictsOf(file: string, options: AnnotateCommandOptions): Promise<Comments> {
  const explainer = createExplainer({ captureIndex: 0 });
  const { end } = await openCapture(file, explainer.sink);
  const measurement = explainer.finish(end);
  const hosts = await Promise.all((options.host ?? []).map((path) => readHost(path)));
  const context = diagnosisContext(measurement, hosts);
  const comments: Comments = new Map();
  for (const connection of measurement.connections) {
    const { verdicts } = diagnoseConnection(connection, context);
    // A verdict on the connection as a whole stands at its first packet.
    for (const verdict of verdicts) note(comments, verdict, connection.firstRow + 1, options.lang);
  }
  for (const verdict of diagnoseCapture(measurement, context)) note(comments, verdict, undefined, options.lang);
  return comments;
}

function note(comments: Comments, verdict: Verdict, otherwise: number | undefined, language: Language): void {
  const claim = `wiretruth ${verdict.severity} ${verdict.code}: ${renderMessage(verdict.claim, language)}`;
  let isSaid = false;
  for (const { text, packets } of verdict.evidence) {
    for (const packet of new Set(packets)) {
      add(comments, packet, `${claim} | ${renderMessage(text, language)}`);
      isSaid = true;
    }
  }
  if (!isSaid && otherwise !== undefined) add(comments, otherwise, claim);
}

function add(comments: Comments, packet: number, text: string): void {
  const known = comments.get(packet);
  if (known === undefined) comments.set(packet, [text]);
  else known.push(text);
}
