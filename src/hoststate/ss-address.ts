// Station "hoststate": an address column of ss: `10.9.0.1:58536`, `[fd09::2]:7002`, `[::ffff:10.9.0.2]:7001`, `*:22`,
// `10.0.0.1%eth0:68`, `[fe80::1]%eth0:443`, and old iproute2's `::ffff:10.0.0.1:80` and `:::22`.

import type { SocketAddress } from './host-state.ts';

/** Names that ss prints without -n, from the IANA service registry: ports that long-lived transfers use. */
const SERVICE_PORTS: Readonly<Record<string, number>> = {
  'ftp-data': 20,
  ftp: 21,
  ssh: 22,
  telnet: 23,
  smtp: 25,
  domain: 53,
  http: 80,
  www: 80,
  kerberos: 88,
  pop3: 110,
  sunrpc: 111,
  ntp: 123,
  imap2: 143,
  imap: 143,
  bgp: 179,
  ldap: 389,
  https: 443,
  'microsoft-ds': 445,
  submission: 587,
  ldaps: 636,
  rsync: 873,
  imaps: 993,
  pop3s: 995,
  'ms-sql-s': 1433,
  nfs: 2049,
  'iscsi-target': 3260,
  mysql: 3306,
  'ms-wbt-server': 3389,
  'commplex-main': 5000,
  'commplex-link': 5001,
  'targus-getdata1': 5201, // what IANA calls iperf3's port
  postgresql: 5432,
  amqp: 5672,
  redis: 6379,
  'http-alt': 8080,
  webcache: 8080,
};

/** Reads an address column; undefined when it is none. IPv4-mapped IPv6 addresses become IPv4, as captures show them. */
export function parseSocketAddress(text: string): SocketAddress | undefined {
  const colon = text.lastIndexOf(':');
  if (colon <= 0 && text !== ':') return undefined;
  const portText = text.slice(colon + 1);
  let host = text.slice(0, colon);
  let zone: string | undefined;
  const bracket = /^\[([^\]]*)\](?:%(\S+))?$/.exec(host);
  if (bracket !== null) {
    host = bracket[1] ?? '';
    zone = bracket[2];
  }
  const percent = host.indexOf('%');
  if (percent !== -1) {
    zone = host.slice(percent + 1);
    host = host.slice(0, percent);
  }
  if (host === '') return undefined;
  const port = portOf(portText);
  if (port === undefined && portText !== '*' && !/^[a-z][\w.+-]*$/i.test(portText)) return undefined;
  return {
    ip: unmapped(host),
    ...(port === undefined ? {} : { port }),
    ...(port === undefined && portText !== '*' ? { portName: portText } : {}),
    ...(zone === undefined ? {} : { zone }),
  };
}

function portOf(text: string): number | undefined {
  if (/^\d{1,5}$/.test(text)) return Number(text) <= 65_535 ? Number(text) : undefined;
  return Object.hasOwn(SERVICE_PORTS, text) ? SERVICE_PORTS[text] : undefined;
}

function unmapped(ip: string): string {
  return /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(ip)?.[1] ?? ip;
}
