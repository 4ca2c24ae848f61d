// Verdicts about offloads, in English. Keys are those of src/diagnosis/rules.

export const offloadMessagesEn: Readonly<Record<string, string>> = {
  'tso-in-effect.claim':
    'TSO is in effect: {sender} hands its network card segments of up to {max:bytes}, so {data:count} data frames here were {wire:count} packets on the wire. Leave it on.',
  'tso-in-effect.claim.small':
    'TSO is in effect although frames are small: {data:count} data frames of up to {max:bytes} were {wire:count} packets of at most {segment:bytes} on the wire. Leave it on.',
  'tso-in-effect.for.super-packets':
    '{frames:count} {frame/frames} ({share:percent} of the bytes) {carries/carry} more than one segment of {segment:bytes}.',
  'tso-in-effect.for.ip-id':
    'In {agree:count} of {compared:count} frames the IPv4 ID advances by the number of segments, as Linux counts them.',
  'tso-in-effect.for.partial-checksum':
    '{frames:count} of them {carries/carry} only the pseudo-header sum: the card was to finish the checksum of each piece.',
  'tso-in-effect.against.jumbo-excluded':
    'Jumbo frames would look alike in size; excluded, because their IPv4 ID would advance by one.',
  'tso-in-effect.against.jumbo':
    'A network with jumbo frames would carry such frames whole; the segment size of {segment:bytes} speaks against it, but IPv4 IDs do not decide it here.',
  'tso-in-effect.against.minority':
    '{share:percent} of the bytes left in frames of a single packet: this verdict is not about those.',
  'tso-in-effect.against.who-cuts':
    'What cuts them below the tap is not in the file: the card, or software in a lower device. On veth, virtio or between containers they may never be cut.',

  'tso-not-used.claim':
    'TSO is not used for these packets of {sender}: they leave in {bursts:count} bursts of up to {longest:count} single segments at one instant, cut in software before the tap.',
  'tso-not-used.for.bursts':
    '{bursts:count} bursts of up to {longest:count} frames of {segment:bytes}, microseconds apart.',
  'tso-not-used.for.host-says-off': '{feature} is off on {dev}.',
  'tso-not-used.against.split':
    'A queueing discipline that cuts (tbf with a small burst, cake) or a lower device looks the same: `tc qdisc show` and `ethtool -k` on the sending host tell them apart.',
  'tso-not-used.against.split-excluded':
    'A queueing discipline that cuts would look the same; not needed as a cause, since {feature} is off.',
  'tso-not-used.against.host-says-on':
    '{feature} is on for {dev}: then these packets were vetoed (VLAN, tunnel, driver limit) or cut by a queueing discipline such as tbf or cake, or the setting was changed since.',
  'tso-not-used.against.built-small':
    'TCP that builds single segments (pacing, small congestion window) spaces them or sends on acknowledgements, not in bursts at one instant.',
  'tso-not-used.against.ipv6-bit': 'This is IPv6: tx-tcp6-segmentation counts, not tx-tcp-segmentation.',
  'tso-not-used.fix.on.effect':
    'If `ethtool -k` shows {feature} off: the card cuts instead of the CPU, and captures show large frames. The wire carries the same packets as before.',
  'tso-not-used.fix.on.risk':
    'Low. It needs scatter-gather and transmit checksums on ("off [requested on]" means one of them is missing); someone may have turned it off for a driver fault.',

  'receive-merge.claim.gro':
    'GRO merged what {receiver} received before the capture saw it: {data:count} data frames of up to {max:bytes} were {wire:count} packets on the wire. Leave it on.',
  'receive-merge.claim.lro':
    'LRO in the network card of {receiver} merged {wire:count} packets into {data:count} frames of up to {max:bytes} before the capture saw them.',
  'receive-merge.claim.unknown':
    '{receiver} merged {wire:count} packets into {data:count} frames of up to {max:bytes} before the capture saw them; GRO and LRO are not told apart here. Leave it on.',
  'receive-merge.for.merged':
    '{frames:count} {frame/frames} ({share:percent} of the bytes) {holds/hold} more than one wire packet.',
  'receive-merge.for.partial-checksum':
    '{frames:count} of them {carries/carry} the bare pseudo-header sum, which software GRO and the hardware GRO of bnxt, bnx2x and qede write.',
  'receive-merge.for.valid-checksum':
    '{frames:count} of them {carries/carry} a full valid checksum, which LRO of mlx5 and the old inet_lro recompute.',
  'receive-merge.for.wrong-checksum':
    "{frames:count} of them {carries/carry} a checksum that fits neither way: the first packet's, left on the merged frame as LRO of some drivers does.",
  'receive-merge.for.ip-id':
    'In {agree:count} of {compared:count} frames the IPv4 ID advances by the number of merged packets.',
  'receive-merge.for.host-gro-hw': 'rx-gro-hw is on for {dev}.',
  'receive-merge.for.host-lro': 'large-receive-offload is on for {dev}.',
  'receive-merge.against.crossed-excluded':
    'Super-packets that crossed a virtual link uncut look alike; excluded, because {singles:count} single packets here have full checksums, which a virtual link would have left partial.',
  'receive-merge.against.crossed':
    'On veth, virtio or between containers a super-packet of the sender crosses uncut and looks the same with GRO off.',
  'receive-merge.against.hardware':
    'Software GRO and hardware GRO leave the same bytes: `ethtool -k` (rx-gro-hw) and the merge counters of `ethtool -S` tell them apart.',
  'receive-merge.against.lro-loses':
    'LRO keeps less than GRO (window and acknowledgement of the last packet only) and must be off where packets are forwarded; on a host that ends its connections it does no harm by itself.',
  'receive-merge.against.no-checksums':
    'The checksums of merged frames could not be checked (cut by the snaplen or mixed), so the mechanism is not known.',

  'merged-without-gso-size.claim.hurts':
    'The driver of {receiver} hands up merged packets without their segment size, and its kernel {kernel} takes the whole length for a segment: windows close early and acknowledgements come late.',
  'merged-without-gso-size.claim.harmless':
    'The driver of {receiver} seems to hand up merged packets without their segment size; kernel {kernel} caps its estimate, so this connection does not suffer from it.',
  'merged-without-gso-size.claim.unknown-kernel':
    'The driver of {receiver} seems to hand up merged packets without their segment size; whether that matters depends on its kernel, which is not known (4.9 and later: no).',
  'merged-without-gso-size.for.dmesg': 'The kernel logged "Driver has suspect GRO implementation" for {dev}.',
  'merged-without-gso-size.for.rcvmss':
    "rcvmss is {rcvmss:bytes} on the socket, above the peer's segments of {segment:bytes}.",
  'merged-without-gso-size.for.counters':
    "The host's input counters say {factor} packets per received frame, while the capture shows {merged}: merges are not declared.",
  'merged-without-gso-size.for.driver': 'LRO is on for {dev}, and driver {driver} sets no gso_size in that mode.',
  'merged-without-gso-size.for.wrong-checksum':
    '{frames:count} merged {frame/frames} {keeps/keep} the checksum of the first packet, as LRO does that fills in little else.',
  'merged-without-gso-size.against.once-per-boot':
    'The log line is printed once per boot, for one device; a larger MTU behind a smaller one, or an MTU lowered since, prints it too.',
  'merged-without-gso-size.against.no-host-state':
    'A capture file does not carry gso_size. `dmesg | grep "suspect GRO"`, `ss -ti` (rcvmss) and `ethtool -i` of the receiving host would decide.',
  'merged-without-gso-size.against.larger-mtu':
    'This host offers an MSS of {mss:bytes} and gets segments of {segment:bytes}: here even a capped estimate can reach {mss:bytes} (0.67 times the throughput measured with an 8 kB receive buffer, no effect with the default).',
  'merged-without-gso-size.against.correct-gro':
    'GRO of the kernel itself always sets the segment size: it is not the cause, and turning it off would not cure a driver.',

  'fix.lro-off.effect':
    'The card of {dev} stops merging without a segment size; software GRO goes on merging with one.',
  'fix.lro-off.risk':
    'More packets per second for the CPU. On some cards the change re-opens the device: a short outage, so judge by new connections.',

  'forwarder-merge-without-gso-size.claim.router':
    '{from} merges packets without their segment size and then drops them as too big: {icmp:packets} of ICMP {names/name} an MTU of {mtu:bytes} that the packets of {sender} already respect, and {lost:packets} ({share:percent}) {was/were} sent again.',
  'forwarder-merge-without-gso-size.claim.icmp':
    'A router merges packets without their segment size and then drops them as too big: {icmp:packets} of ICMP {names/name} an MTU of {mtu:bytes} that the packets of {sender} already respect, and {lost:packets} ({share:percent}) {was/were} sent again.',
  'forwarder-merge-without-gso-size.claim.silent':
    '{lost:packets} of {sender} ({share:percent}) {was/were} lost in bulk while single ones passed, as when a bridge or hypervisor on the path merges packets without their segment size.',
  'forwarder-merge-without-gso-size.for.icmp':
    '{icmp:packets} of ICMP {asks/ask} for {mtu:bytes}; {fitted:count} frames sent before were already of packets that fit (segments of {segment:bytes}).',
  'forwarder-merge-without-gso-size.for.bulk-loss':
    '{lost:packets} sent again in {holes:count} {hole/holes}, the largest of {largest:bytes}, with {timeouts:count} {timeout/timeouts}: neighbours are lost together.',
  'forwarder-merge-without-gso-size.against.real-mtu-excluded':
    'A path with a smaller MTU would name one that the packets exceed; this one they respect.',
  'forwarder-merge-without-gso-size.against.queue':
    'A full queue or a policer on the path loses neighbours as well. Only the forwarder itself can tell: `ethtool -k` (lro, rx-gro-hw) and drop counters there.',
  'forwarder-merge-without-gso-size.against.black-hole':
    'A path MTU black hole loses every full packet; here full packets pass when they travel alone.',
  'forwarder-merge-without-gso-size.against.which':
    'Which mechanism merges (LRO, hardware GRO, a hypervisor) is not in this capture.',
  'forwarder-merge-without-gso-size.against.endpoints':
    'GRO at the ends is not the cause: TSO off at the sender only hides it, since packets then come one by one.',
  'forwarder-merge-without-gso-size.fix.lro.effect':
    'The forwarder passes packets on as they came; throughput returns at once (measured: 5.09 s back to 0.038 s for 1 MB).',
  'forwarder-merge-without-gso-size.fix.gro-hw.effect':
    'For when LRO is already off: hardware GRO that fills in a wrong type or size stops, software GRO goes on.',
  'forwarder-merge-without-gso-size.fix.gro-hw.risk':
    'More packets per second for the CPU of the forwarder; on bnxt the change re-opens the device for a moment.',

  'big-tcp.claim':
    '{sender} uses BIG TCP: {count:packets} larger than an IP packet can be (up to {max:bytes} of payload), cut to ordinary packets for the wire.',
  'big-tcp.for.jumbo': '{count:packets} {carries/carry} an IPv6 hop-by-hop jumbo option instead of a payload length.',
  'big-tcp.for.zero-length':
    '{count:packets} {carries/carry} an IPv4 total length of 0; the captured length is the true one.',
  'big-tcp.against.old-tso':
    'Old TSO left a total length of 0 on smaller frames too; these are counted by their true length.',
  'big-tcp.against.tools':
    'Filters such as `tcp port 443` miss IPv6 frames with a jumbo option, and tcptrace miscounts them: numbers of other tools may differ by most of the data.',

  'udp-larger-than-mtu.claim':
    '{count:packets} of UDP {is/are} larger than the MTU (up to {max:bytes}; flows: {flows:count}) without being fragments: UDP segmentation offload or UDP GRO. Nothing is wrong.',
  'udp-larger-than-mtu.for.segment':
    '{count:packets} {is/are} multiples of {segment:bytes}, the datagrams that the wire carries.',
  'udp-larger-than-mtu.for.size': '{count:packets} {carries/carry} more than one packet can, without fragment flags.',
  'udp-larger-than-mtu.against.jumbo': 'A network with jumbo frames would carry them whole.',
  'forwarder-merge-without-gso-size.for.many-timeouts':
    '{lost:packets} sent again, with {timeouts:count} {timeout/timeouts}: more than queues and links lose that still work.',
};
