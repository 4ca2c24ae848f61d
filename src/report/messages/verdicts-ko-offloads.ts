// Verdicts about offloads, in Korean. Keys are those of src/diagnosis/rules.

export const offloadMessagesKo: Readonly<Record<string, string>> = {
  'tso-in-effect.claim':
    'TSO가 동작하고 있습니다. {sender}{이/가} 최대 {max:bytes} 세그먼트를 NIC에 넘기므로, 여기 데이터 프레임 {data:count}개는 와이어에서 패킷 {wire:count}개였습니다. 그대로 켜 두십시오.',
  'tso-in-effect.claim.small':
    '프레임은 작지만 TSO가 동작하고 있습니다. 최대 {max:bytes}인 데이터 프레임 {data:count}개는 와이어에서 최대 {segment:bytes}짜리 패킷 {wire:count}개였습니다. 그대로 켜 두십시오.',
  'tso-in-effect.for.super-packets':
    '프레임 {frames:count}개(바이트의 {share:percent})가 {segment:bytes} 세그먼트를 둘 이상 담고 있습니다.',
  'tso-in-effect.for.ip-id':
    '프레임 {compared:count}개 중 {agree:count}개에서 IPv4 ID가 세그먼트 수만큼 증가합니다. Linux가 세는 방식 그대로입니다.',
  'tso-in-effect.for.partial-checksum':
    '그중 {frames:count}개는 의사 헤더 합만 담고 있습니다. 조각마다의 체크섬은 NIC가 완성할 예정이었습니다.',
  'tso-in-effect.against.jumbo-excluded':
    '점보 프레임도 크기는 비슷하지만, 그렇다면 IPv4 ID가 하나씩만 증가하므로 제외했습니다.',
  'tso-in-effect.against.jumbo':
    '점보 프레임 네트워크라면 이런 프레임이 잘리지 않고 나갑니다. 세그먼트 크기 {segment:bytes}가 반대 근거이지만, 여기서는 IPv4 ID로 판가름할 수 없습니다.',
  'tso-in-effect.against.minority':
    '바이트의 {share:percent}는 패킷 하나짜리 프레임으로 나갔으며, 이 판정은 그것에 관한 것이 아닙니다.',
  'tso-in-effect.against.who-cuts':
    '캡처 지점 아래에서 무엇이 자르는지는 파일에 없습니다. NIC일 수도, 하위 장치의 소프트웨어일 수도 있습니다. veth, virtio, 컨테이너 사이에서는 끝까지 잘리지 않을 수도 있습니다.',

  'tso-not-used.claim':
    '{sender}의 이 패킷들에는 TSO가 쓰이지 않습니다. 같은 순간에 단일 세그먼트가 최대 {longest:count}개씩 {bursts:count}번 몰려 나가며, 캡처 지점 전에 소프트웨어가 잘랐습니다.',
  'tso-not-used.for.bursts':
    '{segment:bytes} 프레임이 최대 {longest:count}개씩 마이크로초 간격으로 {bursts:count}번 몰려 나갑니다.',
  'tso-not-used.for.host-says-off': '{dev}의 {feature}{이/가} off입니다.',
  'tso-not-used.against.split':
    '자르는 큐 규칙(버스트가 작은 tbf, cake)이나 하위 장치도 똑같아 보입니다. 송신 호스트의 `tc qdisc show`와 `ethtool -k`로 구분하십시오.',
  'tso-not-used.against.split-excluded':
    '자르는 큐 규칙도 똑같아 보이지만, {feature}{이/가} off이므로 따로 필요한 원인이 아닙니다.',
  'tso-not-used.against.host-says-on':
    '{dev}의 {feature}{은/는} on입니다. 그렇다면 이 패킷만 거부되었거나(VLAN, 터널, 드라이버 제한), tbf나 cake 같은 큐 규칙이 잘랐거나, 그 뒤에 설정이 바뀐 것입니다.',
  'tso-not-used.against.built-small':
    'TCP가 단일 세그먼트를 만드는 경우(페이싱, 작은 혼잡 윈도우)에는 같은 순간에 몰리지 않고 간격을 두거나 ACK를 따라 나갑니다.',
  'tso-not-used.against.ipv6-bit': 'IPv6이므로 tx-tcp-segmentation이 아니라 tx-tcp6-segmentation을 봐야 합니다.',
  'tso-not-used.fix.on.effect':
    '`ethtool -k`에서 {feature}{이/가} off라면, CPU 대신 NIC가 자르고 캡처에는 큰 프레임이 보입니다. 와이어의 패킷은 전과 같습니다.',
  'tso-not-used.fix.on.risk':
    '낮습니다. scatter-gather와 송신 체크섬이 켜져 있어야 합니다("off [requested on]"이면 둘 중 하나가 꺼진 것). 드라이버 결함 때문에 누군가 일부러 껐을 수도 있습니다.',

  'receive-merge.claim.gro':
    '{receiver}{이/가} 받은 패킷을 캡처 전에 GRO가 병합했습니다. 최대 {max:bytes}인 데이터 프레임 {data:count}개는 와이어에서 패킷 {wire:count}개였습니다. 그대로 켜 두십시오.',
  'receive-merge.claim.lro':
    '{receiver}의 NIC가 LRO로 패킷 {wire:count}개를 최대 {max:bytes}인 프레임 {data:count}개로 캡처 전에 병합했습니다.',
  'receive-merge.claim.unknown':
    '{receiver}{이/가} 패킷 {wire:count}개를 최대 {max:bytes}인 프레임 {data:count}개로 캡처 전에 병합했습니다. GRO인지 LRO인지는 여기서 구분되지 않습니다. 그대로 켜 두십시오.',
  'receive-merge.for.merged':
    '프레임 {frames:count}개(바이트의 {share:percent})가 와이어 패킷을 둘 이상 담고 있습니다.',
  'receive-merge.for.partial-checksum':
    '그중 {frames:count}개는 의사 헤더 합만 담고 있습니다. 소프트웨어 GRO와 bnxt, bnx2x, qede의 하드웨어 GRO가 남기는 값입니다.',
  'receive-merge.for.valid-checksum':
    '그중 {frames:count}개는 올바른 전체 체크섬을 담고 있습니다. mlx5의 LRO와 예전 inet_lro는 다시 계산합니다.',
  'receive-merge.for.wrong-checksum':
    '그중 {frames:count}개의 체크섬은 어느 쪽에도 맞지 않습니다. 일부 드라이버의 LRO처럼 첫 패킷의 값이 병합된 프레임에 남은 것입니다.',
  'receive-merge.for.ip-id':
    '프레임 {compared:count}개 중 {agree:count}개에서 IPv4 ID가 병합된 패킷 수만큼 증가합니다.',
  'receive-merge.for.host-gro-hw': '{dev}의 rx-gro-hw가 on입니다.',
  'receive-merge.for.host-lro': '{dev}의 large-receive-offload가 on입니다.',
  'receive-merge.against.crossed-excluded':
    '가상 링크를 잘리지 않고 건너온 슈퍼 패킷도 비슷해 보이지만, 그렇다면 체크섬이 미완성이었을 단일 패킷 {singles:count}개가 온전한 체크섬을 담고 있어 제외했습니다.',
  'receive-merge.against.crossed':
    'veth, virtio, 컨테이너 사이에서는 송신 측 슈퍼 패킷이 잘리지 않고 건너와, GRO가 꺼져 있어도 똑같아 보입니다.',
  'receive-merge.against.hardware':
    '소프트웨어 GRO와 하드웨어 GRO는 같은 바이트를 남깁니다. `ethtool -k`(rx-gro-hw)와 `ethtool -S`의 병합 카운터로 구분하십시오.',
  'receive-merge.against.lro-loses':
    'LRO는 GRO보다 남기는 정보가 적고(윈도우와 ACK는 마지막 패킷 것만), 패킷을 포워딩하는 곳에서는 꺼져 있어야 합니다. 연결이 끝나는 호스트에서는 그 자체로 해가 없습니다.',
  'receive-merge.against.no-checksums':
    '병합된 프레임의 체크섬을 확인할 수 없어(snaplen에 잘렸거나 섞여 있음) 병합 방식을 알 수 없습니다.',

  'merged-without-gso-size.claim.hurts':
    '{receiver}의 드라이버가 세그먼트 크기 없이 병합된 패킷을 올려 보내고, 커널 {kernel}{은/는} 전체 길이를 세그먼트로 여깁니다. 윈도우가 일찍 닫히고 ACK가 늦어집니다.',
  'merged-without-gso-size.claim.harmless':
    '{receiver}의 드라이버가 세그먼트 크기 없이 병합된 패킷을 올려 보내는 것으로 보이지만, 커널 {kernel}{은/는} 추정값에 상한을 두므로 이 연결에는 해가 없습니다.',
  'merged-without-gso-size.claim.unknown-kernel':
    '{receiver}의 드라이버가 세그먼트 크기 없이 병합된 패킷을 올려 보내는 것으로 보입니다. 문제가 되는지는 커널에 달렸는데 버전을 모릅니다(4.9 이후라면 무관).',
  'merged-without-gso-size.for.dmesg': '커널이 {dev}에 대해 "Driver has suspect GRO implementation"을 기록했습니다.',
  'merged-without-gso-size.for.rcvmss': '소켓의 rcvmss가 {rcvmss:bytes}로, 상대의 세그먼트 {segment:bytes}보다 큽니다.',
  'merged-without-gso-size.for.counters':
    '호스트의 입력 카운터로는 수신 프레임당 패킷이 {factor}개인데 캡처에는 {merged}개입니다. 병합이 신고되지 않은 것입니다.',
  'merged-without-gso-size.for.driver':
    '{dev}의 LRO가 on이고, 드라이버 {driver}{은/는} 그 모드에서 gso_size를 채우지 않습니다.',
  'merged-without-gso-size.for.wrong-checksum':
    '병합된 프레임 {frames:count}개에 첫 패킷의 체크섬이 남아 있습니다. 다른 정보도 거의 채우지 않는 LRO의 모습입니다.',
  'merged-without-gso-size.against.once-per-boot':
    '이 로그는 부팅 후 한 번, 한 장치에 대해서만 나옵니다. 경로보다 큰 MTU나 나중에 줄인 MTU 때문에도 나올 수 있습니다.',
  'merged-without-gso-size.against.no-host-state':
    '캡처 파일에는 gso_size가 없습니다. 수신 호스트의 `dmesg | grep "suspect GRO"`, `ss -ti`(rcvmss), `ethtool -i`로 판가름할 수 있습니다.',
  'merged-without-gso-size.against.larger-mtu':
    '이 호스트는 MSS {mss:bytes}를 제시하지만 받는 세그먼트는 {segment:bytes}입니다. 이 경우 상한이 있는 추정값도 {mss:bytes}까지 커질 수 있습니다(수신 버퍼 8 kB에서 처리량 0.67배로 측정, 기본 버퍼에서는 영향 없음).',
  'merged-without-gso-size.against.correct-gro':
    '커널 자체의 GRO는 항상 세그먼트 크기를 채웁니다. 원인이 아니며, 꺼도 드라이버가 고쳐지지 않습니다.',

  'fix.lro-off.effect':
    '{dev}의 NIC가 세그먼트 크기 없는 병합을 멈춥니다. 소프트웨어 GRO는 크기를 채워 계속 병합합니다.',
  'fix.lro-off.risk':
    'CPU가 처리할 초당 패킷이 늘어납니다. 일부 NIC는 이 변경으로 장치를 다시 열어 잠시 끊기므로, 새 연결로 비교하십시오.',

  'forwarder-merge-without-gso-size.claim.router':
    '{from}{이/가} 세그먼트 크기 없이 패킷을 병합한 뒤 너무 크다며 버립니다. ICMP {icmp:packets}가 MTU {mtu:bytes}를 요구하지만 {sender}의 패킷은 이미 그 안에 들고, {lost:packets}({share:percent})를 다시 보냈습니다.',
  'forwarder-merge-without-gso-size.claim.icmp':
    '어떤 라우터가 세그먼트 크기 없이 패킷을 병합한 뒤 너무 크다며 버립니다. ICMP {icmp:packets}가 MTU {mtu:bytes}를 요구하지만 {sender}의 패킷은 이미 그 안에 들고, {lost:packets}({share:percent})를 다시 보냈습니다.',
  'forwarder-merge-without-gso-size.claim.silent':
    '{sender}의 {lost:packets}({share:percent})가 무더기로 사라지고 홀로 간 패킷은 지나갔습니다. 경로의 브리지나 하이퍼바이저가 세그먼트 크기 없이 병합할 때의 모습입니다.',
  'forwarder-merge-without-gso-size.for.icmp':
    'ICMP {icmp:packets}가 {mtu:bytes}를 요구하지만, 그 전에 보낸 프레임 {fitted:count}개의 패킷은 이미 그 크기에 들었습니다(세그먼트 {segment:bytes}).',
  'forwarder-merge-without-gso-size.for.bulk-loss':
    '{lost:packets}를 구멍 {holes:count}개에서 다시 보냈고, 가장 큰 구멍은 {largest:bytes}, 타임아웃은 {timeouts:count}번입니다. 이웃한 패킷이 함께 사라집니다.',
  'forwarder-merge-without-gso-size.against.real-mtu-excluded':
    '실제로 MTU가 작은 경로라면 패킷보다 작은 값을 알려야 하지만, 여기서는 패킷이 이미 그 값을 지키고 있습니다.',
  'forwarder-merge-without-gso-size.against.queue':
    '경로의 꽉 찬 큐나 폴리서도 이웃한 패킷을 함께 버립니다. 포워더 자신의 `ethtool -k`(lro, rx-gro-hw)와 드롭 카운터만이 판가름합니다.',
  'forwarder-merge-without-gso-size.against.black-hole':
    '경로 MTU 블랙홀이라면 꽉 찬 패킷이 모두 사라지지만, 여기서는 홀로 간 꽉 찬 패킷이 지나갑니다.',
  'forwarder-merge-without-gso-size.against.which':
    '무엇이 병합하는지(LRO, 하드웨어 GRO, 하이퍼바이저)는 이 캡처에 없습니다.',
  'forwarder-merge-without-gso-size.against.endpoints':
    '양 끝의 GRO는 원인이 아닙니다. 송신 측 TSO를 끄면 패킷이 하나씩 도착해 증상이 가려질 뿐입니다.',
  'forwarder-merge-without-gso-size.fix.lro.effect':
    '포워더가 패킷을 온 그대로 넘기고 처리량이 바로 회복됩니다(측정: 1 MB 전송이 5.09초에서 0.038초로).',
  'forwarder-merge-without-gso-size.fix.gro-hw.effect':
    'LRO가 이미 꺼져 있을 때 쓰십시오. 타입이나 크기를 잘못 채우는 하드웨어 GRO가 멈추고 소프트웨어 GRO는 계속됩니다.',
  'forwarder-merge-without-gso-size.fix.gro-hw.risk':
    '포워더의 CPU가 처리할 초당 패킷이 늘어납니다. bnxt에서는 장치가 잠시 다시 열립니다.',

  'big-tcp.claim':
    '{sender}{이/가} BIG TCP를 씁니다. IP 패킷의 한계보다 큰 {count:packets}(페이로드 최대 {max:bytes})가 와이어에서는 보통 패킷으로 잘립니다.',
  'big-tcp.for.jumbo': '{count:packets}가 페이로드 길이 대신 IPv6 홉바이홉 점보 옵션을 담고 있습니다.',
  'big-tcp.for.zero-length': '{count:packets}의 IPv4 전체 길이가 0입니다. 캡처된 길이가 실제 길이입니다.',
  'big-tcp.against.old-tso': '예전 TSO는 더 작은 프레임에도 전체 길이 0을 남겼습니다. 여기서는 실제 길이로 세었습니다.',
  'big-tcp.against.tools':
    '`tcp port 443` 같은 필터는 점보 옵션이 있는 IPv6 프레임을 놓치고 tcptrace는 잘못 셉니다. 다른 도구의 수치는 데이터 대부분만큼 다를 수 있습니다.',

  'udp-larger-than-mtu.claim':
    'UDP {count:packets}가 MTU보다 크지만(최대 {max:bytes}, 흐름 {flows:count}개) 단편이 아닙니다. UDP 세그먼트 오프로드 또는 UDP GRO이며 문제가 아닙니다.',
  'udp-larger-than-mtu.for.segment': '{count:packets}의 길이가 와이어의 데이터그램 크기 {segment:bytes}의 배수입니다.',
  'udp-larger-than-mtu.for.size': '{count:packets}가 단편 플래그 없이 패킷 하나에 담을 수 없는 길이입니다.',
  'udp-larger-than-mtu.against.jumbo': '점보 프레임 네트워크라면 자르지 않고 그대로 나릅니다.',
  'forwarder-merge-without-gso-size.for.many-timeouts':
    '{lost:packets}를 다시 보냈고 타임아웃이 {timeouts:count}번입니다. 동작하는 큐나 링크가 잃는 것보다 많습니다.',
};
