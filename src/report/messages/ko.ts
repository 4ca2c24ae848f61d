// Station "report": our own labels and sentences in Korean. Keys are the same in every language (messages.test.ts).

export const messagesKo: Readonly<Record<string, string>> = {
  'severity.problem': '문제',
  'severity.notice': '주의',
  'severity.info': '정보',
  'severity.healthy': '정상',

  'certainty.known': '확인',
  'certainty.inferred': '추론',
  'certainty.guessed': '추측',

  'direction.0': '클라이언트 > 서버',
  'direction.1': '서버 > 클라이언트',

  'answer.yes': '맞음',
  'answer.no': '아님',
  'answer.cannot-tell': '판단 불가',
  'answer.no-verdict': '캡처에 담긴 패킷이 너무 적어 이 연결에 대해 말할 수 있는 것이 없습니다.',
  'answer.no-connection': '이 캡처에는 TCP 연결이 없습니다.',

  'identity.connection': '연결 {id} (tcp.stream {stream})',
  'identity.packets': '패킷 {first}–{last}',
  'identity.no-handshake': '핸드셰이크가 캡처에 없음',
  'identity.inside': '{list} 내부',

  'capture.undecoded': '{undecoded:packets}를 해석하지 못했습니다.',
  'capture.undecoded.cut':
    '{undecoded:packets}를 해석하지 못했습니다. 그중 {cut:count}개는 snaplen이 헤더 끝 전에 잘랐습니다. `tcpdump -s 128`이면, 터널에서는 `-s 192`면 남습니다.',
  'capture.not-tcp':
    '패킷: UDP {udp:count}, ICMP {icmp:count}, 기타 프로토콜 {other:count}, 해석 불가 {undecoded:count}.',

  'damage.packet': '패킷 {packet}',
  'damage.offset': '바이트 0x{offset}',
  'damage.sentence': '캡처가 손상되었습니다{place}: {problem}. 그 앞까지의 내용만 분석했습니다.',

  'verdict.for': '근거',
  'verdict.against': '반론',
  'verdict.fix': '조치',
  'verdict.undo': '원복',
  'verdict.show': '필터',
  'verdict.persist': '영구',
  'verdict.no-change': '바꿀 것 없음: 지금 설정 그대로 두십시오',
  'verdict.effect-risk': '{effect} 위험: {risk}',
  'verdict.persist-names': '재부팅 후에도 유지하는 방법({list})',
  'verdict.more': '{count}건 더',
  'verdict.verbose': '(--verbose: {list})',
  'verdict.also': '그 밖의 판정(자세히는 --verbose): {list}.',
  'value.unknown': '알 수 없음',
  'packets.one': '패킷 {list}',
  'packets.list': '패킷 {list}',

  'numbers.title': '수치',
  'numbers.payload': '데이터',
  'numbers.at-rate': '({rate})',
  'numbers.captured': '캡처된 프레임',
  'numbers.on-the-wire': '와이어 상 패킷',
  'numbers.wire-cell': '{count} {certainty}({how}), {bytes}',
  'numbers.segment': '최대 세그먼트',
  'numbers.frame': '프레임당 데이터',
  'numbers.frame-cell': '중앙값 {median:bytes}, 최대 {max:bytes}',
  'numbers.super-packets': '슈퍼 패킷',
  'numbers.window': '상대 수신 윈도우',
  'numbers.window-range': '{min:bytes}–{max:bytes}',
  'numbers.window-constant': '{max:bytes} 고정',
  'numbers.window-raw': '필드 값 {min:count}–{max:count}, 스케일 모름',
  'numbers.scale-inferred': '스케일은 추론',
  'numbers.zero-windows': '제로 윈도우 {count:count}회 {duration:duration}',
  'numbers.clamped': '클램핑됨',
  'numbers.retransmitted': '재전송',
  'numbers.acks': '그 밖에',
  'numbers.none': '없음',
  'numbers.packets': '{packets:packets}',

  'how.ip-id': 'IP ID',
  'how.epb-flags': 'pcapng 플래그',
  'how.length': '길이',
  'how.handshake': 'MSS',
  'how.single': '단일 패킷',
  'segment-from.handshake': '핸드셰이크 기준',
  'segment-from.observed': '관측값',
  'segment-from.ip-id': 'IP ID 간격 기준',

  'super.tso': '{count}개, 바이트의 {share}: TSO',
  'super.gro': '{count}개, 바이트의 {share}: GRO',
  'super.lro': '{count}개, 바이트의 {share}: LRO',
  'super.mixed': '{count}개, 바이트의 {share}: TSO와 GRO',
  'super.unknown': '{count}개, 바이트의 {share}: TSO 또는 GRO',

  'retransmitted.fast': '빠른 재전송 {count:count}',
  'retransmitted.timeout': '타임아웃 {count:count}',
  'retransmitted.tailProbe': 'TLP {count:count}',
  'retransmitted.spurious': '불필요 {count:count}',

  'acks.outOfOrder': '순서 뒤바뀜 {count:count}',
  'acks.duplicate': '중복 ACK {count:count}',
  'acks.stretch': '스트레치 ACK {count:count}',
  'acks.probes': '윈도우 프로브 {count:count}',
  'acks.keepAlives': 'keep-alive {count:count}',
  'acks.repeatedFins': '다시 보낸 FIN {count:count}',
  'acks.ce': 'CE 마크 {count:count}',

  'rtt.title': 'RTT',
  'rtt.handshake': '핸드셰이크',
  'rtt.min': '최소',
  'rtt.median': '중앙값',
  'rtt.p95': 'p95',

  'limits.title': '제한 요인',
  'limits.unknown': '이 캡처로는 알 수 없음',
  'limits.not-known': '알 수 없음: {list}',
  'limits.nothing': '없음',
  'limits.busy': '활동 시간 {duration:duration}',
  'limits.busy-inferred': '활동 시간 {duration:duration} (그중 {inferred:duration}은 추정: 보낼 데이터가 기다림)',
  'limit.receiveWindow': '수신 윈도우',
  'limit.sender': '송신 측',
  'limit.network': '네트워크',
  'limit.recovery': '손실 복구',

  'point.title': '캡처 위치',
  'point.sender': '송신 호스트, NIC로 나가기 전',
  'point.receiver': '수신 호스트, 병합(GRO/LRO) 이후',
  'point.between': '두 호스트 사이의 와이어',
  'point.unknown': '알 수 없음',

  'belief.tsoIsOff': '"TSO가 꺼져 있다"',
  'belief.captureToolIsWrong': '"캡처 도구가 잘못됐다"',
  'belief.sameEverywhere': '"어디서나 똑같다"',

  'findings.title': '호스트와 캡처 파일에 대하여',

  'udp.summary': 'UDP: 플로 {flows:count}개, {bytes:bytes}; MTU보다 큰 데이터그램이 있는 플로: {large:count}개',
  'udp.large': '{packets:packets} 중 {count:count}개가 MTU보다 큼(분할 전 USO 또는 UDP GRO), 최대 {max:bytes}',

  'summary.counts':
    '연결 {connections:count}개: 문제 {problem:count}개, 주의 {notice:count}개, 둘 다 없음 {fine:count}개.',
  'summary.ends': '클라이언트 > 서버',
  'summary.data': '데이터',
  'summary.wire': '와이어 패킷',
  'summary.lost': '재전송',
  'summary.limit': '주된 제한 요인',
  'summary.verdict': '판정',
  'summary.more': '더 작은 연결 {connections:count}개 더 있음: --top N 또는 --connection N',
  'summary.more-problems': '그중 문제가 있는 연결: {list}',

  'warning.interrupted': '중단됨: 그때까지 읽은 {packets:packets}만 분석한 보고서입니다.',
  'warning.time-went-backwards': '시각이 거꾸로 감 {count:count}회: {detail}',
  'warning.unknown-block': '알 수 없는 블록을 건너뜀 {count:count}회: {detail}',
  'warning.unknown-link-type': '알 수 없는 링크 타입 {count:count}회: {detail}',
  'warning.captured-longer-than-original': '캡처 길이가 원래 길이보다 김 {count:count}회: {detail}',
  'warning.capture-lost-packets': '캡처 과정에서 {count:packets}가 유실됨: {detail}',
  'warning.time-out-of-range': '시각이 범위를 벗어남 {count:count}회: {detail}',
  'warning.option-ignored': '옵션을 무시함 {count:count}회: {detail}',
  'warning.packets-without-time': '시각이 없는 패킷 {count:count}개: {detail}',
  'warning.section-skipped': '섹션을 건너뜀 {count:count}회: {detail}',

  'capture-point.packet-type.outgoing': '한쪽의 {outgoingCount:packets}가 캡처 호스트에서 보낸 것으로 표시됨',
  'capture-point.packet-type.incoming': '한쪽의 {incomingCount:packets}가 캡처 호스트에서 받은 것으로 표시됨',
  'capture-point.packet-type.both':
    '한쪽의 패킷이 받은 것({incomingCount:count}개)과 내보낸 것({outgoingCount:count}개)으로 모두 표시됨',
  'capture-point.epb-direction': '캡처에 송신과 수신 방향이 기록되어 있음(pcapng 방향 플래그)',
  'capture-point.loopback': '양 끝이 모두 이 호스트임(루프백)',
  'capture-point.partial-checksum':
    '한쪽의 {partialCount:packets}에 의사 헤더 체크섬만 들어 있음: 오프로드가 마무리하기 전 상태',
  'capture-point.valid-checksum': '판단 가능한 {completeCount:packets} 모두 체크섬이 완성되어 있음',
  'capture-point.merged-frames':
    '한쪽의 프레임 {mergedCount:count}개가 여러 패킷을 담고, 단일 패킷의 체크섬은 완성되어 있음: 수신하며 병합됨',
  'capture-point.super-packets-with-wire-checksums': '슈퍼 패킷에 와이어에서 온 체크섬이 남아 있음',
  'capture-point.handshake-timing': '핸드셰이크에서 한쪽이 캡처 호스트만 가능한 속도로 응답함',
  'capture-point.turnaround-timing.near':
    '클라이언트의 응답은 {firstTurnNs:duration}, 서버의 응답은 {secondTurnNs:duration} 만에 나옴',
  'capture-point.turnaround-timing.between':
    '양쪽 응답 모두 시간이 걸림: 클라이언트 {firstTurnNs:duration}, 서버 {secondTurnNs:duration}',
  'capture-point.acknowledgement-lag.lagging':
    'ACK {ackCount:count}개 중 {laggingCount:count}개가 이미 이곳을 지난 데이터를 확인하지 않음: 수신 측은 다른 곳에 있음',
  'capture-point.acknowledgement-lag.current':
    'ACK {ackCount:count}개가 이곳을 지난 데이터를 모두 확인함: 수신 측이 이곳임',
  'capture-point.ttl.near': 'TTL이 클라이언트 {firstTtl}, 서버 {secondTtl}: 한쪽만 호스트가 보낸 초기값 그대로임',
  'capture-point.ttl.between': 'TTL이 클라이언트 {firstTtl}, 서버 {secondTtl}: 양쪽 모두 경로에서 줄어듦',
  'capture-point.padding':
    '한쪽의 짧은 프레임 {unpaddedCount:count}개에는 이더넷 패딩이 없고 다른 쪽의 {peerPaddedCount:count}개에는 있음',
  'capture-point.retransmission-of-unseen.before':
    '처음 보낸 것이 여기를 지나지 않은 {packetCount:packets}가 재전송됨: 이 지점 앞에서 유실됨',
  'capture-point.retransmission-of-unseen.behind':
    '여기를 지난 {seenTwiceCount:packets}가 다시 전송됨: 이 지점 뒤에서 유실됨',
  'capture-point.above-mtu': 'MTU 때문에 와이어에서는 불가능한 크기의 프레임이 있음',
};
