// Station "lab": the process at one end of a connection. Started inside a namespace with its plan as the one argument;
// prints "ready" when it listens, and the TrafficResult as one line of JSON at its end.
import { check, dieWithParent, LINUX, libc, PollSet } from './libc.ts';
import {
  acceptOne,
  openSocket,
  readableBytes,
  setWriteOptions,
  socketAddress,
  tcpInfo,
  unacknowledgedBytes,
  uncork,
} from './socket.ts';
import type { TcpInfo } from './tcp-info.ts';
import type { TcpInfoSample, TrafficPlan, TrafficResult } from './traffic-plan.ts';

const RECORD_POLL_US = 100;
const DRAIN_POLL_US = 1000;
const READ_CHUNK_BYTES = 1 << 18;

/** One connection and what was done on it so far. */
class Endpoint {
  readonly fd: number;
  readonly plan: TrafficPlan;
  readonly samples: TcpInfoSample[] = [];
  bytesWritten = 0;
  bytesRead = 0;
  peerClosed = false;
  /** The last sample taken while the connection could still be asked. */
  final: TcpInfo;
  readonly #startMs = performance.now();
  readonly #poll: PollSet;
  readonly #buffer: Uint8Array;
  #nextSampleUs = 0;

  constructor(fd: number, plan: TrafficPlan) {
    this.fd = fd;
    this.plan = plan;
    this.#poll = new PollSet([fd]);
    this.#buffer = new Uint8Array(
      Math.max(READ_CHUNK_BYTES, plan.send?.writeBytes ?? 0, plan.exchange?.responseBytes ?? 0),
    ).fill(0x61);
    this.final = tcpInfo(fd);
  }

  nowUs(): number {
    return (performance.now() - this.#startMs) * 1000;
  }

  get overdue(): boolean {
    return this.nowUs() > this.plan.deadlineMs * 1000;
  }

  /** Samples when it is time, then waits for an event or until `untilUs`, whichever is first. */
  wait(events: number, untilUs: number): void {
    this.sampleIfDue();
    const nowUs = this.nowUs();
    const wakeUs = Math.min(untilUs, this.#nextSampleUs, this.plan.deadlineMs * 1000 + 1);
    if (wakeUs <= nowUs) return;
    this.#poll.want(0, events);
    this.#poll.wait(wakeUs - nowUs);
  }

  sampleIfDue(): void {
    const nowUs = this.nowUs();
    if (nowUs < this.#nextSampleUs) return;
    this.final = tcpInfo(this.fd);
    this.samples.push({ atUs: Math.round(nowUs), info: this.final });
    this.#nextSampleUs = nowUs + this.plan.sampleEveryMs * 1000;
  }

  /**
   * Takes the last sample and no more: to the kernel a FIN under way is busy time, too (tcp_send_fin queues it,
   * tcp_output.c, v6.18), and how much of it a later sample would hold is chance.
   */
  sampleLast(): void {
    this.final = tcpInfo(this.fd);
    this.samples.push({ atUs: Math.round(this.nowUs()), info: this.final });
    this.#nextSampleUs = Number.POSITIVE_INFINITY;
  }

  /** Sleeps with samples until the given time. */
  sleepUntil(untilUs: number): void {
    while (this.nowUs() < untilUs && !this.overdue) this.wait(0, untilUs);
  }

  /** Writes so many bytes, waiting for space as often as needed. */
  write(count: number): void {
    let left = count;
    while (left > 0 && !this.overdue) {
      const piece = Math.min(left, this.#buffer.length);
      const sent = libc().send(this.fd, this.#buffer, piece, LINUX.MSG_DONTWAIT | LINUX.MSG_NOSIGNAL);
      if (sent > 0) {
        left -= sent;
        this.bytesWritten += sent;
        this.sampleIfDue();
      } else if (libc().errno() === LINUX.EAGAIN) this.wait(LINUX.POLLOUT, Number.POSITIVE_INFINITY);
      else return;
    }
  }

  /** One recv of at most `count` bytes; waits for data. Returns what was read, 0 at the end of the stream. */
  read(count: number): number {
    while (!this.overdue) {
      const got = libc().recv(this.fd, this.#buffer, Math.min(count, this.#buffer.length), LINUX.MSG_DONTWAIT);
      if (got > 0) {
        this.bytesRead += got;
        this.sampleIfDue();
        return got;
      }
      if (got === 0 || libc().errno() !== LINUX.EAGAIN) break;
      this.wait(LINUX.POLLIN, Number.POSITIVE_INFINITY);
    }
    this.peerClosed = true;
    return 0;
  }

  /** Reads exactly so many bytes unless the stream ends first. */
  readFully(count: number): void {
    for (let left = count; left > 0 && !this.peerClosed; ) left -= this.read(left);
  }
}

function sendStream(end: Endpoint): void {
  const send = end.plan.send;
  if (!send) return;
  const startUs = end.nowUs();
  const perInterval = send.writesPerInterval ?? 1;
  for (let interval = 0; end.bytesWritten < send.bytes && !end.overdue; interval += 1) {
    if (send.intervalUs) end.sleepUntil(startUs + interval * send.intervalUs);
    for (let write = 0; write < perInterval; write += 1)
      end.write(Math.min(send.writeBytes, send.bytes - end.bytesWritten));
  }
  if (end.plan.socket.cork) uncork(end.fd);
}

function receiveStream(end: Endpoint): void {
  const receive = end.plan.receive;
  if (!receive) return;
  let stopped = false;
  while (!end.peerClosed && !end.overdue) {
    if (receive.recordBytes) waitForRecord(end, receive.recordBytes);
    end.read(receive.recordBytes ?? receive.readBytes);
    if (receive.intervalUs) end.sleepUntil(end.nowUs() + receive.intervalUs);
    if (!stopped && receive.stopAfterBytes !== undefined && end.bytesRead >= receive.stopAfterBytes) {
      stopped = true;
      end.sleepUntil(end.nowUs() + (receive.stopUs ?? 0));
    }
  }
}

/** Waits until a whole record is in the socket. A stream that ends or a window that is full in mid-record is read as it is. */
function waitForRecord(end: Endpoint, recordBytes: number): void {
  let last = -1;
  let unchangedUs = 0;
  while (!end.overdue) {
    const ready = readableBytes(end.fd);
    if (ready >= recordBytes) return;
    unchangedUs = ready === last ? unchangedUs + RECORD_POLL_US : 0;
    last = ready;
    if (unchangedUs > 300_000) return;
    end.sleepUntil(end.nowUs() + RECORD_POLL_US);
  }
}

function exchange(end: Endpoint): void {
  const plan = end.plan.exchange;
  if (!plan) return;
  for (let round = 0; round < plan.rounds && !end.peerClosed && !end.overdue; round += 1) {
    if (end.plan.role === 'listen') {
      end.readFully(plan.requestBytes);
      if (!end.peerClosed) end.write(plan.responseBytes);
      continue;
    }
    const writes = plan.writesPerRequest ?? 1;
    for (let i = 0; i < writes; i += 1)
      end.write(Math.floor(plan.requestBytes / writes) + (i === 0 ? plan.requestBytes % writes : 0));
    end.readFully(plan.responseBytes);
    if (plan.thinkUs) end.sleepUntil(end.nowUs() + plan.thinkUs);
  }
}

/** Waits until all is acknowledged, takes the last sample, closes our half and waits for the peer's. */
function finish(end: Endpoint): void {
  while (!end.overdue && unacknowledgedBytes(end.fd) > 0) end.wait(0, end.nowUs() + DRAIN_POLL_US);
  end.sampleLast();
  libc().shutdown(end.fd, LINUX.SHUT_WR);
  while (!end.peerClosed && !end.overdue) end.read(READ_CHUNK_BYTES);
}

function connectOrAccept(plan: TrafficPlan): number {
  const c = libc();
  const fd = openSocket(plan.family, plan.socket);
  const address = socketAddress(plan.address, plan.port);
  if (plan.role === 'connect') {
    check(c.connect(fd, address, address.length), `connect ${plan.address} port ${plan.port}`);
    return fd;
  }
  check(c.bind(fd, address, address.length), `bind ${plan.address} port ${plan.port}`);
  check(c.listen(fd, 1), 'listen');
  process.stdout.write('ready\n');
  const accepted = acceptOne(fd);
  setWriteOptions(accepted, plan.socket);
  c.close(fd);
  return accepted;
}

function main(): void {
  dieWithParent();
  const plan = JSON.parse(process.argv[2] ?? '{}') as TrafficPlan;
  const end = new Endpoint(connectOrAccept(plan), plan);
  if (plan.startAfterMs) end.sleepUntil(plan.startAfterMs * 1000);
  if (plan.exchange) exchange(end);
  if (plan.send) sendStream(end);
  if (plan.receive) receiveStream(end);
  finish(end);
  const result: TrafficResult = {
    localPort: plan.port,
    bytesWritten: end.bytesWritten,
    bytesRead: end.bytesRead,
    elapsedUs: Math.round(end.nowUs()),
    deadlineHit: end.overdue,
    final: end.final,
    samples: end.samples,
  };
  libc().close(end.fd);
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

main();
