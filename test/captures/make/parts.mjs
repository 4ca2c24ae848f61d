// What the golden captures share: paths, taps and defaults.
import { bulk, experiment, wirePath } from '../../../dist/lab/scenarios/scenario.js';

export { bulk, experiment };

/** One golden capture; `keep` is the tap that becomes the file. */
export function golden(topic, name, story, keep, parts) {
  const full = experiment({ scenario: `${topic}/${name}`, description: story, seed: 1, ...parts });
  return { topic, name, story, keep, experiment: full };
}

/** A link with delay between two cards; rates in Mbit/s, times in ms. */
export function link({
  rttMs = 2,
  rateMbit = 0,
  queueBytes = 1_000_000,
  forward = {},
  left,
  right,
  record = false,
  family = 4,
} = {}) {
  const direction = { rateBitsPerSecond: rateMbit * 1e6, delayUs: rttMs * 500, queueBytes };
  return wirePath({
    seed: 1,
    family,
    forward: { ...direction, ...forward },
    back: direction,
    left,
    right,
    ...(record ? { recordFile: 'wire.pcap' } : {}),
  });
}

/** A tap at the sender or receiver. */
export function tap(at, extra = {}) {
  return { at, file: `${at}.pcap`, snaplen: 96, ...extra };
}

/** The sender behind a TAP, the receiver a script. */
export function scripted(windows, { rttUs = 2000, windowScale } = {}) {
  const peer = {
    mssOption: 1460,
    ackEverySegments: 2,
    tso: true,
    rttUs,
    windows,
    ...(windowScale === undefined ? {} : { windowScale }),
  };
  return { family: 4, middles: [], links: [], middleLikeWire: false, peer };
}

/** Receives with a small buffer. */
export function smallReceiver(rcvbufBytes) {
  return { socket: { rcvbufBytes }, receive: { readBytes: 65_536 } };
}
