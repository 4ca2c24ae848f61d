// Verdicts about the capture itself, the three beliefs and shared fixes, in Korean. Keys are those of src/diagnosis.

export const captureMessagesKo: Readonly<Record<string, string>> = {
  'checksum-offload-traces.claim':
    'Wireshark가 "bad checksum"이라 부를 수 있는 {partial:packets}는 정상입니다. 체크섬 오프로드나 GRO가 남기는 의사 헤더 합을 담고 있습니다.',
  'checksum-offload-traces.claim.mixed':
    '{partial:packets}는 체크섬 오프로드나 GRO가 남기는 의사 헤더 합만 담고 있지만, 다른 {damaged:count}개의 체크섬은 오프로드로 설명되지 않습니다.',
  'checksum-offload-traces.for.partial':
    '{partial:packets}의 TCP 체크섬 필드가 주소, 프로토콜, 길이의 합과 정확히 같습니다.',
  'checksum-offload-traces.for.wrong':
    '전체가 캡처된 {damaged:packets}의 체크섬이 올바르지도, 오프로드의 흔적도 아닙니다.',
  'checksum-offload-traces.against.chance':
    '손상된 패킷이 의사 헤더 합과 우연히 일치할 확률은 65,536분의 1입니다. 명백히 틀린 체크섬은 하나도 없었습니다.',
  'checksum-offload-traces.against.wrong':
    '{damaged:packets}는 실제로 손상되었거나, 캡처 후 도구가 고쳤거나(주소 치환), 장치가 잘못 계산한 것일 수 있습니다.',
  'checksum-offload-traces.against.virtual':
    '가상 링크(veth, virtio)에서는 미완성 체크섬이 수신 측까지 그대로 가며 그래도 정상입니다. Wireshark 경고를 끄려면 `-o tcp.check_checksum:FALSE`.',

  'counts-differ-from-switch.claim':
    '이 연결을 스위치는 패킷 약 {wire:count}개, {wireBytes:bytes}{으로/로} 세지만 캡처에는 프레임 {frames:count}개뿐입니다. {hidden:packets}가 큰 프레임 속에 숨어 있습니다.',
  'counts-differ-from-switch.for.super-packets':
    '프레임 {supers:count}개가 각각 패킷 여러 개이며, 그 안에 패킷 {hidden:count}개가 숨어 있습니다.',
  'counts-differ-from-switch.against.known': '길이를 나눈 값이 아니라 IPv4 ID나 캡처 플래그로 센 값입니다.',
  'counts-differ-from-switch.against.inferred':
    '길이와 세그먼트 크기로 센 값입니다. 프레임 안에 쓰기 경계가 있으면 패킷 하나씩 달라집니다.',
  'counts-differ-from-switch.against.virtual':
    '와이어를 건너지 않는 곳(veth, virtio, 루프백)에서는 잘린 패킷을 셀 장비가 없습니다.',

  'two-taps-in-one-file.claim':
    '{count:packets}가 캡처 지점 {taps:count}곳에서 잡혀 파일에 두 번 이상 있습니다. 재전송이 아닙니다.',
  'two-taps-in-one-file.for.same': '{count:packets}가 순서 번호와 IP ID가 같은 앞선 패킷을 되풀이합니다.',
  'two-taps-in-one-file.for.delay':
    '{count:packets}가 순서 번호와 IP ID가 같은 앞선 패킷을 {delay:duration}(중앙값) 뒤에 되풀이합니다.',
  'two-taps-in-one-file.against.retransmission':
    'Linux의 재전송은 IPv4 ID가 새로 매겨지고 적어도 왕복 시간만큼 기다립니다. 이 패킷들은 둘 다 아닙니다.',
  'two-taps-in-one-file.against.same-interface':
    '모두 한 인터페이스에서 잡혔습니다. 양방향을 복사하는 미러 포트나, 드라이버가 바쁘다며 되돌린 패킷도 같은 모습입니다.',
  'two-taps-in-one-file.fix.one-tap.effect':
    '`any`(또는 브리지와 그 포트) 대신 한 장치에서 캡처하면 패킷이 한 번씩만 잡힙니다.',
  'two-taps-in-one-file.fix.one-tap.risk': '네트워크에는 위험이 없습니다. 다른 장치의 트래픽은 파일에 남지 않습니다.',

  'packets-duplicated.claim':
    '{count:packets}가 파일에 두 번 있습니다. 경로나 경로의 장치가 복사본을 전달했습니다. 재전송이 아닙니다.',
  'packets-duplicated.for.same': '{count:packets}가 앞선 패킷을 되풀이하며, 어떤 재전송보다도 빨리 왔습니다.',
  'packets-duplicated.for.delay':
    '{count:packets}가 앞선 패킷을 {delay:duration}(중앙값) 뒤에 되풀이합니다. IP ID가 같거나, 어떤 재전송보다도 빨리 왔습니다.',
  'packets-duplicated.for.few':
    '{frames:packets} 가운데 {count:count}개이며 모두 한 인터페이스에서 잡혔습니다. 두 번째 캡처 지점이라면 거의 모든 패킷이 두 번 보입니다.',
  'packets-duplicated.against.tap':
    '일부 패킷만 복사하는 탭(필터가 있는 미러 세션, 패킷을 바쁘다며 되돌리는 드라이버)도 같은 모습입니다.',
  'packets-duplicated.against.where':
    '복사본은 송신 측과 이 캡처 지점 사이에서 생겼습니다. 캡처 하나로는 어디인지 알 수 없습니다.',

  'vxlan-63-seconds.claim.late':
    '터널 안에서 {sender}의 SYN이 두 배씩 늘어나는 간격으로 {syns:count}번 응답을 받지 못하다가 {last:duration} 뒤에 통과했습니다. 외부 UDP 체크섬이 깨질 때의 63초 패턴입니다.',
  'vxlan-63-seconds.claim.never':
    '터널 안에서 {sender}의 SYN이 두 배씩 늘어나는 간격으로 {last:duration}까지 {syns:count}번 응답을 받지 못했습니다. 외부 UDP 체크섬이 깨질 때의 63초 패턴입니다.',
  'vxlan-63-seconds.for.syns':
    'SYN을 약 1, 3, 7, 15, 31, 63초에 걸쳐 {syns:count}번 다시 보냈고, 마지막은 {last:duration} 뒤입니다.',
  'vxlan-63-seconds.for.outer-checksum': '{wrong:packets}의 외부 UDP 체크섬이 0도 아니고 올바르지도 않습니다.',
  'vxlan-63-seconds.against.unseen-checksum':
    '깨진 외부 체크섬이 이 파일에는 없습니다. SYN을 버리는 경로라면 어디든 같은 간격이 됩니다. 수신 노드에서 캡처하면 체크섬이 보입니다.',
  'vxlan-63-seconds.against.sender-tap':
    '송신 노드에서는 미완성 외부 체크섬이 정상적인 오프로드 흔적입니다. 도착한 체크섬이 중요합니다.',
  'vxlan-63-seconds.against.any-drop':
    '방화벽, 없는 경로, 닫힌 백엔드도 SYN에 응답하지 않지만, 그런 경우 63초 뒤에 통과하지 않습니다.',
  'vxlan-63-seconds.fix.checksum.effect':
    'NAT가 패킷을 건드리기 전에 외부 체크섬을 소프트웨어가 만듭니다. 근본 해결은 커널 5.7 이상입니다(RHEL 8에는 수정이 들어 있음).',
  'vxlan-63-seconds.fix.checksum.risk':
    '그 터널 장치의 TSO도 함께 꺼집니다("off [requested on]"). 바이트당 CPU가 늘어납니다. 수정이 들어간 커널에서는 이대로 두지 마십시오.',

  'no-handshake.claim':
    '연결 중간부터 캡처되었습니다. 윈도우는 스케일을 모르는 필드 값(최대 {raw:count})이고 MSS 옵션도 보이지 않습니다.',
  'no-handshake.claim.half':
    '핸드셰이크의 한쪽만 캡처에 있습니다. SYN 두 개가 모두 없으면 윈도우 스케일이 적용되는지 확실하지 않습니다(필드 값 최대 {raw:count}).',
  'no-handshake.for.first': '이 연결의 첫 패킷은 {packet}번이고 SYN이 아닙니다.',
  'no-handshake.for.half': '캡처에 있는 SYN은 이것뿐입니다.',
  'no-handshake.against.cannot':
    '윈도우에 달린 것(윈도우 제한, 윈도우 고정, 남은 바이트)은 주장하지 않습니다. 연결보다 먼저 시작한 캡처나 `ss -ti`의 wscale이 있으면 알 수 있습니다.',
  'no-handshake.against.inferred':
    '전송 중 바이트로 보아 스케일 시프트는 적어도 {shift}입니다. 윈도우에 관한 판단은 이 값을 썼으며 실제보다 작을 수 있습니다.',

  'not-established.claim.refused': '연결이 열리지 않았습니다. {server}이(가) SYN에 리셋으로 답했습니다.',
  'not-established.claim.unanswered':
    '연결이 열리지 않았습니다. SYN {syns:count}개에 대한 {server}의 응답이 캡처에 없습니다.',
  'not-established.for.reset': 'SYN 뒤에 리셋이 왔고 데이터는 없었습니다.',
  'not-established.for.syns': 'SYN을 {syns:count}개 보냈지만 SYN-ACK가 지나가지 않았습니다.',
  'not-established.against.firewall': '서버 대신 방화벽이 리셋을 보냈을 수 있습니다. 그 경우 TTL이 다릅니다.',
  'not-established.against.past-the-tap': '응답이 이 캡처 지점을 거치지 않는 경로로 왔어도 똑같이 보입니다.',
  'not-established.against.capture-ended': 'SYN이 하나뿐이라 응답 전에 캡처가 끝났을 수 있습니다.',
  'nothing-wrong.claim':
    '문제가 없습니다. {duration:duration} 동안 {bytes:bytes}를 주고받았고, 재전송 {retransmissions:packets}, 멈춘 윈도우는 없습니다.',
  'nothing-wrong.claim.no-windows':
    '보이는 범위에서는 문제가 없습니다. {bytes:bytes}, {duration:duration}, 다시 보낸 것은 {retransmissions:packets}. 윈도우는 캡처에 없습니다.',
  'nothing-wrong.for.clean': '다른 검사에서 문제가 나오지 않았습니다. 재전송은 {retransmissions:packets}입니다.',
  'nothing-wrong.against.little': '주고받은 데이터가 {bytes:bytes}뿐이라 결함 대부분은 드러나지 않습니다.',
  'nothing-wrong.against.reset': '연결이 리셋으로 끝났습니다. 애플리케이션이 그렇게 닫는 것일 수 있습니다.',
  'nothing-wrong.against.application':
    '애플리케이션의 느린 응답이나 이 캡처 앞뒤의 일은 연결의 결함으로 보이지 않습니다.',

  'capture-lost-packets.claim.counted':
    '캡처 자체가 {drops:packets}를 잃었습니다. 빈자리가 모두 네트워크 손실은 아닙니다.',
  'capture-lost-packets.claim.unseen':
    '데이터 구간 {unseen:count}개가 ACK되었지만 파일에 없습니다. 네트워크가 잃은 것이 아니라 캡처가 놓친 것입니다.',
  'capture-lost-packets.for.counter': '파일의 카운터에 따르면 커널이나 인터페이스가 {drops:packets}를 버렸습니다.',
  'capture-lost-packets.for.unseen': 'ACK {unseen:count}개가 파일에 없는 데이터를 확인합니다.',
  'capture-lost-packets.against.none-missing':
    '여기 연결들에서 ACK된 데이터는 빠지지 않았습니다. 다른 트래픽이 버려졌을 수 있습니다.',
  'capture-lost-packets.against.other-path':
    '다른 경로로 간 패킷(비대칭 라우팅, 본드의 다른 포트, 다른 수신 장치)도 똑같이 빠져 보입니다.',
  'capture-lost-packets.fix.buffer.effect':
    '패킷당 바이트를 줄이고 링을 키워 다음 캡처의 손실을 줄입니다. 끝에 "0 packets dropped by kernel"이 나오면 성공입니다.',
  'capture-lost-packets.fix.buffer.risk':
    '캡처하는 동안 커널 메모리 64 MB를 쓰고, 128바이트를 넘는 페이로드는 남지 않습니다.',

  'fix.receive-buffer.effect':
    '자동 조정이 새 데이터에 대해 수신 윈도우를 이 값의 절반쯤까지 키울 수 있습니다. 애플리케이션이 SO_RCVBUF를 설정했다면 효과가 없습니다.',
  'fix.send-buffer.effect':
    '자동 조정이 더 많은 데이터를 전송 중으로 둘 수 있습니다. 애플리케이션이 SO_SNDBUF를 설정했다면 효과가 없습니다.',
  'fix.buffer.risk':
    '바쁜 연결마다 그만큼 메모리를 쓸 수 있고(net.ipv4.tcp_mem이 상한), 느린 애플리케이션은 읽지 않은 데이터를 더 많이 쌓습니다.',

  'beliefs.tso-is-off.in-effect': '{sender}의 프레임 {frames:count}개가 각각 와이어 패킷 여러 개입니다.',
  'beliefs.tso-is-off.host-on': '{host}의 {dev}에서 {feature}{이/가} on입니다. 자를 만큼 큰 것이 없었을 뿐입니다.',
  'beliefs.tso-is-off.host-off': '{host}의 {dev}에서 {feature}{이/가} off입니다.',
  'beliefs.tso-is-off.cut': '세그먼트가 캡처 지점 전에 소프트웨어로 잘렸습니다.',
  'beliefs.tso-is-off.nothing-to-cut':
    'TCP가 패킷보다 큰 세그먼트를 만들지 않았으므로 NIC가 잘랐을지는 캡처로 알 수 없습니다. `ethtool -k`로 확인하십시오.',
  'beliefs.tso-is-off.not-visible': '이 캡처 지점에서는 송신 NIC가 보이지 않습니다.',
  'beliefs.capture-tool.duplicates': '{count:packets}가 파일에 두 번 이상 있습니다. 두 지점에서 캡처되었습니다.',
  'beliefs.capture-tool.unseen': 'ACK된 데이터 구간 {unseen:count}개가 파일에 없습니다.',
  'beliefs.capture-tool.drops': '캡처가 {drops:packets}를 잃었습니다. 이 연결의 것인지는 알 수 없습니다.',
  'beliefs.capture-tool.honest-super':
    '캡처 지점을 지난 그대로를 보여 줍니다. 프레임 {frames:count}개는 와이어에서 각각 패킷 여러 개였습니다.',
  'beliefs.capture-tool.honest': '내용이 서로 들어맞고, 빠졌다고 알려진 패킷이 없습니다.',
  'beliefs.same-everywhere.tap':
    '프레임 {frames:count}개는 이 캡처 지점에서만 이렇게 보입니다. 와이어와 반대편에서는 같은 데이터의 패킷 크기가 다릅니다.',
  'beliefs.same-everywhere.local':
    '이 호스트들과 이 경로의 상태에서 비롯된 것입니다({code}). 다른 연결은 다르게 보입니다.',
  'beliefs.same-everywhere.one-place': '한 지점의 캡처 하나로는 알 수 없습니다.',
};
