// Station "lab": a congestion window that a route holds.
import type { Path } from './topology.ts';
import { startTraffic } from './traffic.ts';
import type { UndoStack } from './undo.ts';

/** Bytes of the transfer that makes the entry of the metrics cache. */
const WARM_UP_BYTES = 20_000;

/**
 * Holds the sender's congestion window at so many segments, over IPv4. A locked cwnd metric of a route becomes snd_cwnd_clamp
 * only through the metrics cache (tcp_init_metrics, Linux 6.18), and an entry of that cache is made at the end of a
 * connection: one short transfer first.
 */
export async function holdCwnd(path: Path, undo: UndoStack, segments: number): Promise<undefined> {
  await path.sender.namespace.ip(
    `route replace 10.77.1.0/24 dev eth0 proto kernel scope link src 10.77.1.1 initcwnd ${segments} cwnd lock ${segments}`,
  );
  await path.sender.namespace.sysctl('net/ipv4/tcp_no_metrics_save', 0);
  const shared = {
    family: 4,
    address: path.receiverAddress,
    port: 5199,
    sampleEveryMs: 1000,
    deadlineMs: 5000,
    socket: {},
  } as const;
  const server = await startTraffic(undo, path.receiver.namespace, {
    ...shared,
    role: 'listen',
    receive: { readBytes: 65_536 },
  });
  const client = await startTraffic(undo, path.sender.namespace, {
    ...shared,
    role: 'connect',
    send: { bytes: WARM_UP_BYTES, writeBytes: 65_536 },
  });
  await client.result();
  await server.result();
}
