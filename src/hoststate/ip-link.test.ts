import { describe, expect, it } from 'vitest';
import { parseIpAddresses, parseIpLink } from './ip-link.ts';
import { textLines } from './lines.ts';
import { parseTcQdisc } from './tc.ts';

const text = (content: string) => textLines('f', content);

describe('ip -s -d link', () => {
  const { links, problems } = parseIpLink(
    text(`3: eth0@if5: <BROADCAST,UP> mtu 1400 xdpgeneric/id:7 qdisc mq master br0 state UP mode DEFAULT group default qlen 1000
    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff link-netnsid 0 promiscuity 1 minmtu 68 maxmtu 65535
    veth
    bridge_slave state forwarding priority 32 cost 2 addrgenmode eui64 numtxqueues 4 numrxqueues 2 gso_max_size 16000 gso_max_segs 60 gso_ipv4_max_size 17000 tso_max_size 524280 tso_max_segs 65535 gro_max_size 18000 gro_ipv4_max_size 19000
    RX:  bytes packets errors dropped  missed   mcast
         238     35      1       2       3       4
    TX:  bytes packets errors dropped carrier collsns
         129     36      5       6       7       8
    altname enp1s0
4: vlan7@eth0: <UP> mtu 1500 qdisc noqueue state UP
    vlan protocol 802.1Q id 7 <REORDER_HDR> addrgenmode eui64
5: vx: <UP> mtu 1450 qdisc noqueue state UNKNOWN
    vxlan id 42 remote 10.9.1.2 dev br0 dstport 4789
    RX: bytes  packets  errors  dropped overrun mcast
    1 2 3 4 5 6
`),
  );

  it('reads device, master, lower, kind, XDP and the limits of super-packets', () => {
    expect(problems).toEqual([]);
    expect(links.map(({ name }) => name)).toEqual(['eth0', 'vlan7', 'vx']);
    const eth0 = links[0]?.link;
    const plain = Object.fromEntries(
      Object.entries(eth0 ?? {}).flatMap(([key, fact]) =>
        typeof fact === 'object' && 'value' in fact ? [[key, fact.value]] : [],
      ),
    );
    expect(plain).toEqual({
      mtuBytes: 1400,
      qdisc: 'mq',
      master: 'br0',
      operState: 'UP',
      xdp: 'xdpgeneric',
      kind: 'veth',
      portKind: 'bridge_slave',
      txQueues: 4,
      rxQueues: 2,
      gsoMaxSizeBytes: 16000,
      gsoMaxSegs: 60,
      gsoIpv4MaxSizeBytes: 17000,
      tsoMaxSizeBytes: 524280,
      tsoMaxSegs: 65535,
      groMaxSizeBytes: 18000,
      groIpv4MaxSizeBytes: 19000,
      rx: { bytes: 238, packets: 35, errors: 1, dropped: 2, missed: 3 },
      tx: { bytes: 129, packets: 36, errors: 5, dropped: 6 },
    });
    expect(eth0?.lower).toBe('if5');
    expect(eth0?.gsoMaxSizeBytes?.source).toEqual({ file: 'f', line: 4 });
    expect(eth0?.rx?.source.line).toBe(6);
  });
  it('reads VLAN and VXLAN ids, and the titles of older versions', () => {
    expect(links[1]?.link).toMatchObject({ lower: 'eth0', vlanId: { value: 7 }, kind: { value: 'vlan' } });
    expect(links[2]?.link).toMatchObject({ vni: { value: 42 }, rx: { value: { overrun: 5 } } });
  });
  it('numbers that do not fit their titles are a problem; the next device is read', () => {
    const damaged = parseIpLink(
      text(
        '1: a: <UP> mtu 1 qdisc x\n    RX:  bytes packets errors dropped  missed   mcast\n    1 2 3\n2: b: <UP> mtu 2 qdisc x\n',
      ),
    );
    expect(damaged.problems.map((problem) => problem.message)).toEqual([
      'f:3: found "    1 2 3"; expected 6 numbers below their titles',
    ]);
    expect(damaged.links.map(({ name }) => name)).toEqual(['a', 'b']);
  });
});

describe('addresses', () => {
  it('of ip addr', () => {
    const { links } = parseIpLink(
      text(
        '2: eth0: <UP> mtu 1500 qdisc mq\n    inet 10.9.0.1/24 brd 10.9.0.255 scope global eth0\n       valid_lft forever preferred_lft forever\n    inet 10.0.0.1 peer 10.0.0.2/32 scope global eth0\n    inet6 fe80::1/64 scope link\n',
      ),
    );
    expect(links[0]?.addresses.map(({ value, source }) => [value.ip, value.prefixLength, source.line])).toEqual([
      ['10.9.0.1', 24, 2],
      ['10.0.0.1', undefined, 4],
      ['fe80::1', 64, 5],
    ]);
    expect(links[0]?.link.kind).toBeUndefined();
  });
  it('of ip -o addr', () => {
    const { devices, problems } = parseIpAddresses(
      text(
        '1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever\n2: eth0.7@eth0    inet6 fd09::1/64 scope global\nnonsense\n',
      ),
    );
    expect([...devices].map(([name, addresses]) => [name, addresses.map(({ value }) => value.ip)])).toEqual([
      ['lo', ['127.0.0.1']],
      ['eth0.7', ['fd09::1']],
    ]);
    expect(problems.map((problem) => problem.place)).toEqual([{ file: 'f', line: 3 }]);
  });
});

describe('tc -s qdisc', () => {
  it('reads kind, place, burst and counters', () => {
    const { qdiscs, problems } = parseTcQdisc(
      text(`qdisc tbf 8001: dev eth0 root refcnt 3 rate 200Mbit burst 10Kb lat 50ms
 Sent 47318642 bytes 31327 pkt (dropped 1, overlimits 61732 requeues 2)
 backlog 72Kb 48p requeues 0
qdisc cake 8005: dev eth1 root refcnt 9 bandwidth 900Mbit no-split-gso rtt 100ms
qdisc fq_codel 0: dev eth2 parent :1 limit 10240p
qdisc ingress ffff: dev eth2 parent ffff:fff1 ----------------
qdisc mq 0: [offloaded] dev eth3 root
`),
    );
    expect(problems).toEqual([]);
    expect(qdiscs.map(({ device, qdisc }) => [device, qdisc.value.kind, qdisc.value.root, qdisc.value.parent])).toEqual(
      [
        ['eth0', 'tbf', true, undefined],
        ['eth1', 'cake', true, undefined],
        ['eth2', 'fq_codel', false, ':1'],
        ['eth2', 'ingress', false, 'ffff:fff1'],
        ['eth3', 'mq', true, undefined],
      ],
    );
    expect(qdiscs[0]?.qdisc).toMatchObject({
      value: {
        burstBytes: 10240,
        sentPackets: 31327,
        dropped: 1,
        requeues: 2,
        backlogBytes: 73728,
        backlogPackets: 48,
      },
      source: { line: 1 },
    });
    expect(qdiscs[1]?.qdisc.value.splitGso).toBe(false);
  });
});
