// Verdicts about the state of hosts, in Korean. Keys are those of src/diagnosis/rules.

export const hostMessagesKo: Readonly<Record<string, string>> = {
  'host.against.assumed':
    '{host}의 소켓 중 이 연결을 가리키는 것이 없습니다. 주어진 호스트가 하나뿐이라 캡처한 호스트로 간주했습니다.',
};
