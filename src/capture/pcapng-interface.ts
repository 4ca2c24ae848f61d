// Station "capture": pcapng's interface description and statistics blocks.

import type { CaptureInterface } from '../wire/frame.ts';
import { InterfaceClock, ticksPerSecondOf, usualClock } from './pcapng-clock.ts';
import { forEachOption, InterfaceOption, StatisticsOption } from './pcapng-format.ts';
import { decodeUtf8 } from './text.ts';

/** What the reader keeps of an interface while its packets pass. */
export interface PcapngInterface {
  /** Number over all sections. */
  readonly index: number;
  readonly clock: InterfaceClock;
  /** 0 is without limit. */
  readonly snapLength: number;
  /** Sum of its packets' drop counts. */
  dropsSoFar: number;
}

/** Lost and received packets, cumulative. */
export interface InterfaceDrops {
  byInterface?: number;
  byOs?: number;
  received?: number;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Reads an interface description block of at least 20 bytes. */
export function readInterface(
  view: DataView,
  at: number,
  length: number,
  littleEndian: boolean,
  index: number,
  sectionOs: string | undefined,
): { readonly source: PcapngInterface; readonly info: CaptureInterface; readonly optionsWhole: boolean } {
  const snapLength = view.getUint32(at + 12, littleEndian);
  const info: Mutable<CaptureInterface> = { index, linkType: view.getUint16(at + 8, littleEndian) };
  if (snapLength !== 0) info.snapLength = snapLength;
  if (sectionOs !== undefined) info.os = sectionOs;
  let { ticksPerSecond, offsetSeconds } = usualClock;
  const optionsWhole = forEachOption(view, at + 16, at + length - 4, littleEndian, (code, valueAt, valueLength) => {
    if (code === InterfaceOption.TimeResolution && valueLength === 1) {
      ticksPerSecond = ticksPerSecondOf(view.getUint8(valueAt));
    } else if (code === InterfaceOption.TimeOffset && valueLength === 8) {
      offsetSeconds = view.getBigInt64(valueAt, littleEndian);
    } else readDescription(info, code, view, valueAt, valueLength, littleEndian);
  });
  const clock = new InterfaceClock({ ticksPerSecond, offsetSeconds });
  return { source: { index, clock, snapLength, dropsSoFar: 0 }, info, optionsWhole };
}

function readDescription(
  info: Mutable<CaptureInterface>,
  code: number,
  view: DataView,
  at: number,
  length: number,
  littleEndian: boolean,
): void {
  switch (code) {
    case InterfaceOption.Name:
      info.name = decodeUtf8(view, at, length);
      break;
    case InterfaceOption.Description:
      info.description = decodeUtf8(view, at, length);
      break;
    case InterfaceOption.Hardware:
      info.hardware = decodeUtf8(view, at, length);
      break;
    case InterfaceOption.Os:
      info.os = decodeUtf8(view, at, length);
      break;
    case InterfaceOption.Filter:
      // The first byte says what the filter is: 0 is a string in libpcap's language (section 4.2 of the draft).
      if (length > 1 && view.getUint8(at) === 0) info.filter = decodeUtf8(view, at + 1, length - 1);
      break;
    case InterfaceOption.FcsLength:
      if (length === 1) info.fcsBytes = view.getUint8(at);
      break;
    case InterfaceOption.Speed:
      if (length === 8) info.speedBitsPerSec ??= Number(view.getBigUint64(at, littleEndian));
      break;
    case InterfaceOption.TransmitSpeed:
      if (length === 8) info.speedBitsPerSec = Number(view.getBigUint64(at, littleEndian));
      break;
  }
}

/** Reads the counters of an interface statistics block of at least 24 bytes; all ones means unknown, as libpcap's readers take it. */
export function dropsOf(view: DataView, at: number, length: number, littleEndian: boolean): InterfaceDrops {
  const drops: InterfaceDrops = {};
  forEachOption(view, at + 20, at + length - 4, littleEndian, (code, valueAt, valueLength) => {
    if (valueLength !== 8) return;
    const value = view.getBigUint64(valueAt, littleEndian);
    if (value === 0xffff_ffff_ffff_ffffn) return;
    if (code === StatisticsOption.Received) drops.received = Number(value);
    else if (code === StatisticsOption.DroppedByInterface) drops.byInterface = Number(value);
    else if (code === StatisticsOption.DroppedByOs) drops.byOs = Number(value);
  });
  return drops;
}
