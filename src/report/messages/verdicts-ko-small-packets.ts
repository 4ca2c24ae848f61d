// Verdicts about small packets, in Korean. Keys are those of src/diagnosis/rules.

export const smallPacketMessagesKo: Readonly<Record<string, string>> = {
  'small-packets.also.receive-window': '작은 프레임 바이트의 {share:percent}는 수신 윈도우 때문에 작습니다.',
  'small-packets.also.application':
    '작은 프레임 바이트의 {share:percent}는 애플리케이션의 쓰기(write)가 끝난 자리라서 작습니다.',
  'small-packets.also.send-buffer': '작은 프레임 바이트의 {share:percent}는 송신 버퍼 때문에 작습니다.',
  'small-packets.also.congestion-window': '작은 프레임 바이트의 {share:percent}는 혼잡 윈도우 때문에 작습니다.',
  'small-packets.also.pacing': '작은 프레임 바이트의 {share:percent}는 페이싱이 정한 크기입니다.',
  'small-packets.also.segmentation-off':
    '작은 프레임 바이트의 {share:percent}는 소프트웨어가 단일 세그먼트로 잘랐습니다.',
  'small-packets.also.path-mtu': '작은 프레임 바이트의 {share:percent}는 세그먼트 크기 자체가 작아서 작습니다.',
  'small-packets.also.split-below-tcp': '작은 프레임 바이트의 {share:percent}는 TCP와 캡처 지점 사이에서 잘렸습니다.',
  'small-packets.also.retransmission': '작은 프레임 바이트의 {share:percent}는 재전송입니다.',
  'small-packets.also.unknown': '작은 프레임 바이트의 {share:percent}는 원인을 알 수 없습니다.',
  'small-packets.tap.between':
    '경로 중간에서 캡처했으므로 모든 프레임이 와이어 크기입니다. TCP가 만든 프레임의 크기는 본 것이 아니라 추정한 것입니다.',
  'small-packets.tap.receiver':
    '수신 측에서 캡처했으므로 패킷은 와이어 크기이거나 병합된 모습입니다. TCP가 만든 프레임의 크기는 본 것이 아니라 추정한 것입니다.',
  'small-packets.tap.unknown':
    '캡처 지점이 확실하지 않습니다. 송신 호스트가 아니라면 와이어 크기의 프레임이 정상입니다.',

  'small-packets-receive-window.claim':
    '{receiver}의 수신 윈도우(중앙값 {median:bytes})가 꽉 차서 프레임이 작습니다. 작은 프레임 바이트의 {share:percent}가 남은 윈도우에 맞춰 잘렸습니다.',
  'small-packets-receive-window.claim.half-window':
    '와이어 패킷의 페이로드가 {half:bytes}에 그칩니다. {receiver}의 윈도우가 한 번도 {max:bytes}를 넘지 않았고, Linux는 지금까지 받은 최대 윈도우의 절반보다 큰 세그먼트를 보내지 않기 때문입니다.',
  'small-packets-receive-window.claim.remainder':
    '{receiver}의 윈도우가 세그먼트 하나({segment:bytes})에도 못 미치는 {at:bytes}에 멈춰 있어, {sender}{은/는} 재전송 타임아웃마다 작은 프로브 하나만 보냅니다.',
  'small-packets-receive-window.claim.unscaled':
    '{payload:bytes} 프레임이 {receiver}의 윈도우를 채우는 것으로 보이지만, 이 캡처로는 윈도우 스케일을 알 수 없습니다.',
  'small-packets-receive-window.for.right-edge':
    '데이터 프레임 {data:count}개 중 {frames:count}개가 윈도우의 오른쪽 경계에서 정확히 끝납니다.',
  'small-packets-receive-window.for.frames':
    '작은 프레임 {frames:count}개(페이로드 {bytes:bytes})가 윈도우에 막혔습니다.',
  'small-packets-receive-window.for.window':
    '윈도우는 {min:bytes}~{max:bytes}, 중앙값 {median:bytes}입니다(필드 값 {rawMin:count}~{rawMax:count}, 스케일 시프트 {shift}).',
  'small-packets-receive-window.for.raw-window':
    '윈도우 필드는 {rawMin:count}~{rawMax:count}이며, 곱해야 할 스케일은 핸드셰이크에만 있습니다.',
  'small-packets-receive-window.for.limited':
    '데이터가 나가 있던 {busy:duration} 중 {limited:percent} 동안 남은 윈도우가 세그먼트 하나보다 작았습니다.',
  'small-packets-receive-window.against.no-scale':
    '핸드셰이크가 없어 윈도우 스케일을 모릅니다. 필드 값 720은 720바이트일 수도, 흔한 시프트 7이면 92,160바이트일 수도 있으며 후자라면 윈도우는 제한이 아닙니다.',
  'small-packets-receive-window.against.scale-inferred':
    '윈도우 스케일은 핸드셰이크에서 읽은 값이 아니라 전송 중 바이트에서 추정한 값입니다.',
  'small-packets-receive-window.against.reader-stalls':
    '느린 수신 애플리케이션과 작은 버퍼는 똑같아 보이지만, 제로 윈도우 구간 {periods:count}개는 애플리케이션 쪽을 가리킵니다. {receiver}에서 `ss -tmi "sport = :{port}"`로 확인하십시오. Recv-Q가 계속 높으면 읽지 않은 데이터입니다.',
  'small-packets-receive-window.against.why-small':
    '윈도우가 왜 작은지는 캡처에 없습니다. 애플리케이션의 SO_RCVBUF, net.ipv4.tcp_rmem, 경로의 `window` 옵션, 느린 읽기 중 하나입니다. {receiver}에서 `ss -tmi "sport = :{port}"`(Recv-Q, skmem rb)와 `ip route get`으로 구분하십시오.',
  'small-packets-receive-window.against.gro':
    '흔히 수신 측 GRO를 탓하지만, Linux 4.9 이후에서는 MTU가 같다면 gso_size가 있든 없든 GRO가 윈도우를 줄이지 않았습니다(6.18에서 측정). GRO를 끄면 오히려 송신 프레임이 작아졌습니다.',

  'small-packets-application.claim':
    '{sender}의 애플리케이션이 조금씩 쓰기 때문에 프레임이 작습니다. 바이트의 절반이 {payload:bytes} 이하의 프레임으로 나가며, 각각이 쓰기 한 번의 끝입니다.',
  'small-packets-application.for.frames':
    '윈도우와 혼잡 윈도우에 여유가 있는데도 작은 프레임 {frames:count}개({bytes:bytes})가 나갔습니다. 더 보낼 데이터가 없었던 것입니다(PSH는 쓰기의 끝을 뜻합니다).',
  'small-packets-application.for.waiting':
    '{busy:duration} 중 {limited:percent} 동안 데이터를 붙잡은 것은 송신 애플리케이션뿐이었습니다.',
  'small-packets-application.against.send-buffer':
    '송신 버퍼가 꽉 차도 쓰기가 멈춥니다. 여기서는 전송 중 바이트가 일정한 값에 머물러 있습니다.',
  'small-packets-application.against.offload':
    '어떤 오프로드 설정으로도 바뀌지 않습니다. TSO는 TCP가 받은 것을 자를 뿐, 시간 간격이 있는 두 번의 쓰기를 한 프레임으로 만들지 못합니다.',
  'small-packets-application.against.check':
    '함께 나가야 할 조각은 애플리케이션에서 모을 수 있습니다(writev 한 번, MSG_MORE, TCP_CORK). 이 판정이 맞다면 {sender} 호스트의 `ss -ti`에 app_limited와 notsent:0이 보입니다.',

  'small-packets-send-buffer.claim':
    '{sender}의 송신 버퍼가 작아서 프레임이 작습니다. 전송 중 바이트가 {flight:bytes}를 넘지 않고, ACK 하나가 작은 프레임 하나의 자리만 냅니다.',
  'small-packets-send-buffer.for.plateau':
    '윈도우(중앙값 {window:bytes})에 여유가 있는데도 전송 중 바이트가 {flight:bytes}에서 멈춥니다. 작은 프레임 {frames:count}개가 ACK를 따라 나갑니다.',
  'small-packets-send-buffer.for.limited': '{busy:duration} 중 {limited:percent} 동안 송신 측 자신이 제한이었습니다.',
  'small-packets-send-buffer.against.cwnd':
    '더 자라지 않는 혼잡 윈도우도 같은 평탄한 모습을 만들지만, 손실이나 RTT에 따라 움직입니다. `ss -tmi`에서 cwnd와 skmem tb를 함께 보십시오.',
  'small-packets-send-buffer.against.sndbuf-set':
    '{sender}의 애플리케이션이 SO_SNDBUF를 설정했다면 net.ipv4.tcp_wmem은 효과가 없습니다. TCP_INFO의 sndbuf_limited는 증거가 못 됩니다. 송신 버퍼가 제한일 때도 0~16%만 나타났습니다.',

  'small-packets-congestion-window.claim':
    '{sender}의 혼잡 윈도우가 작아서 프레임이 작습니다. 전송 중 바이트는 최대 {flight:bytes}였고, Linux는 한 프레임에 혼잡 윈도우의 절반까지만 넣습니다.',
  'small-packets-congestion-window.for.frames':
    '작은 프레임 {frames:count}개({bytes:bytes})가 ACK로 자리가 날 때마다 나갔습니다. 전송 중 바이트는 최대 {flight:bytes}입니다.',
  'small-packets-congestion-window.for.limited':
    '{busy:duration} 중 {limited:percent} 동안 데이터와 윈도우가 있는데도 네트워크 때문에 보내지 않았습니다.',
  'small-packets-congestion-window.for.losses': '재전송된 {lost:packets}가 혼잡 윈도우를 작게 유지했습니다.',
  'small-packets-congestion-window.against.pacing':
    '페이싱도 작은 프레임을 만들지만, ACK를 따르지 않고 고른 간격으로 나갑니다. `ss -ti`의 cwnd와 pacing_rate로 확인하십시오.',
  'small-packets-congestion-window.against.tso-seen':
    '"TSO가 꺼져 있다"는 아닙니다. 이 방향의 다른 프레임은 와이어 패킷 여러 개를 담고 있습니다.',
  'small-packets-congestion-window.against.tso-unseen':
    '와이어 패킷 여러 개를 담은 프레임이 없으므로 이 캡처만으로는 TSO가 켜져 있는지 알 수 없습니다. `ethtool -k`로 확인하십시오.',

  'small-packets-pacing.claim':
    'TCP가 약 {rate:rate}{으로/로} 페이싱하면서 프레임 크기를 속도에 맞추기 때문에 작습니다. 1밀리초 분량은 {worth:bytes}입니다. TSO는 정상입니다.',
  'small-packets-pacing.claim.no-rate':
    'TCP가 페이싱하면서 프레임 크기를 속도에 맞추기 때문에 작습니다. TSO는 정상입니다.',
  'small-packets-pacing.for.spacing':
    '작은 프레임 {frames:count}개({bytes:bytes})가 ACK를 기다리지 않고 {spacing:duration}(중앙값)마다 나갑니다.',
  'small-packets-pacing.for.frames': '작은 프레임 {frames:count}개({bytes:bytes})가 고른 간격으로 나갑니다.',
  'small-packets-pacing.for.autosize':
    'Linux는 한 프레임에 페이싱 속도의 약 1밀리초 분량(여기서는 {worth:bytes})을 담고, 적어도 세그먼트 두 개는 담습니다(1.2 Mbit/s 미만의 BBR은 하나).',
  'small-packets-pacing.against.application':
    '일정한 간격으로 쓰는 애플리케이션도 비슷해 보이지만, 그때는 모든 프레임에 PSH가 붙습니다.',
  'small-packets-pacing.against.bottleneck':
    '느린 링크는 ACK의 간격을 벌리고 ACK를 기다리는 프레임도 벌어지지만, 이 프레임들은 기다리지 않았습니다. SO_MAX_PACING_RATE, fq, BBR은 캡처로 구분되지 않으니 `ss -ti`와 `tc qdisc`로 확인하십시오.',

  'small-packets-path-mtu.claim': '{sender}의 꽉 찬 패킷도 페이로드가 {segment:bytes}뿐입니다.',
  'small-packets-path-mtu.claim.mss':
    '{sender}의 꽉 찬 패킷도 페이로드가 {segment:bytes}뿐입니다. {receiver}{이/가} MSS {mss:bytes}를 제시했습니다.',
  'small-packets-path-mtu.claim.shrank':
    '핸드셰이크는 {handshake:bytes}까지 허용했지만 {sender}의 꽉 찬 패킷은 {segment:bytes}입니다. 경로 MTU가 양 끝보다 작습니다.',
  'small-packets-path-mtu.claim.icmp':
    '{from}{이/가} MTU {mtu:bytes}를 알려 왔기 때문에 {sender}의 꽉 찬 패킷이 {segment:bytes}입니다.',
  'small-packets-path-mtu.for.icmp': 'ICMP "too big" {count:packets}가 MTU {mtu:bytes}를 알립니다.',
  'small-packets-path-mtu.for.mss': '핸드셰이크의 MSS 옵션: 클라이언트 {clientMss:bytes}, 서버 {serverMss:bytes}.',
  'small-packets-path-mtu.for.frames':
    '프레임 {frames:count}개({bytes:bytes})가 이 세그먼트 크기이거나 그 몇 배입니다.',
  'small-packets-path-mtu.against.clamp':
    'MSS 옵션을 고쳐 쓰는 방화벽은 {receiver}의 MTU가 원래 작은 것과 똑같아 보입니다. 반대편에서 캡처하면 {receiver}{이/가} 실제로 보낸 값이 보이고, `tracepath`는 경로 MTU를 보여 줍니다.',
  'small-packets-path-mtu.against.no-handshake':
    '핸드셰이크가 없어 지금까지 본 최댓값을 세그먼트 크기로 삼았습니다. 실제 값은 더 클 수 있습니다.',
  'small-packets-path-mtu.against.half-window':
    '세그먼트 두 개를 넘긴 적이 없는 윈도우도 세그먼트를 작게 만들지만, 이 방향의 윈도우는 그보다 컸습니다.',

  'small-packets-split-below-tcp.claim':
    '{sender} 호스트에서 TCP와 캡처 지점 사이의 무언가가 큰 세그먼트를 최대 {max:bytes} 프레임으로 자릅니다. TCP는 더 크게 만들었습니다.',
  'small-packets-split-below-tcp.for.bursts':
    '같은 순간에 최대 프레임 {longest:count}개씩, 버스트가 {bursts:count}번 있습니다. 작은 프레임은 모두 {frames:count}개입니다.',
  'small-packets-split-below-tcp.for.qdisc':
    '{dev}의 큐 규칙(qdisc) {kind}({options})는 감당하는 크기보다 큰 패킷을 자릅니다.',
  'small-packets-split-below-tcp.against.tso-off':
    '조각이 단일 세그먼트라면 TSO가 꺼졌거나 이 패킷에 쓸 수 없는 경우와 똑같아 보입니다. 그 호스트의 `ethtool -k`와 `tc qdisc show`로 구분하십시오.',
  'small-packets-split-below-tcp.against.limits':
    '{dev}의 작은 gso_max_size나 gso_max_segs(`ip -d link`), TSO가 없는 상위 장치(VLAN, 본드, 터널)도 자릅니다.',
  'small-packets-split-below-tcp.fix.tbf.effect':
    '페이로드 65,160바이트까지의 프레임이 {dev}의 tbf를 잘리지 않고 지나갑니다. 속도 제한은 그대로입니다.',
  'small-packets-split-below-tcp.fix.tbf.risk':
    '최대 128 kB의 버스트가 회선 속도로 나가므로, 뒤에 얕은 큐가 있으면 버려질 수 있습니다.',
  'small-packets-split-below-tcp.fix.cake.effect':
    '{dev}의 cake가 큰 세그먼트를 자르지 않고 넘깁니다. 바이트당 CPU가 줄어듭니다.',
  'small-packets-split-below-tcp.fix.cake.risk':
    '속도가 낮으면 부하 시 지연이 늘어납니다. 다른 흐름이 큰 세그먼트 하나를 통째로 기다립니다.',

  'small-packets-retransmission.claim':
    '{sender}의 작은 프레임은 재전송({packets:packets})입니다. 복구는 빠진 부분만 다시 보냅니다. "TSO가 꺼진 것"이 아닙니다.',
  'small-packets-retransmission.for.frames':
    '프레임 {frames:count}개가 이미 보낸 순서 번호로 {packets:packets}(페이로드 {bytes:bytes})를 다시 보냈습니다.',
  'small-packets-retransmission.against.duplicates':
    '두 지점에서 잡힌 {count:packets}가 파일에 있습니다. 세지 않았지만, 두 번째 지점이 프레임을 다시 자르면 재전송으로 오인될 수 있습니다.',
  'small-packets-retransmission.against.no-duplicates':
    '두 지점에서 잡힌 패킷은 재전송처럼 보입니다. 순서 번호와 IPv4 ID가 같은 것을 찾아보았으나 없었습니다.',

  'small-packets-cause-unknown.claim':
    '{largest:bytes}까지 가능한데도 {sender}의 바이트 절반이 {payload:bytes} 이하의 프레임으로 나갑니다. 이유는 이 캡처로 알 수 없습니다.',
  'small-packets-cause-unknown.for.frames':
    '작은 프레임 {frames:count}개({bytes:bytes})가 어느 한 원인에도 맞지 않습니다.',
  'small-packets-cause-unknown.against.needed':
    '연결이 시작되기 전부터 {sender} 호스트에서 캡처하고 그 호스트의 `ss -tmi`와 `ethtool -k`를 함께 주면 윈도우, 쓰기, 혼잡 윈도우, 페이싱, TCP 아래의 절단을 가릴 수 있습니다.',
  'small-packets-cause-unknown.claim.between':
    '{sender}의 프레임이 와이어 크기(페이로드 {payload:bytes})입니다. 경로 중간이라면 당연하며, TCP가 NIC에 어떤 크기로 넘겼는지는 이 캡처 지점에서 보이지 않습니다.',
  'small-packets-cause-unknown.claim.receiver':
    '{sender}의 데이터가 {payload:bytes} 이하의 프레임으로 도착합니다. 거의 병합하지 않으면 와이어에서 온 그대로 이렇게 보이며, TCP가 송신 NIC에 어떤 크기로 넘겼는지와는 무관합니다.',
  'small-packets-receive-window.claim.inferred':
    '{receiver}의 수신 윈도우(최대 {max:bytes}, 스케일은 전송 중 바이트에서 추정)가 꽉 차서 프레임이 작습니다. 작은 프레임 바이트의 {share:percent}가 남은 윈도우에 맞춰 잘렸습니다.',
};
