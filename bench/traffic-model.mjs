// A server's day, from a seed: what its own tap would show. Bulk downloads (it sends: TSO super-packets, or single segments where
// TSO is off), bulk uploads (it receives: GRO super-packets, or single segments), request-response talk; loss with SACK, fast
// retransmissions and timeouts; receivers that stall down to a zero window; IPv4, IPv6 and VLANs. Acknowledgements, timestamps,
// windows and IP IDs are those of a consistent TCP, so that no analyser finds an impossible thing. It is input for a stopwatch,
// not evidence: verdicts are proven on captures of the real kernel in test/captures.

import { createConnection, Entry, ipOf, Kind, MILLISECOND, State, seqOf, trimQueue } from './connection.mjs';
import { Checksum, Flag, headerTemplate } from './frame-writer.mjs';
import { Random, TimeHeap } from './random.mjs';

const MICROSECOND = 1e3;
const SERVER_MAC = Uint8Array.of(0x02, 0, 0, 0, 0, 1);
const ROUTER_MAC = Uint8Array.of(0x02, 0, 0, 0, 0, 2);
const RETRANSMIT_TIMEOUT_NS = 200 * MILLISECOND;
/** Largest payload that Linux puts in one super-packet: GSO_LEGACY_MAX_SIZE less the largest headers, in whole segments. */
const SUPER_PACKET_BYTES = 65535 - 320;

export class Traffic {
  #random;
  #writer;
  #limit;
  #clockNs = 0;
  #segment = {
    seq: 0,
    ack: 0,
    flags: 0,
    window: 0,
    payloadBytes: 0,
    ipId: 0,
    options: new Uint8Array(40),
    optionBytes: 0,
    checksum: 0,
  };
  #options = new DataView(this.#segment.options.buffer);

  constructor(writer, { packets, connections, seed }) {
    this.#writer = writer;
    this.#limit = packets;
    this.#random = new Random(seed);
    this.connections = this.#plan(packets, connections);
  }

  /** Shares the packets out with a heavy tail, and the starts over the time that they need. */
  #plan(packets, count) {
    const random = this.#random;
    const weights = Array.from({ length: count }, () => Math.min(30, (1 - random.unit()) ** -0.8));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const spreadNs = Math.max(1e9, packets * 2000);
    // A tenth more than asked: the file ends while connections are still running, as captures do.
    return weights.map((weight, index) =>
      createConnection(
        random,
        index,
        Math.max(12, Math.round((weight / total) * packets * 1.1)),
        random.unit() * spreadNs,
      ),
    );
  }

  /** Runs until the packet limit or until every connection has closed. */
  run() {
    const heap = new TimeHeap(this.connections.length);
    for (const connection of this.connections) heap.push(connection.timeNs, connection.index);
    while (heap.size > 0 && this.#writer.packetCount < this.#limit) {
      const connection = this.connections[heap.pop()];
      this.#step(connection);
      if (connection.state !== State.Closed) heap.push(connection.timeNs, connection.index);
    }
  }

  #step(c) {
    if (c.timeNs > this.#clockNs) this.#clockNs = c.timeNs;
    if (c.state === State.Syn) this.#open(c);
    else if (c.state === State.Established) this.#start(c);
    else if (c.state === State.FinSent) this.#close(c);
    else if (c.kind === Kind.Talk) this.#talk(c);
    else this.#pop(c);
  }

  #open(c) {
    const hop = this.#random.between(48, 62);
    const clientIp = ipOf(c.ipVersion, 2, c.index);
    const serverIp = ipOf(c.ipVersion, 1, 0);
    const common = { vlan: c.vlan, ipVersion: c.ipVersion };
    c.client.template = headerTemplate({
      ...common,
      fromIp: clientIp,
      toIp: serverIp,
      fromMac: ROUTER_MAC,
      toMac: SERVER_MAC,
      ttl: hop,
    });
    c.server.template = headerTemplate({
      ...common,
      fromIp: serverIp,
      toIp: clientIp,
      fromMac: SERVER_MAC,
      toMac: ROUTER_MAC,
      ttl: 64,
    });
    this.#send(c, c.client, Flag.Syn, 0, 0);
    this.#clockNs += 20 * MICROSECOND;
    this.#send(c, c.server, Flag.Syn | Flag.Ack, 0, 0);
    c.state = State.Established;
    c.timeNs = this.#clockNs + c.rttNs;
  }

  #start(c) {
    this.#send(c, c.client, Flag.Ack, 0, 0);
    c.state = State.Running;
    if (c.kind === Kind.Talk) {
      c.timeNs = this.#clockNs + this.#random.between(100, 5000) * MICROSECOND;
      return;
    }
    if (c.kind === Kind.Download) {
      const request = this.#random.between(80, 600);
      this.#send(c, c.client, Flag.Ack | Flag.Psh, 0, request);
      this.#advance(c.client, c.server, request);
      this.#clockNs += 50 * MICROSECOND;
      this.#send(c, c.server, Flag.Ack, c.server.sent, 0);
    }
    const receiver = c.kind === Kind.Download ? c.client : c.server;
    c.rightEdge = receiver.windowBytes;
    this.#fill(c);
    this.#wait(c);
  }

  /** The sender has moved on and the receiver has it in order. */
  #advance(sender, receiver, bytes) {
    sender.sent += bytes;
    receiver.received += bytes;
  }

  // ---- bulk transfers ---------------------------------------------------------------------------------------------------

  /** Sends, or (for an upload) lets the remote client send, what congestion and receive window allow. */
  #fill(c) {
    const sender = c.kind === Kind.Download ? c.server : c.client;
    let burst = 0;
    while (c.budget > 0 && burst < 12) {
      const room = Math.min(c.congestionWindow - (sender.sent - c.unacknowledged), c.rightEdge - sender.sent);
      const wanted = this.#frameBytes(c);
      const atRightEdge = c.slowReader && room > 0 && room < wanted && sender.sent === c.unacknowledged;
      if (room < wanted && !atRightEdge) break;
      this.#sendNew(c, sender, atRightEdge ? Math.floor(room) : wanted);
      burst += 1;
    }
  }

  #frameBytes(c) {
    if (!c.offload) return c.mss;
    const segments = Math.max(
      2,
      Math.min(Math.floor(SUPER_PACKET_BYTES / c.mss), Math.floor(c.congestionWindow / c.mss / 3)),
    );
    if (c.kind === Kind.Upload) return c.mss * Math.min(segments, this.#random.between(1, 18));
    return (
      c.mss * (c.slowReader ? Math.min(segments, Math.max(1, Math.floor(c.client.windowBytes / c.mss / 2))) : segments)
    );
  }

  #sendNew(c, sender, bytes) {
    const lost = !c.lossUnderWay && c.lossRate > 0 && this.#random.chance(c.lossRate * Math.ceil(bytes / c.mss));
    if (lost) c.lossUnderWay = true;
    const stamp = this.#stamp(sender);
    const start = sender.sent;
    if (c.kind === Kind.Download) {
      this.#clockNs += 3 * MICROSECOND;
      this.#send(c, sender, Flag.Ack | (this.#random.chance(0.1) ? Flag.Psh : 0), start, bytes);
    }
    sender.sent += bytes;
    this.#enqueue(
      c,
      lost ? Entry.Lost : Entry.Data,
      this.#clockNs + this.#jittered(c.rttNs),
      start,
      start + bytes,
      stamp,
    );
  }

  #jittered(rttNs) {
    return rttNs * (1 + 0.1 * this.#random.unit());
  }

  /** Due times never run backwards: the path keeps order. */
  #enqueue(c, kind, dueNs, start, end, stamp) {
    c.lastDueNs = Math.max(c.lastDueNs + 2 * MICROSECOND, dueNs);
    c.queueKind.push(kind);
    c.queueDue.push(c.lastDueNs);
    c.queueStart.push(start);
    c.queueEnd.push(end);
    c.queueStamp.push(stamp);
  }

  #pop(c) {
    const at = c.queueHead;
    const kind = c.queueKind[at];
    const start = c.queueStart[at];
    const end = c.queueEnd[at];
    const stamp = c.queueStamp[at];
    c.queueHead += 1;
    if (c.queueHead > 512) trimQueue(c);
    if (kind === Entry.Timeout) this.#retransmit(c);
    else if (kind === Entry.WindowUpdate) this.#windowUpdate(c);
    else if (c.kind === Kind.Download) this.#acknowledged(c, kind, start, end, stamp);
    else this.#arrived(c, kind, start, end);
    this.#fill(c);
    this.#wait(c);
  }

  /** At the sender's tap: the acknowledgement of one frame comes back (or does not, when the frame was lost). */
  #acknowledged(c, kind, start, end, stamp) {
    if (!this.#receive(c, kind, start, end)) return;
    if (c.holeStart >= 0) {
      this.#sack(c, c.client);
      return;
    }
    c.client.echo = stamp;
    c.delayedFrames += 1;
    const more = c.queueHead < c.queueKind.length && c.queueDue[c.queueHead] < this.#clockNs + 500 * MICROSECOND;
    if (!c.offload && more && c.delayedFrames < 2 && kind === Entry.Data) return;
    c.delayedFrames = 0;
    this.#ackAll(c, c.client);
  }

  /** At the receiver's tap: data comes in and is acknowledged at once. */
  #arrived(c, kind, start, end) {
    if (kind === Entry.Lost && end - start > c.mss)
      this.#send(c, c.client, Flag.Ack, start + c.mss, end - start - c.mss);
    else if (kind !== Entry.Lost) this.#send(c, c.client, Flag.Ack, start, end - start);
    if (!this.#receive(c, kind, start, end)) return;
    this.#clockNs += 8 * MICROSECOND;
    if (c.holeStart >= 0) {
      this.#sack(c, c.server);
      return;
    }
    c.delayedFrames += 1;
    if (!c.offload && c.delayedFrames < 2 && c.queueHead < c.queueKind.length) return;
    c.delayedFrames = 0;
    this.#ackAll(c, c.server);
  }

  /** Books a frame at the receiver; false when nothing of it came. Only the first segment of a lost super-packet is lost. */
  #receive(c, kind, start, end) {
    const receiver = c.kind === Kind.Download ? c.client : c.server;
    if (kind === Entry.Lost) {
      c.holeStart = start;
      c.holeEnd = Math.min(end, start + c.mss);
      c.highestSacked = end;
      c.duplicateAcks = 0;
      c.retransmitted = false;
      return end > c.holeEnd;
    }
    if (kind === Entry.Retransmission) {
      c.holeStart = -1;
      c.lossUnderWay = false;
      receiver.received = Math.max(c.highestSacked, end);
      return true;
    }
    if (c.holeStart >= 0) c.highestSacked = end;
    else receiver.received = end;
    return true;
  }

  #ackAll(c, receiver) {
    const acknowledged = receiver.received - c.unacknowledged;
    c.unacknowledged = receiver.received;
    if (c.congestionWindow < c.windowCap) c.congestionWindow += Math.min(acknowledged, 4 * c.mss);
    if (c.slowReader && !c.stalled && this.#random.chance(0.02)) c.stalled = true;
    if (!c.stalled) c.rightEdge = c.unacknowledged + receiver.windowBytes;
    // The window is a multiple of its scale: what is sent must fit into what was offered.
    const offered = Math.floor((c.rightEdge - c.unacknowledged) / 2 ** receiver.scaleShift);
    c.rightEdge = c.unacknowledged + offered * 2 ** receiver.scaleShift;
    this.#send(c, receiver, Flag.Ack, receiver.sent, 0, offered);
  }

  #windowUpdate(c) {
    c.stalled = false;
    const offered = Math.floor(c.client.windowBytes / 2 ** c.client.scaleShift);
    c.rightEdge = c.unacknowledged + offered * 2 ** c.client.scaleShift;
    this.#send(c, c.client, Flag.Ack, c.client.sent, 0, offered);
  }

  #sack(c, receiver) {
    if (c.holeStart > c.unacknowledged) c.unacknowledged = c.holeStart;
    receiver.received = c.holeStart;
    const peer = receiver === c.client ? c.server : c.client;
    const offered = Math.floor((c.rightEdge - c.unacknowledged) / 2 ** receiver.scaleShift);
    this.#send(c, receiver, Flag.Ack, receiver.sent, 0, offered, seqOf(peer, c.holeEnd), seqOf(peer, c.highestSacked));
    c.duplicateAcks += 1;
    if (c.duplicateAcks === 3 && !c.retransmitted) this.#retransmit(c);
  }

  #retransmit(c) {
    const sender = c.kind === Kind.Download ? c.server : c.client;
    c.retransmitted = true;
    c.congestionWindow = Math.max(2 * c.mss, c.congestionWindow / 2);
    const stamp = this.#stamp(sender);
    if (c.kind === Kind.Download) {
      this.#clockNs += 4 * MICROSECOND;
      this.#send(c, sender, Flag.Ack, c.holeStart, c.holeEnd - c.holeStart);
    }
    this.#enqueue(c, Entry.Retransmission, this.#clockNs + this.#jittered(c.rttNs), c.holeStart, c.holeEnd, stamp);
  }

  /** Sets when this connection is to be looked at again. */
  #wait(c) {
    if (c.queueHead < c.queueKind.length) {
      c.timeNs = c.queueDue[c.queueHead];
      return;
    }
    const sender = c.kind === Kind.Download ? c.server : c.client;
    const receiver = c.kind === Kind.Download ? c.client : c.server;
    if (c.holeStart >= 0) this.#enqueue(c, Entry.Timeout, this.#clockNs + RETRANSMIT_TIMEOUT_NS, 0, 0, 0);
    else if (c.stalled)
      this.#enqueue(c, Entry.WindowUpdate, this.#clockNs + this.#random.between(5, 200) * MILLISECOND, 0, 0, 0);
    else if (receiver.received > c.unacknowledged) this.#ackAll(c, receiver);
    else if (c.budget > 0) c.congestionWindow = Math.max(c.congestionWindow, this.#frameBytes(c) * 2);
    if (c.queueHead === c.queueKind.length) this.#fill(c);
    if (c.queueHead < c.queueKind.length) c.timeNs = c.queueDue[c.queueHead];
    else this.#finish(c, sender);
  }

  // ---- request and response ---------------------------------------------------------------------------------------------

  #talk(c) {
    const random = this.#random;
    if (c.talkPhase === 0) {
      const request = random.chance(0.3) ? random.between(1, 30) : random.between(40, 900);
      this.#send(c, c.client, Flag.Ack | Flag.Psh, c.client.sent, request);
      this.#advance(c.client, c.server, request);
      c.timeNs = this.#clockNs + random.between(20, 8000) * MICROSECOND;
      c.talkPhase = 1;
    } else if (c.talkPhase === 1) {
      const response = random.chance(0.3) ? random.between(1, 60) : random.between(100, c.offload ? 4 * c.mss : c.mss);
      this.#send(c, c.server, Flag.Ack | Flag.Psh, c.server.sent, response);
      this.#advance(c.server, c.client, response);
      c.timeNs = this.#clockNs + this.#jittered(c.rttNs);
      c.talkPhase = 2;
    } else {
      this.#send(c, c.client, Flag.Ack, c.client.sent, 0);
      c.talkPhase = 0;
      c.timeNs = this.#clockNs + random.between(100, 40000) * MICROSECOND;
      if (c.budget <= 0) this.#finish(c, c.server);
    }
  }

  // ---- the end -----------------------------------------------------------------------------------------------------------

  #finish(c, sender) {
    const peer = sender === c.server ? c.client : c.server;
    this.#send(c, sender, Flag.Fin | Flag.Ack, sender.sent, 0);
    sender.finSent = 1;
    peer.finReceived = 1;
    c.state = State.FinSent;
    c.timeNs = this.#clockNs + c.rttNs;
  }

  #close(c) {
    const second = c.server.finSent === 1 ? c.client : c.server;
    const first = second === c.client ? c.server : c.client;
    this.#send(c, second, Flag.Fin | Flag.Ack, second.sent, 0);
    second.finSent = 1;
    first.finReceived = 1;
    this.#clockNs += 10 * MICROSECOND;
    this.#send(c, first, Flag.Ack, first.sent + 1, 0);
    c.state = State.Closed;
    c.client.template = undefined;
    c.server.template = undefined;
    c.queueKind = c.queueDue = c.queueStart = c.queueEnd = c.queueStamp = undefined;
  }

  // ---- one packet --------------------------------------------------------------------------------------------------------

  #stamp(end) {
    return (end.clockOffsetMs + Math.floor(this.#clockNs / MILLISECOND)) >>> 0;
  }

  #send(c, end, flags, offset, payloadBytes, rawWindow = -1, sackLeft = -1, sackRight = -1) {
    if (this.#writer.packetCount >= this.#limit) return;
    const peer = end === c.client ? c.server : c.client;
    const segment = this.#segment;
    const isSyn = (flags & Flag.Syn) !== 0;
    segment.seq = isSyn ? end.isn : seqOf(end, offset);
    segment.ack = flags & Flag.Ack ? seqOf(peer, end.received + end.finReceived) : 0;
    segment.flags = flags;
    segment.payloadBytes = payloadBytes;
    const fullWindow = isSyn ? 64240 : Math.floor(end.windowBytes / 2 ** end.scaleShift);
    segment.window = Math.min(65535, Math.max(0, rawWindow >= 0 ? rawWindow : fullWindow));
    segment.optionBytes = isSyn
      ? this.#synOptions(c, end, peer)
      : this.#plainOptions(c, end, peer, sackLeft, sackRight);
    const wirePackets = payloadBytes > c.mss ? Math.ceil(payloadBytes / c.mss) : 1;
    segment.ipId = end.isServer && isSyn ? 0 : end.ipId;
    end.ipId = (end.ipId + wirePackets) & 0xffff;
    segment.checksum = end.isServer || wirePackets > 1 ? Checksum.Partial : Checksum.Valid;
    this.#writer.write(end.template, end.port, peer.port, segment, Math.floor(this.#clockNs));
    this.#clockNs += 200;
    c.budget -= 1;
  }

  #synOptions(c, end, peer) {
    const view = this.#options;
    view.setUint16(0, 0x0204);
    view.setUint16(2, c.mss + 12);
    view.setUint32(4, 0x0402080a);
    view.setUint32(8, this.#stamp(end));
    view.setUint32(12, end.isServer ? this.#stamp(peer) : 0);
    view.setUint32(16, 0x01030300 | end.scaleShift);
    return 20;
  }

  #plainOptions(c, end, peer, sackLeft, sackRight) {
    const view = this.#options;
    view.setUint32(0, 0x0101080a);
    view.setUint32(4, this.#stamp(end));
    view.setUint32(8, end === c.client && c.kind === Kind.Download && end.echo !== 0 ? end.echo : this.#stamp(peer));
    if (sackLeft < 0) return 12;
    view.setUint32(12, 0x0101050a);
    view.setUint32(16, sackLeft);
    view.setUint32(20, sackRight);
    return 24;
  }
}
