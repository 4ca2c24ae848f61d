import { describe, expect, it } from 'vitest';
import { textLines } from './lines.ts';
import { findSocket, parseSs } from './ss.ts';
import { parseSocketAddress } from './ss-address.ts';

const parse = (content: string, kernelHasSndWnd?: boolean) => parseSs(textLines('ss', content), kernelHasSndWnd);
const header = 'State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n';

describe('addresses', () => {
  it.each([
    ['10.9.0.1:58536', { ip: '10.9.0.1', port: 58536 }],
    ['[fd09::2]:7002', { ip: 'fd09::2', port: 7002 }],
    ['[::ffff:10.9.0.2]:7001', { ip: '10.9.0.2', port: 7001 }],
    ['::ffff:10.0.0.1:80', { ip: '10.0.0.1', port: 80 }],
    ['*:22', { ip: '*', port: 22 }],
    ['0.0.0.0:*', { ip: '0.0.0.0' }],
    [':::22', { ip: '::', port: 22 }],
    ['10.0.0.1%eth0:68', { ip: '10.0.0.1', port: 68, zone: 'eth0' }],
    ['[fe80::1]%eth0:443', { ip: 'fe80::1', port: 443, zone: 'eth0' }],
    ['10.0.0.1:nfs', { ip: '10.0.0.1', port: 2049 }],
    ['10.0.0.1:no-such-service', { ip: '10.0.0.1', portName: 'no-such-service' }],
    ['10.0.0.1:constructor', { ip: '10.0.0.1', portName: 'constructor' }],
  ])('%s', (written, expected) => {
    expect(parseSocketAddress(written)).toEqual(expected);
  });
  it.each(['', ':', '10.0.0.1', '10.0.0.1:70000', '10.0.0.1:-1', ':80'])('%j is none', (written) => {
    expect(parseSocketAddress(written)).toBeUndefined();
  });
});

describe('ss -tmi', () => {
  const record =
    'ESTAB 0 3482448 10.9.0.1:58536 10.9.0.2:7001 users:(("my prog",pid=1,fd=19)) timer:(persist,180ms,2)\n' +
    '\t skmem:(r0,rb131072,t0,tb4194304,f3376,w3527376,o0,bl0,d3) ts sack ecn ecnseen cubic wscale:10,7 rto:232 backoff:1 rtt:29.55/5.525 ato:40 mss:1448 pmtu:1500 rcvmss:536 advmss:1460 cwnd:310 ssthresh:150 bytes_sent:8030936 bytes_retrans:1448 bytes_acked:8030937 segs_out:5563 segs_in:61 data_segs_out:5561 bbr:(bw:1bps) send 121524196bps lastsnd:68 pacing_rate 99.8Mbps/1Gbps delivery_rate 68483800bps delivered:5562 app_limited busy:1940ms rwnd_limited:1688ms(87.0%) sndbuf_limited:4ms(0.2%) unacked:43 retrans:1/10 lost:2 sacked:3 dsack_dups:4 reordering:5 reord_seen:6 rcv_rtt:1.5 rcv_space:14480 rcv_ssthresh:64088 notsent:3482448 minrtt:0.004\n';

  it('reads every item, in bytes, nanoseconds and bits per second', () => {
    const { sockets, problems } = parse(header + record);
    expect(problems).toEqual([]);
    expect(sockets).toHaveLength(1);
    expect(sockets[0]).toMatchObject({
      source: { file: 'ss', line: 2 },
      infoSource: { file: 'ss', line: 3 },
      state: 'ESTAB',
      recvQueueBytes: 0,
      sendQueueBytes: 3482448,
      process: 'my prog',
      timer: { name: 'persist', expires: '180ms', retries: 2 },
      memory: { rcvbufBytes: 131072, sndbufBytes: 4194304, wmemQueuedBytes: 3527376, drops: 3 },
      timestamps: true,
      sack: true,
      ecn: true,
      ecnSeen: true,
      congestionControl: 'cubic',
      peerWindowScaleShift: 10,
      ownWindowScaleShift: 7,
      rtoNs: 232e6,
      backoff: 1,
      rttNs: 29.55e6,
      rttVarNs: 5.525e6,
      mssBytes: 1448,
      advMssBytes: 1460,
      rcvMssBytes: 536,
      bytesRetransmitted: 1448,
      sendBitsPerSec: 121524196,
      pacingBitsPerSec: 99.8e6,
      maxPacingBitsPerSec: 1e9,
      deliveryBitsPerSec: 68483800,
      appLimited: true,
      busyNs: 1940e6,
      rwndLimited: { ns: 1688e6, share: 0.87 },
      sndbufLimited: { ns: 4e6, share: 0.002 },
      retransmitsNow: 1,
      retransmitsTotal: 10,
      reordering: 5,
      reorderSeen: 6,
      rcvRttNs: 1.5e6,
      minRttNs: 4000,
      notSentBytes: 3482448,
    });
    expect([...(sockets[0]?.other ?? [])]).toEqual([['bbr', '(bw:1bps)']]);
  });

  it('an absent snd_wnd is 0 when the persist timer runs, or another socket shows one, or the kernel has it', () => {
    const other = 'ESTAB 0 0 10.0.0.1:1 10.0.0.2:2\n\t ts cubic mss:1448';
    expect(parse(header + record).sockets[0]?.sndWndIsZero).toBe(true);
    expect(parse(header + other).sockets[0]?.sndWndIsZero).toBe(false);
    expect(parse(header + other, true).sockets[0]?.sndWndIsZero).toBe(true);
    expect(parse(header + record, false).sockets[0]?.sndWndIsZero).toBe(false);
    const two = parse(`${header}${other}\n${other} snd_wnd:77\n`);
    expect(two.sockets.map((socket) => [socket.sndWndIsZero, socket.sndWndBytes])).toEqual([
      [true, undefined],
      [false, 77],
    ]);
  });

  it('reads records on one line (-O), with netid, and without the state column', () => {
    expect(parse('tcp ESTAB 1 2 10.0.0.1:1 10.0.0.2:2 cubic mss:1448 cwnd:9\n').sockets[0]).toMatchObject({
      recvQueueBytes: 1,
      cwndSegments: 9,
    });
    expect(
      parse('Recv-Q Send-Q Local Address:Port Peer Address:Port\n0 5 10.0.0.1:1 10.0.0.2:2\n').sockets[0],
    ).toMatchObject({ state: 'ESTAB', sendQueueBytes: 5 });
  });

  it('passes over sockets that are not TCP, with their details', () => {
    const { sockets, problems } = parse(
      'u_str ESTAB 0 0 * 1 * 2\n\t skmem:(r0)\nudp UNCONN 0 0 1.2.3.4:5 0.0.0.0:*\n\t skmem:(r0)\n',
    );
    expect([sockets, problems]).toEqual([[], []]);
  });

  it('an item out of form is a problem with its place; the rest of the record is read', () => {
    const { sockets, problems } = parse(
      `${header}ESTAB 0 0 10.0.0.1:1 10.0.0.2:2\n\t mss:14x8 cwnd:5 pacing_rate fast\n`,
    );
    expect(problems.map((problem) => problem.message)).toEqual([
      'ss:3: found "mss:14x8"; expected an item of ss -i in the form its key has',
      'ss:3: found "pacing_rate fast"; expected an item of ss -i in the form its key has',
    ]);
    expect(sockets[0]?.cwndSegments).toBe(5);
  });

  it('details whose own first line is missing do not become those of the socket before', () => {
    const { sockets, problems } = parse(
      `${header}ESTAB 0 0 10.0.0.1:1 10.0.0.2:2\n\t cubic mss:1448\n\t cubic mss:536\n`,
    );
    expect(sockets.map((socket) => socket.mssBytes)).toEqual([1448]);
    expect(problems.map((problem) => problem.place.line)).toEqual([4]);
  });

  it('details without a socket are one problem', () => {
    expect(parse('\t cubic mss:1448\n').problems.map((problem) => problem.place)).toEqual([{ file: 'ss', line: 1 }]);
    expect(parse('ESTAB zero 0 10.0.0.1:1 10.0.0.2:2\n\t cubic mss:1448\n').problems).toHaveLength(1);
  });

  it('finds the socket of a connection from either end', () => {
    const { sockets } = parse(header + record);
    const client = { ip: '10.9.0.1', port: 58536 };
    const server = { ip: '10.9.0.2', port: 7001 };
    expect(findSocket(sockets, client, server)).toBe(sockets[0]);
    expect(findSocket(sockets, server, client)).toBe(sockets[0]);
    expect(findSocket(sockets, server, { ip: '10.9.0.1', port: 1 })).toBeUndefined();
  });
});
