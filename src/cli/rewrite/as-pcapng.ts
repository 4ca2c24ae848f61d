// A pcap whose rewriting goes to a file named .pcapng becomes a pcapng on the way, so that marks have a place.

import { closeSync, openSync, readSync } from 'node:fs';
import { createCaptureReader } from '../../capture/chunk-reader.ts';
import { Annotator } from '../../node/rewrite/annotator.ts';
import type { Rewriter } from './rewrite-capture.ts';

/** Puts a conversion to pcapng in front of a rewriter. A pcapng passes the conversion as it is. */
export function asPcapng(rewriter: Rewriter): Rewriter {
  const reader = createCaptureReader(rewriter.sink, { file: 'pcapng', onRawBlock: rewriter.onRawBlock });
  const converter = new Annotator(
    (bytes) => reader.write(bytes),
    () => undefined,
  );
  return {
    sink: converter,
    onRawBlock: converter.onRawBlock,
    findsPcapRecords: false,
    settle: () => {
      converter.flush();
      rewriter.settle();
    },
    finish: () => {
      converter.flush();
      reader.end();
      return rewriter.finish();
    },
  };
}

/** Whether the conversion is wanted: the output is named .pcapng and the input is not one already, as far as its first bytes tell. */
export function wantsPcapng(input: string, output: string | undefined): boolean {
  return output?.endsWith('.pcapng') === true && !beginsAsPcapng(input);
}

/** First bytes of a pcapng section header. */
const sectionMagic = '0a0d0d0a';

function beginsAsPcapng(path: string): boolean {
  if (path === '-') return false;
  const first = Buffer.alloc(4);
  try {
    const fd = openSync(path, 'r');
    readSync(fd, first);
    closeSync(fd);
  } catch {
    // What cannot be opened is reported, with its reason, by the reading itself.
    return false;
  }
  return first.toString('hex') === sectionMagic;
}
