// Station "lab": windows that no real stack can be told to offer, from a user-space receiver; the sender is the real kernel.

import type { PeerPlan, WindowRule } from '../peer-plan.ts';
import type { PathPlan } from '../topology.ts';
import { experiment, type Scenario, SNAPLENS } from './scenario.ts';

const constant = (raw: number, atMs = 0): WindowRule => ({ atMs, kind: 'constant', raw });
const frozen = (atMs: number): WindowRule => ({ atMs, kind: 'frozen', raw: 0 });

function withPeer(plan: Partial<PeerPlan> & Pick<PeerPlan, 'windows' | 'rttUs'>): PathPlan {
  const peer = { mssOption: 1460, ackEverySegments: 2, tso: true, recordFile: 'wire.pcap', ...plan };
  return { family: 4, middles: [], links: [], middleLikeWire: false, peer };
}

/** Constant, shrinking and frozen windows. */
export const WINDOW_SCENARIOS: readonly Scenario[] = [
  {
    name: 'window-constant',
    make: (random, seed) => {
      const raw = random.pick([400, 536, 720, 1000, 1440, 2000, 5000, 10_000]);
      const rttUs = random.pick([300, 1000, 5000]);
      return experiment({
        scenario: 'window-constant',
        description: 'a raw window that never changes and is not scaled',
        seed,
        parameters: { raw, rttUs },
        path: withPeer({ windows: [constant(raw)], rttUs }),
        sender: {
          socket: {},
          send: { bytes: raw * Math.min(1200, Math.floor(1_500_000 / (rttUs + 300))), writeBytes: 65_536 },
        },
        taps: [
          { at: 'sender', file: 'sender.pcap', snaplen: random.pick(SNAPLENS), pcapng: random.pick([true, false]) },
        ],
        smallPacketsReason: 'receive-window',
      });
    },
  },
  {
    name: 'window-720-scaled',
    make: (random, seed) => {
      const late = random.pick([true, false]);
      return experiment({
        scenario: 'window-720-scaled',
        description: 'a raw window of 720 with scale 7: 92,160 bytes, and large frames',
        seed,
        parameters: { raw: 720, windowScale: 7, late },
        path: withPeer({ windows: [constant(720)], windowScale: 7, rttUs: random.pick([1000, 5000]) }),
        sender: { socket: {}, send: { bytes: 15_000_000, writeBytes: 65_536 }, ...(late ? { startAfterMs: 800 } : {}) },
        taps: [{ at: 'sender', file: 'sender.pcap', snaplen: random.pick([96, 128]), late }],
        smallPacketsReason: null,
      });
    },
  },
  {
    name: 'window-shrinks-to-720',
    make: (random, seed) => {
      const raw = random.pick([720, 1000, 360]);
      return experiment({
        scenario: 'window-shrinks-to-720',
        description: 'a window of 65,535 that falls to a small one and does not recover',
        seed,
        parameters: { raw },
        path: withPeer({
          windows: [constant(65_535), constant(raw, random.pick([100, 300]))],
          rttUs: random.pick([1000, 4000]),
        }),
        sender: { socket: {}, send: { bytes: 100_000_000, writeBytes: 65_536 } },
        taps: [{ at: 'sender', file: 'sender.pcap', snaplen: 96, pcapng: random.pick([true, false]) }],
        smallPacketsReason: 'receive-window',
        deadlineMs: 4000,
      });
    },
  },
  {
    name: 'window-frozen',
    make: (random, seed) => {
      const atMs = random.pick([100, 250]);
      const reopensMs = atMs + random.pick([700, 1500]);
      return experiment({
        scenario: 'window-frozen',
        description: 'the right edge freezes, a remainder below one MSS stays, then zero window; later it reopens',
        seed,
        parameters: { atMs, reopensMs },
        path: withPeer({ windows: [constant(20_000), frozen(atMs), constant(20_000, reopensMs)], rttUs: 2000 }),
        sender: { socket: {}, send: { bytes: 3_000_000, writeBytes: 65_536 } },
        taps: [{ at: 'sender', file: 'sender.pcap', snaplen: 128 }],
        smallPacketsReason: 'receive-window',
      });
    },
  },
  {
    name: 'window-to-zero',
    make: (random, seed) => {
      const reopensMs = random.pick([900, 1600]);
      return experiment({
        scenario: 'window-to-zero',
        description: 'a window that is taken back to zero, probes, and reopening',
        seed,
        parameters: { reopensMs },
        path: withPeer({ windows: [constant(65_535), constant(0, 150), constant(65_535, reopensMs)], rttUs: 2000 }),
        sender: { socket: {}, send: { bytes: 8_000_000, writeBytes: 65_536 } },
        taps: [{ at: 'sender', file: 'sender.pcap', snaplen: 96 }],
      });
    },
  },
];
