// Verdicts about what limits a connection: windows, loss, limits; in Korean. Keys are those of src/diagnosis/rules.

export const flowMessagesKo: Readonly<Record<string, string>> = {
  'window-clamped.claim':
    '{receiver}의 윈도우가 {before:bytes}에서 {at:bytes}{으로/로} 떨어졌고, {sender}에 보낼 데이터가 있는데도 {lasted:duration} 동안 회복되지 않았습니다.',
  'window-clamped.claim.unscaled':
    '{sender}에 보낼 데이터가 있는데도 {receiver}의 윈도우가 떨어진 뒤 회복되지 않았습니다. 윈도우 스케일은 알 수 없습니다.',
  'window-clamped.for.fell': '이 패킷부터 윈도우가 떨어진 값에 머물러 있습니다(스케일 시프트 {shift}).',
  'window-clamped.for.probes': '{sender}{이/가} 윈도우 프로브 {probes:count}개로 물었습니다.',
  'window-clamped.for.want-zero':
    '수신 호스트의 TCPWantZeroWindowAdv가 {count:count}입니다. 윈도우를 0으로 하고 싶었지만 이미 내준 것을 되돌릴 수 없었던 횟수입니다.',
  'window-clamped.against.scale':
    '핸드셰이크가 없어 스케일이 확실하지 않습니다. 스케일이 다르면 윈도우는 내내 컸을 수도 있습니다.',
  'window-clamped.against.reader':
    '대개는 {receiver}의 애플리케이션이 읽기를 멈춘 것입니다. 그 호스트의 `ss -tmi`에서 Recv-Q에 읽지 않은 바이트가 보이면 네트워크 잘못이 아닙니다.',
  'window-clamped.against.old-kernel':
    '4.9 이전 커널(RHEL은 7.9 이전)은 드라이버가 세그먼트 크기 없이 병합할 때 이렇게 될 수 있습니다. 이 호스트의 커널은 알 수 없습니다.',
  'window-clamped.against.merge-excluded':
    '세그먼트 크기 없는 병합은 원인이 아닙니다. 커널 {kernel}{은/는} 추정값에 상한을 둡니다.',
  'window-clamped.against.merge-possible':
    '커널 {kernel}{은/는} 드라이버가 세그먼트 크기 없이 병합하고 수신 애플리케이션이 레코드 전체를 기다릴 때 이렇게 될 수 있습니다. dmesg의 "suspect GRO"와 `ss -ti`의 rcvmss를 보십시오.',

  'zero-window.claim':
    '{receiver}{이/가} 윈도우를 모두 {total:duration} 동안 닫았습니다(활동 시간의 {share:percent}, 구간 {periods:count}개). 애플리케이션이 데이터가 오는 속도만큼 읽지 못합니다.',
  'zero-window.for.zero': '{receiver}의 {count:packets}가 윈도우 0을 알립니다.',
  'zero-window.for.probes': '그동안 {sender}{이/가} 윈도우 프로브 {probes:count}개를 보냈습니다.',
  'zero-window.for.unread': '`ss`가 보았을 때 수신 큐에 {unread:bytes}가 읽히지 않고 있었습니다.',
  'zero-window.against.truesize':
    '작은 패킷에 페이지 전체를 물리는 드라이버는 적은 데이터로도 버퍼를 채웁니다. 그렇다면 {receiver}의 `ss -tmi "sport = :{port}"`에서 skmem r이 Recv-Q보다 훨씬 큽니다.',
  'zero-window.against.buffer':
    '읽기가 보내기보다 느리면 버퍼를 키워도 첫 제로 윈도우가 늦어질 뿐입니다. 순간적인 버스트에는 도움이 됩니다.',
  'zero-window.against.short':
    '윈도우가 닫힌 시간은 활동 시간의 {share:percent}뿐이라, 이 연결의 제한이 아닐 수 있습니다.',

  'packet-loss.claim':
    '{sender}의 {packets:packets}({data:count}개의 {share:percent})를 다시 보내야 했습니다. 복구에 활동 시간의 {recovery:percent}가 들었습니다.',
  'packet-loss.claim.spurious':
    '{sender}{이/가} {packets:packets}를 다시 보냈지만 그중 {spurious:count}개는 헛수고였습니다. 원본이 도착해 있었습니다.',
  'packet-loss.for.kinds':
    '알아챈 방법: ACK {fast:count}, 타임아웃 {timeout:count}, 테일 프로브 {tailProbe:count}. 불필요한 재전송 {spurious:count}.',
  'packet-loss.for.handshake':
    '핸드셰이크의 {handshake:packets}도 다시 보냈습니다. 마지막 SYN 또는 SYN-ACK는 처음 것보다 {last:duration} 뒤에 나갔습니다.',
  'packet-loss.claim.handshake':
    '{sender}{이/가} 핸드셰이크의 {packets:packets}{을/를} 다시 보내야 했습니다. 마지막 SYN 또는 SYN-ACK는 처음 것보다 {last:duration} 뒤에 나갔습니다.',
  'packet-loss.for.holes': '구멍 {holes:count}개, 가장 큰 것은 {largest:bytes}입니다.',
  'packet-loss.for.duplicate-acks': '중복 ACK {count:count}개가 빠진 부분을 요구했습니다.',
  'packet-loss.for.recovery': '{busy:duration} 중 {recovery:percent}가 손실부터 복구 완료까지의 시간입니다.',
  'packet-loss.against.capture-drops':
    '캡처 자체가 {drops:packets}를 잃었습니다. 캡처만 놓친 패킷이 손실로 보일 수 있습니다.',
  'packet-loss.against.before-tap':
    '{packets:count}개 중 {unseen:count}개는 원본이 파일에 없습니다. 캡처 지점 전에 사라졌거나 캡처가 놓친 것입니다.',
  'packet-loss.against.after-tap':
    '원본이 모두 파일에 있습니다. 캡처 지점을 지난 뒤 사라졌거나, 그 ACK가 사라졌습니다.',
  'packet-loss.against.duplicates':
    '{count:packets}가 파일에 두 번 있습니다(두 캡처 지점). 세지 않았지만, 두 번째 지점이 프레임을 다시 자르면 재전송으로 오인될 수 있습니다.',
  'packet-loss.against.copied-by-path': '경로가 복사한 {count:packets}가 파일에 두 번 있으며, 세지 않았습니다.',
  'packet-loss.against.no-duplicates': '한 파일에 두 캡처 지점이 있으면 재전송처럼 보입니다. 찾아보았으나 없었습니다.',
  'packet-loss.against.reordering':
    '{count:packets}가 순서가 바뀌어 도착했습니다. 경로나 캡처 호스트의 수신 큐에서 순서가 바뀌면 손실 없이도 재전송이 일어납니다.',

  'limited-by.for.longest':
    '데이터가 나가 있던 {busy:duration} 중 {limited:percent}입니다. 가장 긴 구간은 파일 시작 {from:duration} 후부터 {lasted:duration}입니다.',
  'limited-by.for.share': '데이터가 나가 있던 {busy:duration} 중 {limited:percent}입니다.',
  'limited-by-receive-window.claim': '{receiver}의 수신 윈도우가 시간의 {limited:percent} 동안 이 연결을 제한합니다.',
  'limited-by-receive-window.claim.rate':
    '{receiver}의 수신 윈도우가 시간의 {limited:percent} 동안 이 연결을 제한합니다. 왕복 {rtt:duration}에 {max:bytes}면 최대 {allowed:rate}입니다.',
  'limited-by-receive-window.for.window':
    '윈도우는 {min:bytes}~{max:bytes}, 중앙값 {median:bytes}이고 전송 중 바이트는 최대 {flight:bytes}였습니다.',
  'limited-by-receive-window.for.ss':
    '커널도 같은 말을 합니다. `ss -ti`의 rwnd_limited가 busy의 {share:percent}입니다.',
  'limited-by-receive-window.against.scale-inferred':
    '윈도우 스케일은 핸드셰이크에서 읽은 값이 아니라 전송 중 바이트에서 추정한 값입니다.',
  'limited-by-receive-window.against.reader':
    '윈도우가 닫히기도 했습니다. 그렇다면 버퍼 크기가 아니라 {receiver}의 느린 읽기가 원인이며, 버퍼를 키워도 오래가지 못합니다.',
  'limited-by-receive-window.against.buffer':
    '읽기가 느려도 윈도우가 작습니다. 그렇다면 {receiver}의 `ss -tmi`에서 Recv-Q가 계속 높고, 버퍼를 키워도 소용없습니다.',
  'limited-by-receive-window.against.receiver-tap':
    '수신 측에서 보았으므로 송신 측이 기다린 시간은 도착 시각에서 추정한 것입니다. 몇 퍼센트의 오차가 있습니다.',
  'limited-by-receive-window.against.gro':
    'Linux 4.9 이후에서 GRO는 윈도우를 작게 만들지 않습니다(6.18에서 측정). 켜 두십시오.',
  'limited-by-sender.claim.application':
    '{sender}의 애플리케이션이 시간의 {limited:percent} 동안 이 연결을 제한합니다. 네트워크가 데이터를 기다리고 있었습니다.',
  'limited-by-sender.claim.send-buffer':
    '{sender}의 송신 버퍼가 시간의 {limited:percent} 동안 이 연결을 제한합니다. 전송 중 바이트가 {flight:bytes}에서 멈춥니다.',
  'limited-by-sender.for.app-limited': '커널도 같은 말을 합니다. `ss -ti`에 app_limited가 있습니다.',
  'limited-by-sender.against.cwnd-plateau':
    '자라지 않는 혼잡 윈도우도 같은 모습입니다. `ss -tmi`에서 cwnd와 skmem tb를 함께 보십시오.',
  'limited-by-sender.against.buffer':
    '송신 버퍼가 작아도 애플리케이션이 멈춥니다. 그때는 전송 중 바이트가 일정한 값에 머뭅니다(여기서는 최대 {flight:bytes}).',
  'limited-by-sender.against.tap':
    '송신 측 캡처가 아니므로 데이터가 언제 준비되었는지는 도착 시각에서 추정한 것입니다.',
  'limited-by-sender.against.offload': '어떤 오프로드 설정도 애플리케이션이 더 빨리 쓰게 하지 못합니다.',
  'limited-by-network.claim.congestion-window':
    '혼잡 윈도우가 시간의 {limited:percent} 동안 이 연결을 제한합니다. 속도는 약 {rate:rate}, 전송 중 바이트는 최대 {flight:bytes}로 TCP가 경로에 맞추고 있습니다.',
  'limited-by-network.claim.pacing':
    '페이싱이 시간의 {limited:percent} 동안 이 연결을 약 {rate:rate}{으로/로} 제한합니다. 송신 측이 일부러 간격을 둡니다.',
  'limited-by-network.against.send-buffer':
    '송신 버퍼가 혼잡 윈도우만 하면 똑같아 보입니다. `ss -tmi`에서 cwnd와 skmem tb를 함께 보십시오.',
  'limited-by-network.against.application':
    '일정한 간격으로 쓰는 애플리케이션도 비슷해 보입니다. `ss -ti`의 pacing_rate와 app_limited로 확인하십시오.',
  'limited-by-network.against.tap': '송신 측 캡처가 아니므로 혼잡 윈도우는 도착한 것에서 추정한 것입니다.',
  'limited-by-network.against.no-loss':
    '잃은 패킷이 없습니다. 경로는 더 나를 수 있고, 슬로 스타트나 신중한 혼잡 제어가 속도를 정하고 있을 수 있습니다.',
  'limited-by-recovery.claim':
    '손실이 이 연결을 제한합니다. 시간의 {limited:percent}가 {packets:packets}의 복구에 들었고 타임아웃은 {timeouts:count}번입니다.',
  'limited-by-recovery.for.retransmissions':
    '재전송: 중복 ACK 뒤 {fast:count}, 타임아웃 뒤 {timeout:count}, 테일 프로브 {tailProbe:count}.',
  'limited-by-recovery.against.cause':
    '어디서 왜 사라지는지(큐, 폴리서, 링크 오류, 병합하는 포워더)는 한 지점의 캡처에 없습니다. 반대편 캡처와 중간의 드롭 카운터를 비교하십시오.',
  'zero-window.claim.brief':
    '{receiver}{이/가} 윈도우를 잠깐 닫았습니다. 모두 {total:duration}입니다(활동 시간의 {share:percent}, 구간 {periods:count}개).',
};
