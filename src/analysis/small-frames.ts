// Station "analysis": how frames of new data came to be sent, as the packet loop finds out (engine/assembly/small-frames.ts).

import * as Cause from '../engine/layout/causes.ts';

/** How a frame came to be sent; causes.ts says what each means. */
export const SendCause: Readonly<
  Record<
    | 'Retransmission'
    | 'Window'
    | 'WriteEnd'
    | 'BufferFreed'
    | 'AckClocked'
    | 'Spaced'
    | 'Autosized'
    | 'Cut'
    | 'Unknown'
    | 'Idle',
    number
  >
> = {
  Retransmission: Cause.retransmission,
  Window: Cause.window,
  WriteEnd: Cause.writeEnd,
  BufferFreed: Cause.bufferFreed,
  AckClocked: Cause.ackClocked,
  Spaced: Cause.spaced,
  Autosized: Cause.autosized,
  Cut: Cause.cut,
  Unknown: Cause.unknown,
  Idle: Cause.idle,
};

export const SEND_CAUSES = 10;
