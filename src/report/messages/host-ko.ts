// Labels of `wiretruth host`, in Korean. What its verdicts say: verdicts-ko-host.ts.

export const hostLabelsKo: Readonly<Record<string, string>> = {
  'check.no-verdict': '{host}에 대해 말할 수 있는 것이 없습니다. 오프로드 상태를 담은 출력이 없습니다.',
  'check.identity': '{host}: {kernel}, 장치 {devices:count}개, 읽은 출력 {outputs:count}개',
  'check.kernel-unknown': '커널 알 수 없음',
  'check.devices': '장치',
  'check.driver': '드라이버(펌웨어)',
  'check.legend.vetoed': '* 요청과 다름',
  'check.legend.fixed': 'no: 이 장치에는 없는 기능(off [fixed])',
  'check.legend.unknown': '?: 정보 없음',
  'check.counters': '카운터',
  'check.counters.since': '부팅 이후 값. 두 번 비교해 아직 늘고 있는지 보십시오',
  'check.not-given': '주어지지 않아 확인하지 못한 것: {list}.',
  'check.unread': '읽지 못한 것 {count:count}건: {first}',

  'counter.merge-factor':
    '수신 IPv{version}: 패킷당 세그먼트 {factor}개(패킷 {packets:count}개에 세그먼트 {segments:count}개)',
  'counter.retransmitted': '재전송: TCP 세그먼트 {of:count}개 중 {value:count}개({share:percent})',
  'counter.retransmitted.alone': '재전송: TCP 세그먼트 {value:count}개',
  'counter.window-wanted-zero': '이미 내준 윈도우를 닫고 싶어 한 횟수: {value:count}',
  'counter.window-closed': '수신 윈도우를 닫은 횟수: {value:count}',
  'counter.receive-pruned': '수신 메모리가 부족했던 횟수: {value:count}',
  'counter.checksum-errors': '도착한 TCP 체크섬 오류: {value:count}',
  'counter.card-merged': '{dev}, 스택 아래에서 병합: {name} {value:count}',
  'counter.card-tso': '{dev}, NIC에 넘긴 슈퍼 패킷: {name} {value:count}',
  'counter.card-drops': '{dev}, 드롭: {name} {value:count}',
  'counter.suspect-gro.none': '로그에 "suspect GRO" 줄 없음',
  'counter.suspect-gro.seen': '로그에 {dev}에 대한 "suspect GRO" 줄 있음',

  'plan.identity': '{host}의 {dev}, 드라이버 {driver}, Linux {kernel}',
  'plan.command': '명령',
  'plan.undo': '원복',
  'plan.nothing-to-undo': '(원복할 것 없음: 바뀌는 요청이 없습니다)',
  'plan.moves': '바뀌는 것',
  'plan.moves-nothing': '바뀌는 것이 없습니다.',
  'plan.asked': '요청한 것',
  'plan.follows': '따라서 바뀜',
  'plan.follows.needs': '따라서 바뀜: {list} 필요',
  'plan.follows.excluded': '따라서 바뀜: {list}{과/와} 함께 쓸 수 없음',
  'plan.follows.comes-on': '따라서 바뀜: 이미 요청되어 있었고 막는 것이 없어짐',
  'plan.unmoved.fixed': '{feature}{은/는} 그대로입니다. 이 장치에서는 바꿀 수 없습니다(fixed).',
  'plan.unmoved.already': '{feature}{은/는} 이미 그 상태입니다.',
  'plan.unmoved.vetoed': '{feature}{은/는} 그대로입니다. 커널이 거부합니다.',
  'plan.unmoved.needs': '{feature}{은/는} 그대로입니다. {list}{이/가} 필요합니다.',
  'plan.unmoved.excluded': '{feature}{은/는} 그대로입니다. 함께 쓸 수 없는 {list}{이/가} 켜져 있습니다.',
  'plan.risk': '위험',
  'plan.lasting': '재부팅 후에도 유지하려면(하나만 고르십시오. 그 전에는 재부팅하면 사라집니다)',
  'plan.lasting.here': '(이 호스트에서 사용 중)',
  'plan.apply':
    '아무것도 바꾸지 않았습니다. 실행하려면 --write PLAN.json으로 계획을 저장한 뒤 wiretruth host apply PLAN.json --yes',

  'plan.risk.lro-on-forwarder':
    '이 호스트는 포워딩합니다({why}). {dev}의 LRO가 병합한 패킷은 다시 자를 수 없어 대량으로 사라집니다.',
  'plan.risk.driver-fault': '{feature}{이/가} 켜지면 나타나는 이 드라이버의 알려진 결함: {summary} ({source}).',
  'plan.risk.driver-fault.perhaps':
    '이 커널은 확인하지 못했지만, {feature}{이/가} 켜지면 나타나는 이 드라이버의 알려진 결함일 수 있습니다: {summary} ({source}).',
  'plan.risk.bnxt-re-opens':
    'bnxt_en: 하드웨어 GRO는 소프트웨어 GRO를 따라갑니다. 575xx 칩에서는 카드가 닫혔다 다시 열려 모든 연결이 잠시 끊깁니다.',
  'plan.risk.bnx2x-keeps-lro': 'bnx2x: gro off는 LRO를 끄지 않습니다. 캡처에는 여전히 병합된 프레임이 보입니다.',
  'plan.risk.veth-peer':
    'veth: 상대 쪽의 TSO 기능이 모두 꺼져 있어야 GRO가 일합니다. 그렇지 않으면 GRO와 상관없이 슈퍼 패킷이 잘리지 않고 건너옵니다.',
  'plan.risk.driver-unknown':
    '드라이버 {driver}{은/는} 여기서 아는 것이 아닙니다. 커널이 요구하는 것보다 더 바꾸거나 장치를 다시 시작할 수 있습니다(잠시 끊김).',
  'plan.risk.may-restart': '일부 드라이버는 이 변경을 위해 장치를 멈췄다 다시 시작합니다. 잠시 끊깁니다.',
  'plan.risk.gro-off':
    '모든 패킷이 하나씩 올라가 CPU가 처리할 패킷이 몇 배로 늘고 ACK도 늘어납니다. 상대가 보내는 패킷이나 윈도우가 커지지는 않습니다.',
  'plan.risk.hardware-merge-off': 'CPU가 처리할 초당 패킷이 늘어납니다. 소프트웨어 GRO가 켜져 있으면 계속 병합합니다.',
  'plan.risk.tso-off':
    'NIC 대신 CPU가 세그먼트를 자릅니다(GSO). 고속에서 CPU를 더 씁니다. 이 호스트의 캡처에는 MTU 크기 프레임이 보이지만 와이어의 패킷은 같습니다.',
  'plan.risk.tso-and-gso-off':
    'TCP가 세그먼트를 하나씩 만듭니다. 송신 CPU 시간이 몇 배가 되고 최고 속도가 낮아집니다. 와이어의 패킷은 같습니다.',
  'plan.risk.gso-off':
    'NIC가 자를 수 없는 것은 세그먼트 하나씩 내려갑니다. 터널과 TSO 없는 트래픽에서 CPU를 더 씁니다.',
  'plan.risk.checksum-off': '체크섬에 CPU를 쓰고, 체크섬에 의존하는 세그먼테이션이나 병합도 꺼집니다.',
  'plan.risk.compare-new-connections': '열려 있는 연결은 배운 값을 유지합니다. 새 연결로 전후를 비교하십시오.',
  'plan.risk.devices-above': '{list}의 트래픽도 {dev}{을/를} 지납니다.',

  'change.feature': '기능',
  'change.before': '변경 전',
  'change.after': '변경 후',
  'change.nothing-moved': '바뀐 기능이 없습니다.',
  'change.unplanned': '계획에 없었지만 함께 바뀜',
  'change.did-not-move': '바뀌지 않음',
  'change.otherwise': '계획과 다르게 바뀜',
  'change.not-as-planned':
    '커널이 계획과 다르게 처리했습니다. 드라이버에 자체 규칙이 있습니다. 원복 정보는 보관했습니다.',
};
