// Verdicts about the capture itself, the three beliefs and shared fixes, in English. Keys are those of src/diagnosis.

export const captureMessagesEn: Readonly<Record<string, string>> = {
  'checksum-offload-traces.claim':
    '{partial:packets} that Wireshark may call "bad checksum" are sound: they carry the pseudo-header sum that checksum offload or GRO leaves.',
  'checksum-offload-traces.claim.mixed':
    '{partial:packets} {carries/carry} only the pseudo-header sum that checksum offload or GRO leaves, but {damaged:count} others have a checksum that no offload explains.',
  'checksum-offload-traces.for.partial':
    'In {partial:packets} the TCP checksum field equals the sum over addresses, protocol and length, exactly.',
  'checksum-offload-traces.for.wrong':
    '{damaged:packets} {was/were} captured whole, and the checksum is neither right nor an offload trace.',
  'checksum-offload-traces.against.chance':
    'A damaged packet matches the pseudo-header sum once in 65,536; no packet here had a checksum that was plainly wrong.',
  'checksum-offload-traces.against.wrong':
    '{damaged:packets} may be really damaged, changed by a tool after capture (address rewriting), or written by a device that miscounts.',
  'checksum-offload-traces.against.virtual':
    'On a virtual link (veth, virtio) partial checksums reach the receiver too and are still sound. To quiet Wireshark: `-o tcp.check_checksum:FALSE`.',

  'counts-differ-from-switch.claim':
    'A switch counts about {wire:count} packets and {wireBytes:bytes} for this connection where the capture has {frames:count} {frame/frames}: {hidden:packets} {is/are} hidden in larger ones.',
  'counts-differ-from-switch.for.super-packets':
    '{supers:count} frames stand for several packets; {hidden:count} packets are hidden in them.',
  'counts-differ-from-switch.against.known': 'The count is by IPv4 IDs or capture flags, not by dividing lengths.',
  'counts-differ-from-switch.against.inferred':
    'The count is by length and segment size: a write boundary inside a frame would change it by one packet.',
  'counts-differ-from-switch.against.virtual':
    'Where no wire is crossed (veth, virtio, loopback) there is nothing that counts them cut.',

  'two-taps-in-one-file.claim':
    '{count:packets} {is/are} in this file more than once, seen at {taps:count} taps: they are not retransmissions.',
  'two-taps-in-one-file.for.same':
    '{count:packets} {repeats/repeat} an earlier one with the same sequence numbers and IP ID.',
  'two-taps-in-one-file.for.delay':
    '{count:packets} {repeats/repeat} an earlier one with the same sequence numbers and IP ID, {delay:duration} (median) later.',
  'two-taps-in-one-file.against.retransmission':
    'A retransmission of Linux takes a new IPv4 ID and waits for at least a round trip; these do neither.',
  'two-taps-in-one-file.against.same-interface':
    'All are on one interface: a mirror port that copies both directions, or a driver that returned a packet as busy, gives the same picture.',
  'two-taps-in-one-file.fix.one-tap.effect':
    'A capture on one device instead of `any` (or of a bridge without its port) has each packet once.',
  'two-taps-in-one-file.fix.one-tap.risk': 'None for the network; traffic of other devices is then not in the file.',

  'packets-duplicated.claim':
    '{count:packets} {is/are} in this file twice: the path, or a device on it, delivered copies. They are not retransmissions.',
  'packets-duplicated.for.same':
    '{count:packets} {repeats/repeat} an earlier one, sooner than any retransmission could come.',
  'packets-duplicated.for.delay':
    '{count:packets} {repeats/repeat} an earlier one {delay:duration} (median) later, with its IP ID or sooner than any retransmission could come.',
  'packets-duplicated.for.few':
    'It is {count:count} of {frames:packets}, all on one interface: a second tap would show nearly all packets twice.',
  'packets-duplicated.against.tap':
    'A tap that copies some packets only (a mirror session with a filter, a driver that returns packets as busy) gives the same picture.',
  'packets-duplicated.against.where':
    'The copies were made somewhere between the sender and this tap: where, one capture does not say.',

  'vxlan-63-seconds.claim.late':
    'The SYN of {sender} inside the tunnel went unanswered {syns:count} times at doubling intervals and got through after {last:duration}: the 63-second pattern of a broken outer UDP checksum.',
  'vxlan-63-seconds.claim.never':
    'The SYN of {sender} inside the tunnel went unanswered {syns:count} times at doubling intervals, up to {last:duration}: the 63-second pattern of a broken outer UDP checksum.',
  'vxlan-63-seconds.for.syns':
    'SYN sent again {syns:count} times, at about 1, 3, 7, 15, 31, 63 seconds; the last after {last:duration}.',
  'vxlan-63-seconds.for.outer-checksum':
    '{wrong:packets} {has/have} an outer UDP checksum that is neither zero nor right.',
  'vxlan-63-seconds.against.unseen-checksum':
    'No broken outer checksum is in this file; any path that drops SYNs gives the same intervals. A capture at the receiving node shows the checksum.',
  'vxlan-63-seconds.against.sender-tap':
    'At the sending node partial outer checksums are normal offload traces; what counts is the checksum that arrives.',
  'vxlan-63-seconds.against.any-drop':
    'A firewall, a missing route or a closed backend also leaves SYNs unanswered; those would not pass after 63 seconds.',
  'vxlan-63-seconds.fix.checksum.effect':
    'The outer checksum is made in software before NAT touches the packet. The cure is kernel 5.7 or later (RHEL 8 has the fix).',
  'vxlan-63-seconds.fix.checksum.risk':
    'It takes TSO on that tunnel device along ("off [requested on]"): more CPU per byte. Do not leave it so on kernels that have the fix.',

  'no-handshake.claim':
    'The capture starts in the middle of this connection: window sizes are raw fields (up to {raw:count}) whose scale is unknown, and the MSS options are not seen.',
  'no-handshake.claim.half':
    'Only one side of the handshake is in the capture: without both SYNs the window scale does not apply for certain (field up to {raw:count}).',
  'no-handshake.for.first': 'The first packet of this connection is number {packet}, and it is no SYN.',
  'no-handshake.for.half': 'These are the SYNs that the capture has.',
  'no-handshake.against.cannot':
    'What depends on the window (limited by it, clamped, bytes left) is not claimed. A capture that starts before the connection, or wscale in `ss -ti`, gives it.',
  'no-handshake.against.inferred':
    'Bytes in flight show a scale shift of at least {shift}: what is said about windows uses it and may still be too low.',

  'not-established.claim.refused': 'The connection did not open: {server} answered the SYN with a reset.',
  'not-established.claim.unanswered':
    'The connection did not open: no answer from {server} to {syns:count} SYNs is in the capture.',
  'not-established.for.reset': 'A SYN, and a reset in answer; no data followed.',
  'not-established.for.syns': '{syns:count} SYNs were sent; no SYN-ACK came by.',
  'not-established.against.firewall':
    'A firewall may have sent the reset in place of the server; its TTL differs then.',
  'not-established.against.past-the-tap': 'An answer that took another way than past this tap would look the same.',
  'not-established.against.capture-ended': 'There is only one SYN: the capture may have ended before the answer.',
  'nothing-wrong.claim':
    'Nothing is wrong here: {bytes:bytes} in {duration:duration}, {retransmissions:packets} sent again, no stalled window.',
  'nothing-wrong.claim.no-windows':
    'Nothing wrong can be seen here: {bytes:bytes} in {duration:duration}, {retransmissions:packets} sent again; the capture does not hold the windows.',
  'nothing-wrong.for.clean': 'No other check found a problem; {retransmissions:packets} sent again.',
  'nothing-wrong.against.little': 'Only {bytes:bytes} were exchanged: too little to show most faults.',
  'nothing-wrong.against.reset': 'The connection ended with a reset, which may be how its application closes.',
  'nothing-wrong.against.application':
    'A slow answer of the application, and anything before or after this capture, is not seen as a fault of the connection.',

  'capture-lost-packets.claim.counted':
    'The capture itself lost {drops:packets}: gaps in it are not all losses of the network.',
  'capture-lost-packets.claim.unseen':
    '{unseen:count} stretches of data were acknowledged but are not in the file: the capture missed them, the network did not lose them.',
  'capture-lost-packets.for.counter':
    "The file's own counters say {drops:packets} dropped by the kernel or the interface.",
  'capture-lost-packets.for.unseen': '{unseen:count} acknowledgements are for data that the file does not have.',
  'capture-lost-packets.against.none-missing':
    'No acknowledged data is missing from the connections here: the drops may have hit other traffic.',
  'capture-lost-packets.against.other-path':
    'Packets that took another path (asymmetric routing, another port of a bond, another receive device) are missing in the same way.',
  'capture-lost-packets.fix.buffer.effect':
    'Fewer bytes per packet and a larger ring: the next capture loses less. "0 packets dropped by kernel" at its end says that it worked.',
  'capture-lost-packets.fix.buffer.risk': '64 MB of kernel memory while it runs; payload beyond 128 bytes is not kept.',

  'fix.receive-buffer.effect':
    'Autotuning may grow the receive window to about half of this for new data; it has no effect where the application sets SO_RCVBUF.',
  'fix.send-buffer.effect':
    'Autotuning may keep more data in flight; it has no effect where the application sets SO_SNDBUF.',
  'fix.buffer.risk':
    'Each busy connection may hold that much memory (bounded by net.ipv4.tcp_mem), and a slow reader holds more unread data.',

  'beliefs.tso-is-off.in-effect':
    '{frames:count} {frame/frames} of {sender} {stands/stand} for several wire packets each.',
  'beliefs.tso-is-off.host-on': '{feature} is on for {dev} of {host}; there was nothing larger to cut.',
  'beliefs.tso-is-off.host-off': '{feature} is off for {dev} of {host}.',
  'beliefs.tso-is-off.cut': 'Segments were cut in software before the tap.',
  'beliefs.tso-is-off.nothing-to-cut':
    'TCP built no segment larger than a packet here, so the capture cannot show whether the card would have cut it; `ethtool -k` does.',
  'beliefs.tso-is-off.not-visible': 'From where this was captured the sending card is not visible.',
  'beliefs.capture-tool.duplicates': '{count:packets} {is/are} in the file more than once: it was taken at two taps.',
  'beliefs.capture-tool.unseen': '{unseen:count} stretches of acknowledged data are missing from the file.',
  'beliefs.capture-tool.drops': 'The capture lost {drops:packets}; whether of this connection is not known.',
  'beliefs.capture-tool.honest-super':
    'It shows what passed its tap: {frames:count} {frame/frames} that the wire carried as several packets each.',
  'beliefs.capture-tool.honest': 'What it shows agrees with itself, and no packet is known to be missing.',
  'beliefs.same-everywhere.tap':
    '{frames:count} {frame/frames} {looks/look} like that only at this tap: on the wire, and at the other end, the same data has other packet sizes.',
  'beliefs.same-everywhere.local':
    'It follows from the state of these hosts and this path ({code}); another connection would look different.',
  'beliefs.same-everywhere.one-place': 'One capture at one place cannot tell.',
};
