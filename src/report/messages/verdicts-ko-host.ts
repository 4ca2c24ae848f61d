// Verdicts about the state of hosts, in Korean. Keys are those of src/diagnosis/rules.

export const hostMessagesKo: Readonly<Record<string, string>> = {
  'host.against.assumed':
    '{host}의 소켓 중 이 연결을 가리키는 것이 없습니다. 주어진 호스트가 하나뿐이라 캡처한 호스트로 간주했습니다.',

  'tso-in-effect.for.host-says-on': '{dev}의 {feature}{이/가} on입니다.',
  'tso-in-effect.against.old-tap':
    '커널 {kernel}{은/는} 소프트웨어가 자르기 전의 패킷을 캡처에 보여 줍니다. 큰 프레임은 TCP가 크게 만들었다는 증거일 뿐, NIC가 자른다는 증거가 아닙니다.',

  'host-tso-off.claim':
    '{host}의 {dev}에서 TSO가 꺼져 있습니다({features}). CPU가 세그먼트를 자르고, 그 호스트의 캡처에는 MTU 크기 프레임이 보입니다.',
  'host-tso-off.claim.vetoed':
    '{host}의 {dev}에서 TSO를 요청했지만 꺼져 있습니다({features}). {needs}{이/가} 필요합니다.',
  'host-tso-off.for.bit': '{dev}의 {feature}{이/가} off입니다.',
  'host-tso-off.for.group-misleads':
    '{dev}의 그룹 줄 tcp-segmentation-offload는 여전히 "on"입니다. 그룹의 다른 항목이 켜져 있기 때문입니다.',
  'host-tso-off.against.on-purpose':
    '드라이버 결함(하드웨어 유닛 행)이나 분석 때문에 누군가 일부러 껐을 수 있습니다. 켜기 전에 확인하십시오.',
  'host-tso-off.against.wire':
    '와이어의 패킷은 어느 쪽이든 같습니다. {host}{이/가} 잃는 것은 고속에서의 CPU 시간입니다.',
  'host-tso-off.fix.on.effect': '{dev}의 {feature}{이/가} 켜집니다. 조건이 모두 갖춰지면 NIC가 다시 자릅니다.',
  'host-tso-off.fix.on.risk': '낮습니다. 한동안 로그에 송신 타임아웃이 나오는지 보십시오.',

  'host-lro-on-forwarder.claim':
    '포워딩하거나 브리지하는 {host}의 {dev}에서 LRO가 켜져 있습니다. 병합된 패킷은 다시 자를 수 없어 버려지거나 늦어집니다.',
  'host-lro-on-forwarder.for.lro': '{dev}의 large-receive-offload가 on입니다.',
  'host-lro-on-forwarder.for.forwards': '{dev}{이/가} 포워딩하거나 브리지 포트라는 표시입니다.',
  'host-lro-on-forwarder.against.own-traffic':
    '{dev}{으로/로} 들어온 것을 포워딩하지 않는다면 해가 없습니다. 커널은 포워딩을 시작할 때 LRO를 스스로 끄는데, 여기서는 그런데도 켜져 있습니다.',
  'host-lro-on-forwarder.against.keeps-size':
    '드라이버 {driver}{은/는} 이 모드에서 세그먼트 크기를 채우므로 대부분 다시 자를 수 있습니다.',

  'host-driver-problem.claim': '{host}의 {dev} 드라이버 {driver}에 알려진 결함이 있습니다: {summary}.',
  'host-driver-problem.claim.bnxt-thor-gso-type':
    '5750x 칩에서 bnxt_en({host}의 {dev})의 하드웨어 GRO가 병합된 IPv4 패킷에 IPv6 타입을 붙여, 다시 자르는 곳에서 사라집니다.',
  'host-driver-problem.claim.bnxt-lro-without-gso-size':
    '{host}의 {dev}에서 LRO가 켜져 있고, bnxt_en은 LRO 모드에서 세그먼트 크기 없이 병합된 패킷을 올려 보냅니다. 소프트웨어 GRO가 거기에 잘못된 크기를 붙일 수 있습니다.',
  'host-driver-problem.claim.bnx2x-lro-mss':
    'bnx2x({host}의 {dev})의 LRO는 실제와 상관없이 세그먼트 크기를 최대 4096바이트로 알립니다.',
  'host-driver-problem.claim.ixgbe-rsc-without-gso-size':
    'ixgbe({host}의 {dev})의 RSC가 세그먼트 크기 없이 병합된 패킷을 올려 보냅니다.',
  'host-driver-problem.claim.netxen-lro-without-gso-size':
    'netxen_nic({host}의 {dev})의 LRO가 세그먼트 크기 없이, 메모리 계산도 틀린 채 병합된 패킷을 올려 보냅니다.',
  'host-driver-problem.claim.atlantic-lro-without-gso-size':
    'atlantic({host}의 {dev})의 LRO는 기본으로 켜져 있으며 세그먼트 크기 없이 병합된 패킷을 올려 보냅니다.',
  'host-driver-problem.claim.hv-netvsc-rsc-without-gso-size':
    'hv_netvsc({host}의 {dev})의 RSC는 가상 스위치가 병합한 패킷을 세그먼트 크기 없이 올려 보냅니다.',
  'host-driver-problem.for.driver': '{dev}의 드라이버는 {driver}입니다.',
  'host-driver-problem.for.feature': '{dev}의 {feature}{이/가} on입니다.',
  'host-driver-problem.for.kernel': '커널은 {kernel}입니다.',
  'host-driver-problem.for.forwards': '{dev}{은/는} 포워딩하거나 브리지 포트이며, 그런 패킷이 사라지는 곳입니다.',
  'host-driver-problem.against.backport':
    '배포사가 번호를 바꾸지 않고 수정을 넣었을 수 있습니다. 변경 기록을 확인하십시오.',
  'host-driver-problem.against.unknown-kernel':
    '이 커널에 결함이 있는지 알 수 없습니다(버전이 없거나 배포사 빌드). 이것만으로는 아무것도 바꾸지 마십시오.',
  'host-driver-problem.against.harmless':
    '커널 {kernel}{은/는} 세그먼트 크기 추정에 상한을 두고 이 호스트는 포워딩하지 않습니다. 그대로 두십시오.',
  'host-driver-problem.against.source': '근거: {source}.',
  'host-driver-problem.fix.avoid.effect':
    '`{feature} {state}`{으로/로} 결함을 피합니다. 소프트웨어 GRO는 계속 병합합니다.',
  'host-driver-problem.fix.avoid.risk': 'CPU가 처리할 초당 패킷이 늘어납니다.',
  'host-driver-problem.fix.avoid.risk.re-opens':
    'CPU가 처리할 초당 패킷이 늘어납니다. 575xx 칩에서는 카드가 닫혔다 다시 열려 잠시 끊기므로, 새 연결로 비교하십시오.',

  'host-gro-hw-coupling.claim':
    '{host}의 {dev}에서 GRO가 꺼져 있고, {driver}에서는 하드웨어 GRO도 함께 꺼졌습니다. 모든 패킷이 하나씩 올라갑니다.',
  'host-gro-hw-coupling.for.gro': '{dev}의 rx-gro가 off입니다.',
  'host-gro-hw-coupling.for.gro-hw': '{dev}의 rx-gro-hw가 요청과 달리 off입니다.',
  'host-gro-hw-coupling.against.on-purpose':
    '"suspect GRO"나 작은 윈도우에 대한 조언을 따라 껐을 수 있지만, 최근 커널에는 맞지 않는 조언입니다. 하드웨어만 멈추려면 rx-gro-hw off로 충분합니다.',
  'host-gro-hw-coupling.fix.on.effect':
    '{dev}의 소프트웨어·하드웨어 GRO가 돌아옵니다. TCP가 처리할 패킷이 크게 줄어듭니다.',
  'host-gro-hw-coupling.fix.on.risk': '575xx 칩에서는 카드가 다시 열려 잠시 끊기므로, 새 연결로 비교하십시오.',

  'host-device-reset.claim.stopped':
    '{host}의 {dev}에서 송신이 멈췄다가 리셋되었습니다(로그 {lines:count}줄, {occasions}회). 그동안 이 장치를 지나는 모든 연결이 멈췄습니다.',
  'host-device-reset.claim.reset':
    '{host}의 {dev} 드라이버가 장치를 리셋했습니다(로그 {lines:count}줄, {occasions}회). 그때 오가던 패킷은 사라졌습니다.',
  'host-device-reset.for.tx-timeout': '송신 큐가 멈췄습니다: "{text}".',
  'host-device-reset.for.hardware-hang': '카드가 멈췄습니다: "{text}".',
  'host-device-reset.for.driver-reset': '드라이버가 카드를 리셋했습니다: "{text}".',
  'host-device-reset.for.last': '이런 로그 중 마지막 줄은 "{text}"입니다.',
  'host-device-reset.against.when': '로그는 길어야 부팅까지입니다. 장애 시각과 맞는지 비교하십시오.',
  'host-device-reset.against.link':
    '그때 {dev}의 링크도 끊겼습니다. 케이블, 트랜시버, 스위치 포트가 원인일 수 있습니다.',
  'host-device-reset.against.not-offload':
    '스위치의 pause 프레임, 펌웨어, 버스, 절전 기능이 흔한 원인입니다. 오프로드가 켜져 있었다는 것만으로는 증거가 되지 않습니다.',

  'host-feature-drift.claim': '{host}의 {dev}에서 요청한 상태가 아닌 기능이 있습니다: {features}.',
  'host-feature-drift.for.needs':
    '{dev}의 {feature}{은/는} 요청이 {requested}인데 {state}입니다. {needs}{이/가} 필요합니다.',
  'host-feature-drift.for.excluded':
    '{dev}의 {feature}{은/는} 요청이 {requested}인데 {state}입니다. 함께 쓸 수 없는 {by}{이/가} 켜져 있습니다.',
  'host-feature-drift.for.unexplained': '{dev}의 {feature}{은/는} 요청이 {requested}인데 {state}입니다.',
  'host-feature-drift.against.harmless':
    '이루어지지 않은 요청 자체가 패킷을 바꾸지는 않습니다. 설정이 효과가 없거나, 조건이 갖춰지면 되살아난다는 뜻입니다.',
  'host-feature-drift.against.unexplained':
    '조건이 적혀 있지 않은 것은 여기서 아는 규칙으로 설명되지 않습니다. 드라이버나 하위 장치가 거부한 것입니다.',

  'host-suspect-gro.claim.hurts':
    '{host}의 드라이버({dev})가 세그먼트 크기 없이 병합된 패킷을 올려 보내고, 커널 {kernel}{은/는} 전체 길이를 세그먼트로 여깁니다. 윈도우가 작아지고 ACK가 늦어질 수 있습니다.',
  'host-suspect-gro.claim.harmless':
    '{host}의 커널이 {dev}에 대해 "suspect GRO"를 기록했지만, 커널 {kernel}{은/는} 추정에 상한을 두므로 여기서 끝나는 연결에는 해가 없습니다.',
  'host-suspect-gro.claim.unknown-kernel':
    '{host}의 커널이 {dev}에 대해 "suspect GRO"를 기록했습니다. 문제가 되는지는 커널에 달렸는데 정보가 부족합니다.',
  'host-suspect-gro.for.line': '로그가 {dev}{을/를} 가리킵니다.',
  'host-suspect-gro.for.kernel': '커널은 {kernel}입니다.',
  'host-suspect-gro.against.false-positive':
    '이 로그는 부팅 후 한 번만 나오며, MSS를 무시하는 상대나 나중에 줄인 MTU 때문에도 나옵니다. 없다고 해서 증명되는 것도 없습니다.',
  'host-suspect-gro.against.forwarding':
    '이 호스트가 포워딩하거나 브리지한다면 그런 패킷은 어떤 커널에서도 사라집니다. 수신 장치의 LRO를 보십시오.',

  'host-merge-factor.claim':
    '{host}{은/는} 받은 패킷을 병합합니다. 자체 카운터로 평균 수신 패킷 하나에 와이어 패킷 {factor}개입니다.',
  'host-merge-factor.claim.single':
    '{host}{은/는} 받은 패킷을 거의 병합하지 않습니다. 자체 카운터로 평균 수신 패킷 하나에 와이어 패킷 {factor}개입니다.',
  'host-merge-factor.for.counters': '패킷 {receives:count}개가 세그먼트 {segments:count}개로 들어왔습니다.',
  'host-merge-factor.against.virtual': '가상 링크를 잘리지 않고 건너온 슈퍼 패킷도 병합으로 셉니다.',
  'host-merge-factor.against.undeclared':
    '세그먼트 수를 밝히지 않는 병합(일부 LRO, virtio)은 하나로 셉니다. 캡처에 큰 프레임이 보이면 그 경우입니다.',
  'host-merge-factor.against.mean': '부팅 이후 모든 트래픽의 평균이며 한 연결의 값이 아닙니다.',

  'host-frozen-windows.claim':
    '{host}{이/가} 이미 내준 수신 윈도우를 {count:count}번 닫고 싶어 했습니다. 읽는 쪽이 뒤처지고 있습니다.',
  'host-frozen-windows.for.want': 'TCPWantZeroWindowAdv가 {count:count}입니다.',
  'host-frozen-windows.for.closed': 'TCPToZeroWindowAdv가 {count:count}입니다. 윈도우가 실제로 닫힌 횟수입니다.',
  'host-frozen-windows.against.since-boot': '부팅 이후의 값입니다. 두 번 비교해 아직 늘고 있는지 보십시오.',
  'host-frozen-windows.against.reader':
    '대개 느린 애플리케이션이 원인이고 메모리 부족일 수도 있습니다. 오프로드는 아닙니다.',

  'host-receive-buffer.claim.scaling':
    '{host}의 윈도우 스케일이 꺼져 있어 수신 윈도우가 65,535바이트를 넘을 수 없습니다.',
  'host-receive-buffer.claim.moderation': '{host}의 수신 버퍼 자동 조정이 꺼져 있어 윈도우가 초기 크기에 머뭅니다.',
  'host-receive-buffer.claim.maximum':
    '{host}의 수신 버퍼는 {bytes:bytes}까지만 커질 수 있고, 그 절반쯤이 최대 윈도우입니다.',
  'host-receive-buffer.for.value': '설정 값은 "{value}"입니다.',
  'host-receive-buffer.against.set-by-application':
    'SO_RCVBUF를 설정하는 애플리케이션은 대신 net.core.rmem_max의 제한을 받습니다.',
  'host-receive-buffer.against.on-purpose': '연결은 많고 메모리는 적은 호스트라면 일부러 이렇게 두었을 수 있습니다.',
  'host-receive-buffer.fix.on.effect':
    '{name}{은/는} 모든 Linux의 기본값입니다. 새 연결이 필요한 만큼 큰 윈도우를 얻습니다.',
  'host-receive-buffer.fix.on.risk': '낮습니다. 바쁜 연결이 메모리를 더 씁니다.',

  'host-packet-drops.claim': '{host} 자신이 {count:packets}를 버렸습니다(이를 세는 카운터 {places:count}개).',
  'host-packet-drops.for.receive': '{dev}{이/가} 수신 중 {count:packets}를 버리거나 놓쳤습니다({share:percent}).',
  'host-packet-drops.for.send': '{dev}{이/가} 송신 중 {count:packets}를 버렸습니다({share:percent}).',
  'host-packet-drops.for.qdisc': '{dev}의 큐 규칙(qdisc) {kind}{이/가} {count:packets}를 버렸습니다({share:percent}).',
  'host-packet-drops.for.tcp': '{name}{이/가} {count:count}입니다(받은 세그먼트의 {share:percent}).',
  'host-packet-drops.against.since-boot':
    '부팅하거나 장치가 올라온 이후의 값입니다. 두 번 비교해 아직 늘고 있는지 보십시오.',
  'host-packet-drops.against.not-ours':
    '장치의 수신 드롭에는 아무도 원하지 않은 패킷(모르는 프로토콜, 다른 VLAN)도 들어갑니다. 큐 규칙의 드롭은 제 할 일인 경우가 많습니다.',

  'host-nothing-wrong.claim':
    '주어진 범위에서 {host}의 상태에는 문제가 없습니다(기능을 확인한 장치 {devices:count}개).',
  'host-nothing-wrong.for.features': '장치 {devices:count}개의 오프로드 기능을 확인했습니다.',
  'host-nothing-wrong.against.no-kernel': '커널 버전이 없어 커널과 드라이버의 결함은 확인하지 못했습니다.',
  'host-nothing-wrong.against.not-given': '주어지지 않은 것(ss, nstat, dmesg, tc)은 확인하지 않았습니다.',

  'host-contradicts-capture.claim.tso':
    '{dev}의 {feature}{은/는} off인데 {sender}{이/가} 패킷 여러 개짜리 프레임을 보냈습니다. 상태와 캡처의 시점이나 장치가 서로 다릅니다.',
  'host-contradicts-capture.claim.merge':
    '{dev}의 GRO와 LRO는 off인데 {receiver}{이/가} 병합된 프레임을 받았습니다. 상태와 캡처의 시점이나 장치가 다르거나, 가상 경로입니다.',
  'host-contradicts-capture.for.off': '{dev}의 {feature}{이/가} off입니다.',
  'host-contradicts-capture.for.super-packets': '프레임 {frames:count}개가 패킷 여러 개를 담고 있습니다.',
  'host-contradicts-capture.against.changed': '캡처와 상태 수집 사이에 설정이 바뀌었을 수 있습니다.',
  'host-contradicts-capture.against.other-device':
    '패킷이 {dev}{이/가} 아닌 장치로 나갔거나 상위 장치(본드, VLAN, 브리지)에서 캡처되었을 수 있습니다.',
  'host-contradicts-capture.against.crossed':
    'veth, virtio, 컨테이너 사이에서는 수신 측이 무엇을 꺼 두었든 송신 측 슈퍼 패킷이 잘리지 않고 건너옵니다.',
};
