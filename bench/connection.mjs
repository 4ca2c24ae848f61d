// One TCP connection of the benchmark's traffic: its state, as plain data. What happens to it is in traffic-model.mjs.

export const MILLISECOND = 1e6;
const INITIAL_WINDOW_SEGMENTS = 10;

export const Kind = { Download: 0, Upload: 1, Talk: 2 };
export const Entry = { Data: 0, Lost: 1, Retransmission: 2, Timeout: 3, WindowUpdate: 4 };
export const State = { Syn: 0, Established: 1, Running: 2, FinSent: 3, Closed: 4 };

/** One end of a connection: what it stamps on the packets that it sends. */
function createEnd(random, isServer) {
  return {
    isServer,
    isn: random.uint32(),
    /** Bytes sent so far, the SYN not counted; the next byte's sequence number is isn + 1 + sent. */
    sent: 0,
    /** Bytes received in order. */
    received: 0,
    finSent: 0,
    finReceived: 0,
    ipId: random.between(0, 65536),
    clockOffsetMs: random.uint32(),
    echo: 0,
    windowBytes: 0,
    scaleShift: isServer ? 7 : random.between(6, 10),
    template: undefined,
    port: 0,
  };
}

/** Everything about one connection; the events of its life are methods of Traffic. */
export function createConnection(random, index, packetBudget, startNs) {
  const kind = random.chance(0.45) ? Kind.Download : random.chance(0.45) ? Kind.Upload : Kind.Talk;
  const ipVersion = random.chance(0.15) ? 6 : 4;
  const mss = (random.chance(0.9) ? 1448 : random.between(1300, 1440)) - (ipVersion === 6 ? 20 : 0);
  const offload = random.chance(0.7);
  const slowReader = kind === Kind.Download && random.chance(0.06);
  const client = createEnd(random, false);
  const server = createEnd(random, true);
  client.port = 32768 + (index % 28000);
  server.port = random.between(5201, 5205); // no dissector of Wireshark claims these: it is not asked to parse random payload
  client.windowBytes = slowReader ? random.between(8000, 60000) : random.between(256 << 10, 3 << 20);
  server.windowBytes = random.between(512 << 10, 3 << 20);
  return {
    index,
    kind,
    ipVersion,
    mss,
    offload,
    slowReader,
    client,
    server,
    vlan: random.chance(0.1) ? random.between(2, 4000) : undefined,
    rttNs: random.logUniform(0.2 * MILLISECOND, 80 * MILLISECOND),
    lossRate: random.chance(0.3) ? random.logUniform(0.0001, 0.004) : 0,
    budget: packetBudget,
    state: State.Syn,
    timeNs: startNs,
    congestionWindow: INITIAL_WINDOW_SEGMENTS * mss,
    windowCap: random.between(16, 260) * mss,
    rightEdge: 0,
    stalled: false,
    unacknowledged: 0,
    /** One loss at a time: from its sending to the arrival of its retransmission. */
    lossUnderWay: false,
    holeStart: -1,
    holeEnd: 0,
    highestSacked: 0,
    duplicateAcks: 0,
    retransmitted: false,
    delayedFrames: 0,
    lastDueNs: 0,
    talkPhase: 0,
    // A queue of what will reach the tap or be answered: kind, due time, first byte, byte after the last, timestamp of the sender.
    queueHead: 0,
    queueKind: [],
    queueDue: [],
    queueStart: [],
    queueEnd: [],
    queueStamp: [],
  };
}

export function seqOf(end, offset) {
  return (end.isn + 1 + offset) >>> 0;
}

export function ipOf(version, host, index) {
  const low = [(index >>> 16) & 0xff, (index >>> 8) & 0xff, index & 0xff];
  if (version === 4) return Uint8Array.of(10, host === 1 ? 0 : 64 + low[0], low[1], host === 1 ? 1 : low[2]);
  const address = new Uint8Array(16);
  address.set([0x20, 0x01, 0x0d, 0xb8, 0, host]);
  address.set(low, 12);
  address[15] = 1;
  return address;
}

export function trimQueue(c) {
  for (const queue of [c.queueKind, c.queueDue, c.queueStart, c.queueEnd, c.queueStamp]) queue.splice(0, c.queueHead);
  c.queueHead = 0;
}
