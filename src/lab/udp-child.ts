// Station "lab": one end of a UDP stream, inside a namespace. The receiver ends half a second after the last datagram.
import { check, dieWithParent, LINUX, libc, PollSet } from './libc.ts';
import { socketAddress } from './socket.ts';
import type { UdpEndPlan, UdpResult } from './udp-plan.ts';

const FIRST_DATAGRAM_US = 10_000_000;
const SILENCE_US = 500_000;
const int = (value: number): Uint8Array => new Uint8Array(Int32Array.of(value).buffer);

function sendBursts(fd: number, plan: UdpEndPlan): UdpResult {
  const address = socketAddress(plan.address, plan.port);
  check(libc().connect(fd, address, address.length), 'connect');
  check(libc().setsockopt(fd, LINUX.IPPROTO_UDP, LINUX.UDP_SEGMENT, int(plan.segmentBytes), 4), 'UDP_SEGMENT');
  const burst = new Uint8Array(plan.burstBytes).fill(0x61);
  const pause = new PollSet([]);
  for (let i = 0; i < plan.bursts; i += 1) {
    check(libc().send(fd, burst, burst.length, LINUX.MSG_NOSIGNAL), 'send');
    if (plan.intervalUs > 0) pause.wait(plan.intervalUs);
  }
  return { calls: plan.bursts, bytes: plan.bursts * plan.burstBytes };
}

function receive(fd: number, plan: UdpEndPlan): UdpResult {
  const address = socketAddress(plan.address, plan.port);
  check(libc().bind(fd, address, address.length), 'bind');
  if (plan.receiverMerges) check(libc().setsockopt(fd, LINUX.IPPROTO_UDP, LINUX.UDP_GRO, int(1), 4), 'UDP_GRO');
  process.stdout.write('ready\n');
  const poll = new PollSet([fd]);
  poll.want(0, LINUX.POLLIN);
  const buffer = new Uint8Array(70_000);
  let calls = 0;
  let bytes = 0;
  while (poll.wait(calls === 0 ? FIRST_DATAGRAM_US : SILENCE_US) > 0) {
    bytes += check(libc().recv(fd, buffer, buffer.length, 0), 'recv');
    calls += 1;
  }
  return { calls, bytes };
}

function main(): void {
  dieWithParent();
  const plan = JSON.parse(process.argv[2] ?? '{}') as UdpEndPlan;
  const fd = check(libc().socket(plan.family === 4 ? LINUX.AF_INET : LINUX.AF_INET6, LINUX.SOCK_DGRAM, 0), 'socket');
  const result = plan.role === 'send' ? sendBursts(fd, plan) : receive(fd, plan);
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

main();
