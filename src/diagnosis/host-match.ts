// Station "diagnosis": which of the given hosts is an end of a connection, and through which of its devices. A host says
// who it is by its sockets; without them one single host is taken for the end where the capture was made, and said so.

import type { ConnectionMeasurement, Side } from '../analysis/measurement.ts';
import type { DeviceState, HostState, NetworkState, SocketAddress, SocketState } from '../hoststate/host-state.ts';
import { type DiagnosisContext, endpoint, otherSide } from './rule.ts';

export interface HostAtEnd {
  readonly host: HostState;
  /** The network namespace that holds the socket; the host itself for the initial one. */
  readonly network: NetworkState;
  readonly namespace?: string;
  /** The connection's own socket in `ss`, when it was recorded. */
  readonly socket?: SocketState;
  /** The device that the connection leaves through, when there is just one that it can be. */
  readonly device?: DeviceState;
  /** Taken for this end because no other host was given, not because it says so. */
  readonly assumed: boolean;
}

interface Place {
  readonly host: HostState;
  readonly network: NetworkState;
  readonly namespace?: string;
}

/** The host at one end of the connection; undefined when none of the given ones is. */
export function hostAt(
  connection: ConnectionMeasurement,
  side: Side,
  context: DiagnosisContext,
): HostAtEnd | undefined {
  if (context.hosts.length === 0) return undefined;
  const places = context.hosts.flatMap(placesOf);
  const local = endpoint(connection, side);
  const peer = endpoint(connection, otherSide(side));
  for (const place of places) {
    const socket = socketIndex(place.network).byPair.get(pairKey(local, peer));
    if (socket !== undefined) return atEnd(place, context, false, socket);
  }
  const byAddress = places.find((place) => socketIndex(place.network).addresses.has(local.ip));
  if (byAddress !== undefined) return atEnd(byAddress, context, false);
  return assumedHost(connection, side, context);
}

function placesOf(host: HostState): readonly Place[] {
  return [
    { host, network: host },
    ...[...host.namespaces].map(([namespace, network]) => ({ host, network, namespace })),
  ];
}

function atEnd(place: Place, context: DiagnosisContext, assumed: boolean, socket?: SocketState): HostAtEnd {
  const device = deviceOf(place.network, context);
  return {
    ...place,
    assumed,
    ...(socket === undefined ? {} : { socket }),
    ...(device === undefined ? {} : { device }),
  };
}

/** The one host given, if it names no socket that says otherwise, is where the capture was made. */
function assumedHost(connection: ConnectionMeasurement, side: Side, context: DiagnosisContext): HostAtEnd | undefined {
  const host = context.hosts[0];
  if (host === undefined || context.hosts.length !== 1) return undefined;
  if (placesOf(host).some((place) => place.network.sockets.length > 0)) return undefined;
  return capturedAt(connection, side) ? atEnd({ host, network: host }, context, true) : undefined;
}

/** Whether the tap sat at this end, by what either direction says. */
function capturedAt(connection: ConnectionMeasurement, side: Side): boolean {
  const sent = connection.directions[side];
  const received = connection.directions[otherSide(side)];
  return connection.capturePoint === 'both' || sent.capturePoint === 'sender' || received.capturePoint === 'receiver';
}

interface SocketIndex {
  readonly byPair: ReadonlyMap<string, SocketState>;
  readonly addresses: ReadonlySet<string>;
}

/** A report may hold 100,000 connections and `ss` as many sockets: each network is indexed once. */
const indexes = new WeakMap<NetworkState, SocketIndex>();

function socketIndex(network: NetworkState): SocketIndex {
  const known = indexes.get(network);
  if (known !== undefined) return known;
  const byPair = new Map<string, SocketState>();
  const addresses = new Set<string>();
  for (const socket of network.sockets) {
    addresses.add(plainIp(socket.local.ip));
    byPair.set(pairKey(socket.local, socket.peer), socket);
  }
  const index = { byPair, addresses };
  indexes.set(network, index);
  return index;
}

function pairKey(local: SocketAddress, peer: SocketAddress): string {
  return `${plainIp(local.ip)} ${local.port} ${plainIp(peer.ip)} ${peer.port}`;
}

/** IPv4 addresses on an IPv6 socket are shown as ::ffff:10.0.0.1. */
function plainIp(ip: string): string {
  return ip.startsWith('::ffff:') && ip.includes('.') ? ip.slice(7) : ip;
}

function deviceOf(network: NetworkState, context: DiagnosisContext): DeviceState | undefined {
  for (const { name } of context.capture.interfaces) {
    const device = name === undefined ? undefined : network.devices.get(name);
    if (device !== undefined) return device;
  }
  const candidates = [...network.devices.values()].filter(
    (device) => device.name !== 'lo' && (device.features.size > 0 || device.link !== undefined),
  );
  return candidates.length === 1 ? candidates[0] : undefined;
}
