// Verdicts about what limits a connection: windows, loss, limits; in English. Keys are those of src/diagnosis/rules.

export const flowMessagesEn: Readonly<Record<string, string>> = {
  'window-clamped.claim':
    'The window of {receiver} fell from {before:bytes} to {at:bytes} and had not come back after {lasted:duration}, while {sender} had data to send.',
  'window-clamped.claim.unscaled':
    'The window of {receiver} fell and did not come back while {sender} had data to send; its scale is not known.',
  'window-clamped.for.fell': 'From this packet on the window stays where it fell (scale shift {shift}).',
  'window-clamped.for.probes': '{sender} asks with {probes:count} window probes.',
  'window-clamped.for.want-zero':
    'TCPWantZeroWindowAdv is {count:count} on the receiving host: it wanted to offer nothing and could not take back what it had offered.',
  'window-clamped.against.scale':
    'Without the handshake the scale is not certain, and with another scale the window may have been large all the time.',
  'window-clamped.against.reader':
    'Most often the application of {receiver} has stopped reading: `ss -tmi` there shows unread bytes in Recv-Q. Then nothing in the network is at fault.',
  'window-clamped.against.old-kernel':
    'Kernels before 4.9 (RHEL before 7.9) can do this when a driver merges packets without their segment size; the kernel of this host is not known.',
  'window-clamped.against.merge-excluded':
    'Merging without a segment size as the cause is excluded: kernel {kernel} caps its estimate.',
  'window-clamped.against.merge-possible':
    'Kernel {kernel} can do this when its driver merges packets without their segment size and the reader waits for whole records: see dmesg for "suspect GRO" and rcvmss in `ss -ti`.',

  'zero-window.claim':
    '{receiver} closed its window for {total:duration} in all ({share:percent} of the busy time, periods: {periods:count}): its application does not read as fast as data comes.',
  'zero-window.for.zero': 'A window of 0 in {count:packets} of {receiver}.',
  'zero-window.for.probes': '{sender} sent {probes:count} window probes meanwhile.',
  'zero-window.for.unread': '{unread:bytes} lay unread in the receive queue when `ss` looked.',
  'zero-window.against.truesize':
    'A driver that charges whole pages for small packets fills the buffer with few bytes: in `ss -tmi "sport = :{port}"` on {receiver} skmem r is then far above Recv-Q.',
  'zero-window.against.buffer':
    'A larger buffer only delays the first zero window when the reader is slower than the sender; it helps against bursts.',
  'zero-window.against.short':
    'The window was closed for only {share:percent} of the busy time: it may not be what limits this connection.',

  'packet-loss.claim':
    '{packets:packets} of {sender} ({share:percent} of {data:count}) had to be sent again; recovery took {recovery:percent} of the busy time.',
  'packet-loss.claim.spurious':
    '{sender} sent {packets:packets} again, {spurious:count} of them for nothing: the originals had arrived.',
  'packet-loss.for.kinds':
    'Noticed by acknowledgements {fast:count}, by timeout {timeout:count}, by tail probe {tailProbe:count}; unnecessary {spurious:count}.',
  'packet-loss.for.handshake':
    'Also {handshake:packets} of the handshake {was/were} sent again: its last SYN or SYN-ACK left {last:duration} after the first.',
  'packet-loss.claim.handshake':
    '{sender} had to send {packets:packets} of the handshake again: the last SYN or SYN-ACK left {last:duration} after the first.',
  'packet-loss.for.holes': '{holes:count} {hole/holes}, the largest of {largest:bytes}.',
  'packet-loss.for.duplicate-acks':
    '{count:count} duplicate {acknowledgement/acknowledgements} asked for what was missing.',
  'packet-loss.for.recovery':
    '{recovery:percent} of {busy:duration} passed between a loss and the end of its recovery.',
  'packet-loss.against.capture-drops':
    'The capture itself lost {drops:packets}: a packet that only the tap missed can look lost.',
  'packet-loss.against.before-tap':
    'For {unseen:count} of {packets:count} the original is not in the file: lost before the tap, or missed by the capture.',
  'packet-loss.against.after-tap':
    'The originals are all in the file: they were lost after the tap, or their acknowledgements were.',
  'packet-loss.against.duplicates':
    '{count:packets} {is/are} in the file twice (two taps); those were left out, but a second tap that recuts frames can be taken for a retransmission.',
  'packet-loss.against.copied-by-path':
    '{count:packets} {is/are} in the file twice because the path copied {it/them}; those were left out.',
  'packet-loss.against.no-duplicates': 'Two taps in one file look like retransmissions; looked for and not found.',
  'packet-loss.against.reordering':
    '{count:packets} arrived out of order: reordering on the path, or by the receive queues of the capturing host, makes senders retransmit without loss.',

  'limited-by.for.longest':
    '{limited:percent} of {busy:duration} with data under way; the longest stretch is {lasted:duration}, from {from:duration} into the file.',
  'limited-by.for.share': '{limited:percent} of {busy:duration} with data under way.',
  'limited-by-receive-window.claim':
    'The receive window of {receiver} limits this connection for {limited:percent} of the time.',
  'limited-by-receive-window.claim.rate':
    'The receive window of {receiver} limits this connection for {limited:percent} of the time: {max:bytes} per round trip of {rtt:duration} allow {allowed:rate} at most.',
  'limited-by-receive-window.for.window':
    'The window was {min:bytes} to {max:bytes}, median {median:bytes}; up to {flight:bytes} were in flight.',
  'limited-by-receive-window.for.ss': 'The kernel agrees: rwnd_limited is {share:percent} of busy in `ss -ti`.',
  'limited-by-receive-window.against.scale-inferred':
    'The window scale is inferred from the bytes in flight, not read from a handshake.',
  'limited-by-receive-window.against.reader':
    'The window also closed: a slow reader on {receiver}, not the size of the buffer, is then the cause; a larger buffer would not help for long.',
  'limited-by-receive-window.against.buffer':
    'A slow reader keeps windows small as well: on {receiver}, Recv-Q of `ss -tmi` stays high then, and a larger buffer would not help.',
  'limited-by-receive-window.against.receiver-tap':
    'Seen from the receiver: when the sender waited is inferred from arrival times, within a few percent.',
  'limited-by-receive-window.against.gro':
    'GRO does not make windows small on Linux 4.9 and later (measured on 6.18): leave it on.',
  'limited-by-sender.claim.application':
    'The application of {sender} limits this connection for {limited:percent} of the time: the network was waiting for data.',
  'limited-by-sender.claim.send-buffer':
    'The send buffer of {sender} limits this connection for {limited:percent} of the time: bytes in flight stop at {flight:bytes}.',
  'limited-by-sender.for.app-limited': 'The kernel agrees: app_limited in `ss -ti`.',
  'limited-by-sender.against.cwnd-plateau':
    'A congestion window that does not grow gives the same plateau; `ss -tmi` shows cwnd beside skmem tb.',
  'limited-by-sender.against.buffer':
    'A small send buffer stops the application too; then bytes in flight stand at a plateau (the most here was {flight:bytes}).',
  'limited-by-sender.against.tap':
    'Not captured at the sender: when data was ready there is inferred from arrival times.',
  'limited-by-sender.against.offload': 'No offload setting makes an application write sooner.',
  'limited-by-network.claim.congestion-window':
    'The congestion window limits this connection for {limited:percent} of the time, at about {rate:rate} with up to {flight:bytes} in flight: TCP adapts to the path.',
  'limited-by-network.claim.pacing':
    'Pacing limits this connection for {limited:percent} of the time, at about {rate:rate}: the sender spaces its packets on purpose.',
  'limited-by-network.against.send-buffer':
    'A send buffer that is just as large as the congestion window looks alike: `ss -tmi` shows cwnd beside skmem tb.',
  'limited-by-network.against.application':
    'An application that writes at a steady pace looks alike; `ss -ti` shows pacing_rate and app_limited.',
  'limited-by-network.against.tap': 'Not captured at the sender: its congestion window is inferred from what arrived.',
  'limited-by-network.against.no-loss':
    'No packet was lost: the path may carry more, and slow start or a cautious congestion control sets the pace.',
  'limited-by-recovery.claim':
    'Loss limits this connection: {limited:percent} of the time went into recovery of {packets:packets}, with {timeouts:count} {timeout/timeouts}.',
  'limited-by-recovery.for.retransmissions':
    'Sent again after duplicate acknowledgements {fast:count}, after a timeout {timeout:count}, as tail probes {tailProbe:count}.',
  'limited-by-recovery.against.cause':
    'Where and why packets are lost (queue, policer, link errors, a forwarder that merges) is not in a capture at one place: compare with one at the other end, and drop counters between.',
  'zero-window.claim.brief':
    '{receiver} closed its window briefly: {total:duration} in all ({share:percent} of the busy time, periods: {periods:count}).',
};
