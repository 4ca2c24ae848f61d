// Verdicts about small packets, in English. Keys are those of src/diagnosis/rules.

export const smallPacketMessagesEn: Readonly<Record<string, string>> = {
  'small-packets.also.receive-window':
    '{share:percent} of the bytes in small frames were bounded by the receive window instead.',
  'small-packets.also.application':
    '{share:percent} of the bytes in small frames end with a write of the application instead.',
  'small-packets.also.send-buffer':
    '{share:percent} of the bytes in small frames were bounded by the send buffer instead.',
  'small-packets.also.congestion-window':
    '{share:percent} of the bytes in small frames were bounded by the congestion window instead.',
  'small-packets.also.pacing': '{share:percent} of the bytes in small frames were sized by pacing instead.',
  'small-packets.also.segmentation-off':
    '{share:percent} of the bytes in small frames were cut to single segments in software instead.',
  'small-packets.also.path-mtu': '{share:percent} of the bytes in small frames are small because the segment size is.',
  'small-packets.also.split-below-tcp':
    '{share:percent} of the bytes in small frames were cut between TCP and the tap instead.',
  'small-packets.also.retransmission': '{share:percent} of the bytes in small frames are retransmissions instead.',
  'small-packets.also.unknown': 'For {share:percent} of the bytes in small frames the cause cannot be told.',
  'small-packets.tap.between':
    'This was captured on the path, where every frame has its wire size: how large the frames were that TCP built is inferred, not seen.',
  'small-packets.tap.receiver':
    'This was captured at the receiver, where packets arrive in wire size or merged: how large the frames were that TCP built is inferred, not seen.',
  'small-packets.tap.unknown':
    'Where this was captured is not certain; anywhere but on the sending host, frames of wire size would be normal.',

  'small-packets-receive-window.claim':
    'Frames are small because the window of {receiver} (median {median:bytes}) is full: {share:percent} of the bytes in small frames were cut to what it still allowed.',
  'small-packets-receive-window.claim.half-window':
    'Wire packets carry only {half:bytes} because the window of {receiver} was never above {max:bytes}: Linux sends no segment larger than half the largest window it was offered.',
  'small-packets-receive-window.claim.remainder':
    'The window of {receiver} is stuck at {at:bytes}, less than one segment of {segment:bytes}, so {sender} sends one small probe per retransmission timeout and nothing else.',
  'small-packets-receive-window.claim.unscaled':
    'Frames of {payload:bytes} seem to fill the window of {receiver}, whose scale this capture does not show.',
  'small-packets-receive-window.for.right-edge':
    '{frames:count} of {data:count} data frames end exactly at the right edge of the window.',
  'small-packets-receive-window.for.frames':
    '{frames:count} small {frame/frames} ({bytes:bytes} of payload) {was/were} bounded by the window.',
  'small-packets-receive-window.for.window':
    'The window was {min:bytes} to {max:bytes}, median {median:bytes} (field {rawMin:count} to {rawMax:count}, scale shift {shift}).',
  'small-packets-receive-window.for.raw-window':
    'The window field was {rawMin:count} to {rawMax:count}, to be multiplied by a scale that only the handshake tells.',
  'small-packets-receive-window.for.limited':
    'For {limited:percent} of {busy:duration} with data under way, less than one segment of window was left.',
  'small-packets-receive-window.against.no-scale':
    'Without the handshake the window scale is unknown: a field of 720 is 720 bytes, or 92,160 with the usual shift of 7, and the window would be no limit.',
  'small-packets-receive-window.against.scale-inferred':
    'The window scale is inferred from the bytes in flight, not read from a handshake.',
  'small-packets-receive-window.against.reader-stalls':
    'A slow reader and a small buffer look alike; {periods:count} zero-window periods point to the reader. `ss -tmi "sport = :{port}"` on {receiver} shows it: Recv-Q that stays high is unread data.',
  'small-packets-receive-window.against.why-small':
    'Why the window is small is not in the capture: SO_RCVBUF set by the application, net.ipv4.tcp_rmem, a `window` on the route, or a slow reader. `ss -tmi "sport = :{port}"` on {receiver} (Recv-Q, skmem rb) and `ip route get` tell them apart.',
  'small-packets-receive-window.against.gro':
    "GRO at the receiver is often blamed for this. On Linux 4.9 and later it did not make windows small, with or without gso_size, at equal MTUs (measured on 6.18); turning it off made the sender's frames smaller.",

  'small-packets-application.claim':
    'Frames are small because the application of {sender} writes little at a time: half of the bytes travel in frames of {payload:bytes} or less, each the end of a write.',
  'small-packets-application.for.frames':
    '{frames:count} small {frame/frames} ({bytes:bytes}) left although window and congestion window had room for more: there was nothing more to send (PSH marks the end of a write).',
  'small-packets-application.for.waiting':
    'For {limited:percent} of {busy:duration} nothing held the data back but its sender.',
  'small-packets-application.against.send-buffer':
    'A full send buffer stops writes as well: bytes in flight stand at a plateau here.',
  'small-packets-application.against.offload':
    'No offload setting changes this: TSO cuts what TCP was given, it cannot make one frame of two writes that are apart in time.',
  'small-packets-application.against.check':
    'Pieces that belong together can be gathered in the application (one writev, MSG_MORE or TCP_CORK). `ss -ti` on the host of {sender} shows app_limited and notsent:0 if this is right.',

  'small-packets-send-buffer.claim':
    'Frames are small because the send buffer of {sender} is: never more than {flight:bytes} are in flight, and each acknowledgement makes room for one small frame.',
  'small-packets-send-buffer.for.plateau':
    'Bytes in flight stop at {flight:bytes} although the window (median {window:bytes}) has room; {frames:count} small {frame/frames} {follows/follow} acknowledgements.',
  'small-packets-send-buffer.for.limited': 'For {limited:percent} of {busy:duration} the sender itself was the limit.',
  'small-packets-send-buffer.against.cwnd':
    'A congestion window that has stopped growing gives the same plateau; it would move after losses and with the RTT. `ss -tmi` shows cwnd beside skmem tb.',
  'small-packets-send-buffer.against.sndbuf-set':
    'If the application of {sender} sets SO_SNDBUF, net.ipv4.tcp_wmem has no effect on it. TCP_INFO sndbuf_limited proves little: it showed 0 to 16% where the send buffer was the limit.',

  'small-packets-congestion-window.claim':
    'Frames are small because the congestion window of {sender} is: at most {flight:bytes} were in flight, and Linux puts at most half of the congestion window in one frame.',
  'small-packets-congestion-window.for.frames':
    '{frames:count} small {frame/frames} ({bytes:bytes}) left as acknowledgements made room, with at most {flight:bytes} in flight.',
  'small-packets-congestion-window.for.limited':
    'For {limited:percent} of {busy:duration} the sender had data and window and held back for the network.',
  'small-packets-congestion-window.for.losses': '{lost:packets} sent again kept the congestion window small.',
  'small-packets-congestion-window.against.pacing':
    'Pacing gives small frames too, but evenly spaced instead of on acknowledgements. `ss -ti` shows cwnd and pacing_rate.',
  'small-packets-congestion-window.against.tso-seen':
    '"TSO is off" is excluded: other frames of this direction stand for several wire packets.',
  'small-packets-congestion-window.against.tso-unseen':
    'No frame stands for several wire packets here, so the capture alone does not show that TSO is on: `ethtool -k` does.',

  'small-packets-pacing.claim':
    'Frames are small because TCP paces at about {rate:rate} and sizes its frames to the rate: one millisecond is worth {worth:bytes}. TSO works as it should.',
  'small-packets-pacing.claim.no-rate':
    'Frames are small because TCP paces and sizes its frames to the rate. TSO works as it should.',
  'small-packets-pacing.for.spacing':
    '{frames:count} small {frame/frames} ({bytes:bytes}) {leaves/leave} every {spacing:duration} (median) without waiting for acknowledgements.',
  'small-packets-pacing.for.frames':
    '{frames:count} small {frame/frames} ({bytes:bytes}) {leaves/leave} evenly spaced.',
  'small-packets-pacing.for.autosize':
    'Linux builds about a millisecond of the pacing rate ({worth:bytes} here) per frame, and at least two segments (BBR below 1.2 Mbit/s: one).',
  'small-packets-pacing.against.application':
    'An application that writes at a steady pace looks alike, but marks every frame with PSH.',
  'small-packets-pacing.against.bottleneck':
    'A slow link spaces acknowledgements, and so frames that wait for them; these did not wait. SO_MAX_PACING_RATE and fq are not told apart from BBR here: `ss -ti` and `tc qdisc` do.',

  'small-packets-path-mtu.claim': 'Full packets of {sender} carry only {segment:bytes}.',
  'small-packets-path-mtu.claim.mss':
    'Full packets of {sender} carry only {segment:bytes}: {receiver} offered an MSS of {mss:bytes}.',
  'small-packets-path-mtu.claim.shrank':
    'Full packets of {sender} carry {segment:bytes} although the handshake allowed {handshake:bytes}: the path MTU is smaller than both ends.',
  'small-packets-path-mtu.claim.icmp':
    'Full packets of {sender} carry {segment:bytes} because {from} reported an MTU of {mtu:bytes}.',
  'small-packets-path-mtu.for.icmp': '{count:packets} of ICMP "too big" {names/name} an MTU of {mtu:bytes}.',
  'small-packets-path-mtu.for.mss': 'MSS options of the handshake: client {clientMss:bytes}, server {serverMss:bytes}.',
  'small-packets-path-mtu.for.frames':
    '{frames:count} {frame/frames} ({bytes:bytes}) {is/are} of this segment size or few of it.',
  'small-packets-path-mtu.against.clamp':
    "A firewall that rewrites MSS options looks the same as {receiver}'s own small MTU: a capture at the other end shows what {receiver} really sent; `tracepath` shows the path MTU.",
  'small-packets-path-mtu.against.no-handshake':
    'Without the handshake the segment size is the largest seen; the true one may be larger.',
  'small-packets-path-mtu.against.half-window':
    'A window that never exceeded two segments makes the segment small as well; the windows of this direction were larger.',

  'small-packets-split-below-tcp.claim':
    'Something between TCP and the tap on the host of {sender} cuts large segments into frames of at most {max:bytes}; TCP built them larger.',
  'small-packets-split-below-tcp.for.bursts':
    '{bursts:count} bursts of up to {longest:count} frames at one instant, {frames:count} small {frame/frames} in all.',
  'small-packets-split-below-tcp.for.qdisc':
    'Queueing discipline {kind} on {dev} ({options}) cuts packets that are larger than it takes.',
  'small-packets-split-below-tcp.against.tso-off':
    'TSO off, or not possible for these packets, looks the same when the pieces are single segments: `ethtool -k` and `tc qdisc show` on that host tell them apart.',
  'small-packets-split-below-tcp.against.limits':
    'A small gso_max_size or gso_max_segs of {dev} (`ip -d link`) and an upper device (VLAN, bond, tunnel) without TSO cut as well.',
  'small-packets-split-below-tcp.fix.tbf.effect':
    'Frames up to 65,160 bytes of payload pass tbf on {dev} uncut; the rate stays the same.',
  'small-packets-split-below-tcp.fix.tbf.risk':
    'Bursts of up to 128 kB leave at line rate: a shallow queue behind it may drop them.',
  'small-packets-split-below-tcp.fix.cake.effect': 'cake on {dev} passes large segments on uncut; less CPU per byte.',
  'small-packets-split-below-tcp.fix.cake.risk':
    'Latency under load grows at low rates: other flows wait for a whole large segment.',

  'small-packets-retransmission.claim':
    'The small frames of {sender} are retransmissions ({packets:packets}): recovery resends only what is missing. This is not "TSO off".',
  'small-packets-retransmission.for.frames':
    '{frames:count} {frame/frames} resent {packets:packets} ({bytes:bytes} of payload) with sequence numbers sent before.',
  'small-packets-retransmission.against.duplicates':
    'The file holds {count:packets} seen at two taps; those were not counted, but a second tap that recuts frames can be taken for a retransmission.',
  'small-packets-retransmission.against.no-duplicates':
    'Packets seen at two taps look like retransmissions; looked for (same sequence and IPv4 ID) and not found.',

  'small-packets-cause-unknown.claim':
    'Half of the bytes of {sender} travel in frames of {payload:bytes} or less where {largest:bytes} would be possible; why, this capture does not say.',
  'small-packets-cause-unknown.for.frames':
    '{frames:count} small {frame/frames} ({bytes:bytes}) {fits/fit} no single cause.',
  'small-packets-cause-unknown.against.needed':
    'A capture on the host of {sender} that starts before the connection, with `ss -tmi` and `ethtool -k` of that host, would decide between window, writes, congestion window, pacing and a cut below TCP.',
  'small-packets-cause-unknown.claim.between':
    'Frames of {sender} have wire size here ({payload:bytes} of payload), as anywhere on the path: what size TCP gave to its network card is not visible at this tap.',
  'small-packets-cause-unknown.claim.receiver':
    'Data of {sender} arrives in frames of {payload:bytes} or less: that is how packets come off the wire when little or nothing is merged, and says nothing of what TCP gave to the sending card.',
  'small-packets-receive-window.claim.inferred':
    'Frames are small because the window of {receiver} (at most {max:bytes}, by a scale inferred from the bytes in flight) is full: {share:percent} of the bytes in small frames were cut to what it still allowed.',
};
