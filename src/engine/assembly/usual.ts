// Station "analysis": the segment that goes on where its direction stood, which most are: nothing in it has to be looked at that
// trackTcp (track.ts) looks at, so that half as many instructions do. What it means is taken by the same functions.

import * as C from '../layout/connection';
import * as F from '../layout/flags';
import * as P from '../layout/parts';
import * as Row from '../layout/row-places';
import * as Scratch from '../layout/scratch';
import * as W from '../layout/words';
import { advanceAck, takeEdge } from './acknowledgements';
import { takeNew } from './data';
import { count } from './fields';
import { headerBytesOf, idOf, optionBytesOf, tapOf } from './rows';
import { segmentsByLength, usualSegment } from './segment';
import { countMarks, countPayload, countSigns, decideNearNow, learnSegment, MARKS, MOST_IP_BYTES } from './track';
import { noteAnswer, takeTimestamps } from './turns';
import { holdFrame, settlePrevious } from './wire-view';

/** What the head of a usual row holds, in the bits of `HEAD_MASK`: TCP in no tunnel, no SACK blocks, no flag but ACK and PSH. */
const HEAD_MASK: i32 = 0xf | (0xf << 4) | ((0x1ff & ~Row.psh) << 8) | (Row.noTunnel << 19);
const HEAD: i32 = Row.tcp | (Row.ackFlag << 8) | (Row.noTunnel << 19);
/** What its notes hold none of. */
const ODD_NOTES: i32 = Row.lengthZero | Row.jumbo | Row.malformed;

/** Takes a row that goes from `own`'s side of the connection if it is a usual one; false: nothing has been done. The scratch place `nowNs` has its time. */
export function takeUsual(connection: usize, own: usize, other: usize, row: usize): bool {
  if ((load<i32>(row, Row.head) & HEAD_MASK) != HEAD) return false;
  if ((load<i32>(row, Row.notes) & ODD_NOTES) != 0) return false;
  if (load<i32>(row, Row.seq) != load<i32>(own, W.next)) return false;
  if (load<i32>(own, W.tap) != tapOf(row)) return false;
  // Both directions are known.
  if (load<i32>(own, W.frames) == 0) return false;
  if (load<i32>(own, F.started) == 0) return false;
  if (load<i32>(other, F.started) == 0) return false;
  if (load<i32>(connection, C.established) == 0) {
    if (load<i32>(own, F.synSeen) != 0) return false;
  }
  const ack = load<i32>(row, Row.ack);
  const newly = ack - load<i32>(other, W.una);
  if (newly > 0) {
    if (load<i32>(other, W.next) - ack < 0) return false;
    if (load<i32>(other, W.openHoles) != 0) return false;
    if (load<i32>(row, Row.payloadBytes) == 0) {
      takeUsualAcknowledgement(connection, own, other, row, ack, newly);
      return true;
    }
  } else if (newly < 0) return false;
  const payload = load<i32>(row, Row.payloadBytes);
  // One byte may be a probe of the window.
  if (payload <= 1) return false;
  if (payload > MOST_IP_BYTES) return false;
  if (load<i32>(own, W.firstDataRow) < 0) return false;
  if (load<i32>(own, W.timestampBytes) != optionBytesOf(row)) return false;
  takeUsualData(connection, own, other, row, ack, newly);
  return true;
}

/** Says what every packet says: that time goes on, and how soon sides answer. */
function takeTimes(connection: usize, own: usize, other: usize, row: usize, payload: i32): void {
  const nowNs = load<f64>(Scratch.nowNs);
  store<i32>(connection, load<i32>(row, Row.number), C.lastRow);
  store<f64>(connection, nowNs, C.lastNs);
  if ((load<i32>(row, Row.notes) & Row.timestamps) != 0) takeTimestamps(own, other, row, payload, Row.ackFlag);
  if (load<i32>(connection, C.lastSide) != load<i32>(own, P.side)) noteAnswer(connection, own, other, payload);
  store<f64>(connection, nowNs, C.lastFrameNs);
}

/** An acknowledgement of `newly` bytes more, without data. */
function takeUsualAcknowledgement(connection: usize, own: usize, other: usize, row: usize, ack: i32, newly: i32): void {
  takeTimes(connection, own, other, row, 0);
  advanceAck(other, ack, newly);
  takeEdge(other, row, ack);
  count(own, W.frames);
  store<i32>(own, load<i32>(row, Row.number), W.lastRow);
  countSigns(own, row, 1);
  if ((load<i32>(row, Row.notes) & MARKS) != 0)
    countMarks(own, load<i32>(row, Row.number), 0, 0, load<i32>(row, Row.notes));
  const seq = load<i32>(row, Row.seq);
  const id = idOf(row);
  settlePrevious(own, id, seq == load<i32>(own, W.previousEnd));
  holdFrame(own, load<i32>(row, Row.number), id, 0, headerBytesOf(row), 1, seq);
}

/** Data that go on where the last ended. */
function takeUsualData(connection: usize, own: usize, other: usize, row: usize, ack: i32, newly: i32): void {
  const payload = load<i32>(row, Row.payloadBytes);
  const seq = load<i32>(row, Row.seq);
  const end = seq + payload;
  const contiguous = seq == load<i32>(own, W.previousEnd);
  if (load<i32>(own, W.mssOption) == 0) learnSegment(own, row, payload);
  const segment = usualSegment(own);
  const segments = segmentsByLength(payload, segment);
  takeTimes(connection, own, other, row, payload);
  if (newly > 0) advanceAck(other, ack, newly);
  takeEdge(other, row, ack);
  const frames = count(own, W.dataFrames);
  takeNew(own, row, seq, end, segments, segment, payload);
  count(own, W.frames);
  const number = load<i32>(row, Row.number);
  store<i32>(own, number, W.lastRow);
  countPayload(own, row, number, payload, segment);
  countSigns(own, row, segments);
  if ((load<i32>(row, Row.notes) & MARKS) != 0) countMarks(own, number, payload, 0, load<i32>(row, Row.notes));
  const id = idOf(row);
  settlePrevious(own, id, contiguous);
  holdFrame(own, number, id, payload, headerBytesOf(row), segments, end);
  decideNearNow(connection, frames);
}
