// Station "lab": what a run showed, for a person: what the kernel counted, and what each tap saw of it.
import { basename, join } from 'node:path';
import type { ConnectionMeasurement, DirectionMeasurement } from '../analysis/measurement.ts';
import { createExplainer } from '../explain.ts';
import { openCapture } from '../node/open-capture.ts';
import type { ConnectionTruth, TapTruth, Truth } from './truth.ts';

/** The summary of a run whose captures lie in the directory. */
export async function summarize(truth: Truth, directory: string): Promise<string> {
  const seen: string[][] = [];
  for (const tap of truth.taps) {
    const explainer = createExplainer({ captureIndex: 0 });
    const { end } = await openCapture(join(directory, tap.file), explainer.sink);
    seen.push(tapCells(truth, tap, [...explainer.finish(end).connections]));
  }
  const header = ['tap', 'frames', 'data frames', 'median', 'largest', 'on the wire', 'explain says'];
  const [connection] = truth.connections;
  return [
    `${truth.scenario}: ${truth.description}`,
    `Linux ${truth.kernel}, seed ${truth.seed}; the data come from the ${truth.dataFrom}`,
    '',
    'The kernel counted',
    ...(connection ? kernelLines(truth, connection) : udpLines(truth)),
    '',
    'The taps saw (bytes of payload in a frame, of the direction with the data)',
    ...columns([header, ...seen]).map((line) => `  ${line}`),
    '',
    'Files: capture.pcapng (all taps, an interface each) and one file a tap; truth.json (all counters);',
    'samples.json (TCP_INFO over time); sender.ethtool-k.txt and receiver.ethtool-k.txt.',
    `Next: wiretruth explain ${truth.taps[0]?.file ?? 'capture.pcapng'}`,
    '',
  ].join('\n');
}

function tapCells(truth: Truth, tap: TapTruth, connections: readonly ConnectionMeasurement[]): string[] {
  const direction = truth.dataFrom === 'client' ? 0 : 1;
  const port = truth.connections[0]?.server.port;
  const connection = connections.find((each) => each.server.port === port);
  const data = connection?.directions[direction];
  if (data === undefined) return [basename(tap.file), String(tap.packets), '', '', '', '', ''];
  return [
    tap.file,
    String(tap.packets),
    String(data.dataFrames),
    String(data.medianPayloadBytes ?? ''),
    String(data.maxPayloadBytes ?? ''),
    `${data.wireDataPackets} data packets`,
    says(data),
  ];
}

function says({ tsoInEffect, receiveMergeInEffect, smallPackets, capturePoint }: DirectionMeasurement): string {
  const words = [`at the ${capturePoint === 'between' ? 'wire' : capturePoint}`];
  if (tsoInEffect !== undefined) words.push(tsoInEffect ? 'TSO in effect' : 'no TSO');
  if (receiveMergeInEffect === true) words.push('merged on receipt');
  if (smallPackets.present) words.push(`small: ${smallPackets.reason ?? 'unknown'}`);
  return words.join(', ');
}

function kernelLines(truth: Truth, { directions, elapsedUs }: ConnectionTruth): string[] {
  const data = directions[truth.dataFrom === 'client' ? 0 : 1];
  const info = data.senderInfo;
  const rate = (data.bytesRead * 8) / Math.max(1, elapsedUs);
  const lines = [
    [
      'data',
      `${data.bytesWritten} bytes written, ${data.bytesRead} read in ${(elapsedUs / 1e6).toFixed(2)} s, ${rate.toFixed(1)} Mbit/s`,
    ],
    [
      'segmentation',
      data.tsoInEffect ? 'frames of several segments left TCP' : 'every frame that left TCP was one packet',
    ],
    ['merging', mergeWords(data.mergedBy, data.receiverSegmentsPerFrame)],
  ];
  if (info) {
    const share = (part: number | undefined): string =>
      info.busyTimeUs ? `${(((part ?? 0) / info.busyTimeUs) * 100).toFixed(1)}%` : 'unknown';
    lines.push(
      ['on the wire', `${info.dataSegsOut} data packets, ${info.totalRetrans} of them sent again; MSS ${info.sndMss}`],
      [
        'limits',
        `busy ${((info.busyTimeUs ?? 0) / 1000).toFixed(0)} ms: receive window ${share(info.rwndLimitedUs)}, send buffer ${share(info.sndbufLimitedUs)}`,
      ],
      [
        'round trip',
        `${((info.minRttUs ?? 0) / 1000).toFixed(2)} ms at least, ${((info.rttUs ?? 0) / 1000).toFixed(2)} ms smoothed`,
      ],
      [
        'windows',
        `congestion window ${info.sndCwnd} segments, the peer's window ${info.sndWnd ?? 'unknown'} bytes at the end`,
      ],
    );
  }
  if (data.smallPacketsReason !== null)
    lines.push(['built for', `packets that are small because of: ${data.smallPacketsReason}`]);
  return columns(lines).map((line) => `  ${line}`);
}

function mergeWords(by: string | null, perFrame: number | null): string {
  const segments = `${perFrame?.toFixed(2)} segments in each frame that the receiving IP layer got`;
  const many = perFrame === null ? '' : `, ${segments}`;
  switch (by) {
    case 'gro':
      return `by the receiver's GRO${many}`;
    case 'card':
      return `by the receiver's card${many}`;
    case 'card-without-gso-size':
      return `by the receiver's card, without the segment size${many}`;
    case 'never-cut':
      return `none: super-packets came uncut${many}`;
    default:
      return perFrame === null || perFrame === 1 ? 'none' : segments;
  }
}

function udpLines({ udp }: Truth): string[] {
  if (!udp) return [];
  return [`  UDP: ${udp.sent.calls} send calls, ${udp.sent.bytes} bytes; ${udp.received.calls} receive calls`];
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
