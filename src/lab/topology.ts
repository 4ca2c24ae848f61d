// Station "lab": a path of hosts: sender, any bridges or routers in between, receiver.
import { connectVeth, createNamespace, type Namespace, setFeatures } from './netns.ts';
import { PEER_MAC, type Peer, startPeer } from './peer.ts';
import type { PeerPlan } from './peer-plan.ts';
import type { UndoStack } from './undo.ts';
import { startWire, type Wire } from './wire.ts';
import type { WirePlan } from './wire-plan.ts';

/** What lies between two neighbouring hosts. */
export type Link =
  | { readonly kind: 'veth'; readonly mtu?: number }
  | { readonly kind: 'wire'; readonly plan: WirePlan; readonly mtu?: number };

/** The shape of a path; links has one entry more than middles. */
export interface PathPlan {
  readonly family: 4 | 6;
  readonly middles: readonly ('bridge' | 'router')[];
  readonly links: readonly Link[];
  /** Switch off all transmit offloads of the middles' devices, so that what they forward is what a wire would carry. */
  readonly middleLikeWire: boolean;
  /** In place of a receiving host: a user-space receiver behind a TAP of the sender. links and middles are empty then. */
  readonly peer?: PeerPlan;
  /** Both ends on one host, over lo. links and middles are empty then. */
  readonly loopback?: boolean;
}

/** One host of a path; devices are named as seen from the sender: left towards it, right away from it. */
export interface Host {
  readonly role: string;
  readonly namespace: Namespace;
  readonly leftDevice: string;
  readonly rightDevice: string;
}

/** A path that is up. */
export interface Path {
  readonly sender: Host;
  readonly receiver: Host;
  readonly middles: readonly Host[];
  readonly senderAddress: string;
  readonly receiverAddress: string;
  readonly wires: readonly Wire[];
  readonly peer?: Peer;
}

const ALL_TRANSMIT_OFFLOADS_OFF = { tx: false, tso: false, gso: false, sg: false } as const;
const WIRE_LEFT_MAC = '02:77:74:00:00:01';

/** Builds the path and returns when both ends can talk. */
export async function buildPath(undo: UndoStack, plan: PathPlan): Promise<Path> {
  if (plan.loopback || plan.peer) return buildSingleHost(undo, plan);
  const roles = ['sender', ...plan.middles.map((kind, index) => `${kind}${index + 1}`), 'receiver'];
  const hosts: Host[] = [];
  for (const [index, role] of roles.entries()) {
    const inside = index > 0 && index < roles.length - 1;
    const namespace = await createNamespace(undo, role);
    hosts.push({ role, namespace, leftDevice: inside ? 'p1' : 'eth0', rightDevice: inside ? 'p2' : 'eth0' });
  }
  const wires: Wire[] = [];
  for (const [index, link] of plan.links.entries()) {
    const left = hosts[index] as Host;
    const right = hosts[index + 1] as Host;
    const ends = {
      left: { namespace: left.namespace, device: left.rightDevice },
      right: { namespace: right.namespace, device: right.leftDevice },
    };
    if (link.kind === 'veth') await connectVeth(ends.left, ends.right);
    else wires.push(await startWire(undo, ends.left, ends.right, link.plan));
    for (const end of [ends.left, ends.right]) {
      if (link.mtu !== undefined) await end.namespace.ip(`link set ${end.device} mtu ${link.mtu}`);
      await end.namespace.ip(`link set ${end.device} up`);
    }
  }
  const middles = hosts.slice(1, -1);
  for (const [index, middle] of middles.entries())
    await setUpMiddle(middle, plan.middles[index] === 'bridge', plan.middleLikeWire);
  const addresses = await addressPath(hosts, plan);
  return { sender: hosts[0] as Host, receiver: hosts.at(-1) as Host, middles, wires, ...addresses };
}

/** One namespace: both ends on lo, or the sender with a peer behind a TAP. */
async function buildSingleHost(undo: UndoStack, plan: PathPlan): Promise<Path> {
  const namespace = await createNamespace(undo, 'sender');
  const device = plan.peer ? 'eth0' : 'lo';
  const sender: Host = { role: 'sender', namespace, leftDevice: device, rightDevice: device };
  const base = { sender, receiver: { ...sender, role: 'receiver' }, middles: [], wires: [] };
  if (!plan.peer) {
    const address = plan.family === 4 ? '127.0.0.1' : '::1';
    if (plan.family === 6) await namespace.sysctl('net/ipv6/conf/lo/disable_ipv6', 0);
    return { ...base, senderAddress: address, receiverAddress: address };
  }
  const peer = await startPeer(undo, namespace, device, plan.peer);
  await namespace.ip(`link set ${device} up`);
  await namespace.ip(`addr add 10.77.1.1/24 dev ${device}`);
  await namespace.ip(`neigh replace 10.77.1.2 lladdr ${PEER_MAC} dev ${device} nud permanent`);
  return { ...base, senderAddress: '10.77.1.1', receiverAddress: '10.77.1.2', peer };
}

async function setUpMiddle(host: Host, bridge: boolean, likeWire: boolean): Promise<void> {
  const { namespace } = host;
  if (bridge) {
    await namespace.ip('link add br0 type bridge mcast_snooping 0');
    await namespace.ip('link set br0 mtu 65535');
    for (const device of [host.leftDevice, host.rightDevice]) await namespace.ip(`link set ${device} master br0`);
    await namespace.ip('link set br0 up');
  } else {
    await namespace.sysctl('net/ipv4/ip_forward', 1);
    await namespace.sysctl('net/ipv6/conf/all/forwarding', 1);
  }
  if (!likeWire) return;
  for (const device of [host.leftDevice, host.rightDevice])
    await setFeatures(namespace, device, ALL_TRANSMIT_OFFLOADS_OFF);
}

/** One subnet per stretch between routers: addresses, routes, and permanent neighbours so that no ARP is seen. */
async function addressPath(
  hosts: readonly Host[],
  plan: PathPlan,
): Promise<{ senderAddress: string; receiverAddress: string }> {
  const make = (subnet: number, host: number): string =>
    plan.family === 4 ? `10.77.${subnet}.${host}` : `fd77:${subnet}::${host}`;
  const length = plan.family === 4 ? 24 : 64;
  const family = plan.family === 4 ? '' : '-6 ';
  const stops = hosts.filter(
    (_, index) => index === 0 || index === hosts.length - 1 || plan.middles[index - 1] === 'router',
  );
  for (const [index, host] of stops.entries()) {
    const devices = [
      ...(index > 0 ? [[host.leftDevice, index, 2] as const] : []),
      ...(index < stops.length - 1 ? [[host.rightDevice, index + 1, 1] as const] : []),
    ];
    for (const [device, subnet, number] of devices) {
      if (plan.family === 6) await host.namespace.sysctl(`net/ipv6/conf/${device}/disable_ipv6`, 0);
      await host.namespace.ip(
        `addr add ${make(subnet, number)}/${length} dev ${device}${plan.family === 6 ? ' nodad' : ''}`,
      );
    }
  }
  const last = stops.length - 1;
  for (const [index, host] of stops.entries()) {
    for (let subnet = index + 2; subnet <= last; subnet += 1)
      await host.namespace.ip(`${family}route add ${make(subnet, 0)}/${length} via ${make(index + 1, 2)}`);
    for (let subnet = 1; subnet < index; subnet += 1)
      await host.namespace.ip(`${family}route add ${make(subnet, 0)}/${length} via ${make(index, 1)}`);
  }
  for (let index = 0; index < last; index += 1)
    await makeNeighbours(stops[index] as Host, stops[index + 1] as Host, index + 1, make);
  return { senderAddress: make(1, 1), receiverAddress: make(last, 2) };
}

async function makeNeighbours(
  left: Host,
  right: Host,
  subnet: number,
  make: (subnet: number, host: number) => string,
): Promise<void> {
  const mac = async (host: Host, device: string): Promise<string> =>
    /link\/ether (\S+)/.exec(await host.namespace.ip(`link show ${device}`))?.[1] ?? WIRE_LEFT_MAC;
  const leftMac = await mac(left, left.rightDevice);
  const rightMac = await mac(right, right.leftDevice);
  await left.namespace.ip(`neigh replace ${make(subnet, 2)} lladdr ${rightMac} dev ${left.rightDevice} nud permanent`);
  await right.namespace.ip(`neigh replace ${make(subnet, 1)} lladdr ${leftMac} dev ${right.leftDevice} nud permanent`);
}
