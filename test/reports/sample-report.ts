// Reports as `explain` makes them, written by hand, for tests of the text report. Numbers are those of a transfer whose
// receiver offers 720 bytes at a time (the original question), and of a healthy one.

import { type Language, label } from '../../src/report/messages/render.ts';
import type { CaptureReport, ConnectionReport, DirectionReport, VerdictReport } from '../../src/report/model.ts';

export const sampleCapture: CaptureReport = {
  path: 'nfs-slow.pcapng',
  format: 'pcapng',
  compression: null,
  linkTypes: ['ETHERNET'],
  packets: 30_124,
  capturedBytes: 3_012_400,
  originalBytes: 12_345_678,
  firstTime: '2026-11-22T07:00:00.123456789Z',
  durationNs: 1_204_000_000,
  damage: null,
  warnings: [],
  otherPackets: { udp: 0, icmp: 0, other: 0, undecoded: 0, undecodedCut: 0 },
};

export const damagedCapture: CaptureReport = {
  ...sampleCapture,
  damage: { packet: 30_125, offset: 0x2df6a8, message: 'the record ends after 54 of its 96 bytes' },
  warnings: [{ code: 'time-went-backwards', count: 2, message: 'Time went backwards 2 times, first at packet 17.' }],
};

function direction(from: 'client' | 'server', changes: Partial<DirectionReport>): DirectionReport {
  return {
    from,
    packets: 15_010,
    payloadBytes: 0,
    uniquePayloadBytes: 0,
    capturePoint: 'sender',
    capturePointConfidence: 0.98,
    segmentSizeBytes: 1448,
    segmentSizeFrom: 'handshake',
    maxPayloadBytes: null,
    medianPayloadBytes: null,
    superPackets: { count: 0, shareOfBytes: 0, kind: null },
    wirePackets: { count: 15_010, dataCount: 0, exactness: 'known', how: ['single'] },
    wireBytes: 1_351_000,
    tsoInEffect: null,
    receiveMergeInEffect: null,
    smallPackets: { present: false, reason: null, confidence: null },
    limits: { busyNs: 0, receiveWindow: null, sender: null, network: null, recovery: null, inferredNs: 0 },
    limitsOverTime: [],
    window: {
      scaleShift: 7,
      minBytes: 64_256,
      medianBytes: 64_256,
      maxBytes: 64_256,
      zeroWindowPeriods: 0,
      zeroWindowNs: 0,
      clamped: false,
      clampedAtBytes: null,
      rawMin: 502,
      rawMax: 502,
      scaleFrom: 'handshake',
    },
    retransmissions: { packets: 0, bytes: 0, fast: 0, timeout: 0, tailProbe: 0, spurious: 0, frames: 0 },
    outOfOrderPackets: 0,
    duplicateAcks: 0,
    stretchAcks: 0,
    windowProbes: 0,
    keepAlives: 0,
    repeatedFins: 0,
    ecn: { negotiated: false, ce: 0, ece: 0, cwr: 0 },
    capturePointEvidence: [],
    rateBitsPerSec: null,
    largestSuperPacketBytes: 65_160,
    ...changes,
  };
}

function pointEvidence(language: Language): DirectionReport['capturePointEvidence'] {
  const text = (key: string, values: Readonly<Record<string, number>>) =>
    label(`capture-point.${key}`, language, values);
  const turns = { firstTurnNs: 3000, secondTurnNs: 61_000 };
  return [
    { text: text('partial-checksum', { partialCount: 15_092 }), pointsTo: 'sender', weight: 6, packets: [1, 4, 6] },
    { text: text('turnaround-timing.near', turns), pointsTo: 'sender', weight: 1.75, packets: [] },
    {
      text: text('retransmission-of-unseen.behind', { seenTwiceCount: 2 }),
      pointsTo: 'receiver',
      weight: -1,
      packets: [9],
    },
  ];
}

function windowVerdict(language: Language): VerdictReport {
  const english = language === 'en';
  return {
    code: 'small-packets-receive-window',
    direction: 0,
    severity: 'problem',
    confidence: 0.93,
    claim: english
      ? 'Packets are small because the receiver offers only 720 bytes at a time: 97% of the busy time waits for its window; TSO is on but has nothing to cut.'
      : '패킷이 작은 이유는 수신 측이 한 번에 720 B만 허용하기 때문입니다. 전송 시간의 97%를 수신 윈도우를 기다리며 보냅니다. TSO는 켜져 있지만 나눌 것이 없습니다.',
    evidence: [
      {
        text: english
          ? '14,822 of 14,998 data frames end exactly at the right edge of the offered window'
          : '데이터 프레임 14,998개 중 14,822개가 상대가 알린 윈도우의 오른쪽 끝에서 정확히 끝남',
        packets: [212, 214, 216, 218, 220],
        filter: 'tcp.stream==0 && tcp.srcport==40000 && tcp.len==720',
        source: 'capture',
      },
      {
        text: english
          ? 'the window fell from 65,160 B to 720 B at packet 211 and never came back'
          : '패킷 211에서 윈도우가 65,160 B에서 720 B로 줄어든 뒤 회복되지 않음',
        packets: [211],
        filter: 'tcp.stream==0 && tcp.srcport==5201 && tcp.window_size<=720',
        source: 'capture',
      },
      {
        text: english ? 'TcpExtTCPWantZeroWindowAdv counted 41' : 'TcpExtTCPWantZeroWindowAdv 값이 41',
        packets: [],
        filter: null,
        source: 'host:nfs1/nstat.txt:88',
      },
    ],
    against: [
      english
        ? 'An application that writes 720 bytes at a time looks alike; here every write waited for a window update first, which such an application would not do.'
        : '애플리케이션이 720바이트씩 쓰는 경우에도 비슷하게 보이지만, 여기서는 매번 윈도우 갱신을 기다린 뒤에야 전송되었습니다.',
      english ? 'The reader of the data was not observed.' : '데이터를 읽는 프로세스는 관측하지 못했습니다.',
    ],
    fixes: [
      {
        command: 'sysctl -w net.ipv4.tcp_rmem="4096 131072 6291456"',
        effect: english
          ? 'New connections may offer up to 6 MiB.'
          : '새 연결부터 최대 6 MiB까지 윈도우를 알릴 수 있습니다.',
        risk: english ? 'more memory per socket.' : '소켓당 메모리 사용량이 늘어납니다.',
        undo: 'sysctl -w net.ipv4.tcp_rmem="4096 16384 65536"',
        persist: { sysctl: '/etc/sysctl.d/60-wiretruth.conf: net.ipv4.tcp_rmem = 4096 131072 6291456' },
      },
    ],
  };
}

function tsoVerdict(language: Language): VerdictReport {
  const english = language === 'en';
  return {
    code: 'tso-in-effect',
    direction: 0,
    severity: 'healthy',
    confidence: 0.99,
    claim: english
      ? 'TSO is in effect: 22 frames left TCP larger than one wire packet, the largest with 65,160 B of data.'
      : 'TSO가 동작하고 있습니다. 프레임 22개가 회선 패킷 하나보다 큰 상태로 TCP를 떠났고, 가장 큰 것은 데이터 65,160 B입니다.',
    evidence: [
      {
        text: english
          ? 'IP ID steps equal the segment count in 22 of 22 frames'
          : '프레임 22개 모두 IP ID 증가량이 세그먼트 수와 같음',
        packets: [7, 9, 12],
        filter: 'tcp.stream==0 && tcp.len>1448',
        source: 'capture',
      },
    ],
    against: [
      english ? 'Software GSO looks alike at this tap.' : '이 캡처 위치에서는 소프트웨어 GSO도 똑같이 보입니다.',
    ],
    fixes: [],
  };
}

/** The original question's transfer: 720 bytes a packet since the window fell. */
export function smallWindowConnection(language: Language): ConnectionReport {
  const english = language === 'en';
  return {
    id: 1,
    protocol: 'tcp',
    client: { ip: '10.0.0.1', port: 40_000 },
    server: { ip: '10.0.0.2', port: 5201 },
    handshakeSeen: true,
    capture: 0,
    firstPacket: 1,
    lastPacket: 30_124,
    capturePoint: 'sender',
    rttNs: { handshake: 212_000, min: 61_000, median: 74_500, p95: 180_000 },
    directions: [
      direction('client', {
        packets: 15_114,
        payloadBytes: 11_236_840,
        uniquePayloadBytes: 11_235_400,
        maxPayloadBytes: 65_160,
        medianPayloadBytes: 720,
        superPackets: { count: 22, shareOfBytes: 0.0513, kind: 'tso' },
        wirePackets: { count: 15_499, dataCount: 15_401, exactness: 'known', how: ['ip-id', 'single'] },
        wireBytes: 12_660_000,
        tsoInEffect: true,
        smallPackets: { present: true, reason: 'receive-window', confidence: 0.93 },
        limits: {
          busyNs: 1_190_000_000,
          receiveWindow: 0.967,
          sender: 0.003,
          network: 0.028,
          recovery: 0.002,
          inferredNs: 0,
        },
        limitsOverTime: [
          { fromNs: 0, toNs: 33_000_000, limit: 'network' },
          { fromNs: 33_000_000, toNs: 601_000_000, limit: 'receiveWindow' },
          { fromNs: 601_000_000, toNs: 613_000_000, limit: 'recovery' },
          { fromNs: 620_000_000, toNs: 1_200_000_000, limit: 'receiveWindow' },
        ],
        window: {
          scaleShift: 0,
          minBytes: 720,
          medianBytes: 720,
          maxBytes: 65_160,
          zeroWindowPeriods: 0,
          zeroWindowNs: 0,
          clamped: true,
          clampedAtBytes: 720,
          rawMin: 720,
          rawMax: 65_160,
          scaleFrom: 'handshake',
        },
        retransmissions: { packets: 2, bytes: 1440, fast: 1, timeout: 0, tailProbe: 1, spurious: 0, frames: 2 },
        capturePointEvidence: pointEvidence(language),
        rateBitsPerSec: 75_400_000,
      }),
      direction('server', { capturePoint: 'receiver', capturePointConfidence: 0.91 }),
    ],
    verdicts: [windowVerdict(language), tsoVerdict(language)],
    beliefs: { tsoIsOff: 'no', captureToolIsWrong: 'no', sameEverywhere: 'no' },
    tcpStream: 0,
    encapsulation: [],
    startNs: 0,
    durationNs: 1_204_000_000,
    beliefReasons: english
      ? {
          tsoIsOff: '22 frames of up to 65,160 B of data left TCP in one piece.',
          captureToolIsWrong: 'It shows what passed its tap, which lies above the NIC; no packet was lost.',
          sameEverywhere:
            'It depends on the window that this receiver offers; a capture at the switch shows the same 720 B.',
        }
      : {
          tsoIsOff: '데이터가 최대 65,160 B인 프레임 22개가 통째로 TCP를 떠났습니다.',
          captureToolIsWrong: '캡처 도구는 NIC 위에 있는 탭을 지나간 것을 그대로 보여 주며, 유실된 패킷도 없습니다.',
          sameEverywhere: '이 수신 측이 알리는 윈도우에 달려 있습니다. 스위치에서 캡처해도 똑같이 720 B로 보입니다.',
        },
  };
}

/** A transfer with nothing wrong, over IPv6 and VXLAN, without its handshake. */
export function healthyConnection(id: number, payloadBytes: number): ConnectionReport {
  return {
    ...smallWindowConnection('en'),
    id,
    client: { ip: '2001:db8::1', port: 40_000 + id },
    server: { ip: '2001:db8::2', port: 443 },
    handshakeSeen: false,
    capturePoint: 'between',
    rttNs: { handshake: null, min: 61_000, median: 74_500, p95: 180_000 },
    directions: [
      direction('client', {
        payloadBytes: 512,
        uniquePayloadBytes: 512,
        maxPayloadBytes: 512,
        medianPayloadBytes: 512,
        capturePoint: 'between',
      }),
      direction('server', {
        packets: 15_114,
        payloadBytes,
        uniquePayloadBytes: payloadBytes,
        maxPayloadBytes: 1428,
        medianPayloadBytes: 1428,
        segmentSizeBytes: 1428,
        segmentSizeFrom: 'observed',
        capturePoint: 'between',
        capturePointConfidence: 0.62,
        limits: { busyNs: 500_000_000, receiveWindow: null, sender: 0.2, network: 0.8, recovery: 0, inferredNs: 0 },
        limitsOverTime: [{ fromNs: 0, toNs: 1_200_000_000, limit: 'network' }],
        window: {
          scaleShift: null,
          minBytes: null,
          medianBytes: null,
          maxBytes: null,
          zeroWindowPeriods: 0,
          zeroWindowNs: 0,
          clamped: false,
          clampedAtBytes: null,
          rawMin: 501,
          rawMax: 2048,
          scaleFrom: null,
        },
      }),
    ],
    verdicts: [
      {
        code: 'nothing-wrong',
        direction: null,
        severity: 'healthy',
        confidence: 0.8,
        claim: 'Nothing is wrong with this connection.',
        evidence: [
          { text: 'No retransmission in 15,114 frames', packets: [], filter: 'tcp.stream==1', source: 'capture' },
        ],
        against: ['Without the handshake the window scale is not known.'],
        fixes: [],
      },
    ],
    tcpStream: id - 1,
    encapsulation: ['vxlan 42'],
  };
}
