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
};
