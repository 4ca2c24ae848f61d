// Station "report": our own labels and sentences in English. Keys are the same in every language (messages.test.ts).

export const messagesEn: Readonly<Record<string, string>> = {
  'severity.problem': 'PROBLEM',
  'severity.notice': 'NOTICE',
  'severity.info': 'INFO',
  'severity.healthy': 'HEALTHY',

  'certainty.known': 'known',
  'certainty.inferred': 'inferred',
  'certainty.guessed': 'guessed',

  'direction.0': 'client > server',
  'direction.1': 'server > client',

  'answer.yes': 'yes',
  'answer.no': 'no',
  'answer.cannot-tell': 'cannot tell',
  'answer.no-verdict': 'Nothing to say about this connection: too few of its packets are in the capture.',
  'answer.no-connection': 'No TCP connection in this capture.',

  'identity.connection': 'connection {id} (tcp.stream {stream})',
  'identity.packets': 'packets {first} to {last}',
  'identity.no-handshake': 'handshake not in the capture',
  'identity.inside': 'inside {list}',

  'capture.undecoded': '{undecoded:packets} could not be decoded.',
  'capture.undecoded.cut':
    '{undecoded:packets} could not be decoded: {cut:count} of them {was/were} cut by the snap length before the headers ended. `tcpdump -s 128` keeps them, in a tunnel `-s 192`.',
  'capture.not-tcp':
    'Packets: UDP {udp:count}, ICMP {icmp:count}, other protocols {other:count}, not decoded {undecoded:count}.',

  'damage.packet': 'packet {packet}',
  'damage.offset': 'at byte 0x{offset}',
  'damage.sentence': 'The capture is damaged{place}: {problem}. What came before is reported.',

  'verdict.for': 'for',
  'verdict.against': 'against',
  'verdict.fix': 'fix',
  'verdict.undo': 'undo',
  'verdict.show': 'show',
  'verdict.persist': 'lasting',
  'verdict.no-change': 'nothing to change: leave it as it is',
  'verdict.effect-risk': '{effect} Risk: {risk}',
  'verdict.persist-names': 'how to make it last ({list})',
  'verdict.more': '{count} more',
  'verdict.verbose': '(--verbose: {list})',
  'verdict.also': 'Also found (--verbose tells more): {list}.',
  'value.unknown': 'not known',
  'packets.one': 'packet {list}',
  'packets.list': 'packets {list}',

  'numbers.title': 'Numbers',
  'numbers.payload': 'data',
  'numbers.at-rate': 'at {rate}',
  'numbers.captured': 'frames captured',
  'numbers.on-the-wire': 'packets on the wire',
  'numbers.wire-cell': '{count} {certainty} ({how}), {bytes}',
  'numbers.segment': 'full packet carries',
  'numbers.frame': 'data per frame',
  'numbers.frame-cell': 'median {median:bytes}, largest {max:bytes}',
  'numbers.super-packets': 'super-packets',
  'numbers.window': 'window it met',
  'numbers.window-range': '{min:bytes} to {max:bytes}',
  'numbers.window-constant': '{max:bytes}, constant',
  'numbers.window-raw': 'field {min:count} to {max:count}, scale not known',
  'numbers.scale-inferred': 'scale inferred',
  'numbers.zero-windows': 'zero {count:count}x for {duration:duration}',
  'numbers.clamped': 'clamped',
  'numbers.retransmitted': 'retransmitted',
  'numbers.acks': 'also seen',
  'numbers.none': 'none',
  'numbers.packets': '{packets:packets}',

  'how.ip-id': 'IP ID',
  'how.epb-flags': 'pcapng flags',
  'how.length': 'length',
  'how.handshake': 'MSS',
  'how.single': 'single packets',
  'segment-from.handshake': 'from the handshake',
  'segment-from.observed': 'as observed',
  'segment-from.ip-id': 'from IP ID steps',

  'super.tso': '{count}, {share} of bytes: TSO',
  'super.gro': '{count}, {share} of bytes: GRO',
  'super.lro': '{count}, {share} of bytes: LRO',
  'super.mixed': '{count}, {share} of bytes: TSO and GRO',
  'super.unknown': '{count}, {share} of bytes: TSO or GRO',

  'retransmitted.fast': 'fast {count:count}',
  'retransmitted.timeout': 'timeout {count:count}',
  'retransmitted.tailProbe': 'tail probe {count:count}',
  'retransmitted.spurious': 'spurious {count:count}',

  'acks.outOfOrder': 'out of order {count:count}',
  'acks.duplicate': 'duplicate ACKs {count:count}',
  'acks.stretch': 'stretch ACKs {count:count}',
  'acks.probes': 'window probes {count:count}',
  'acks.keepAlives': 'keep-alives {count:count}',
  'acks.repeatedFins': 'FIN sent again {count:count}',
  'acks.ce': 'CE marks {count:count}',

  'rtt.title': 'RTT',
  'rtt.handshake': 'handshake',
  'rtt.min': 'min',
  'rtt.median': 'median',
  'rtt.p95': 'p95',

  'limits.title': 'limited by',
  'limits.unknown': 'cannot be told from this capture',
  'limits.not-known': 'not known: {list}',
  'limits.nothing': 'nothing',
  'limits.busy': 'busy {duration:duration}',
  'limits.busy-inferred': 'busy {duration:duration} ({inferred:duration} of it inferred: data waited to be sent)',
  'limit.receiveWindow': 'receive window',
  'limit.sender': 'sender',
  'limit.network': 'network',
  'limit.recovery': 'loss recovery',

  'point.title': 'captured',
  'point.sender': 'at the sender, above its NIC',
  'point.receiver': "at the receiver, above its NIC's merge",
  'point.between': 'between the hosts, on the wire',
  'point.unknown': 'cannot tell where',

  'belief.tsoIsOff': '"TSO is off"',
  'belief.captureToolIsWrong': '"The capture tool is wrong"',
  'belief.sameEverywhere': '"It is like this everywhere"',

  'findings.title': 'About the hosts and the file',

  'udp.summary': 'UDP: flows {flows:count}, {bytes:bytes}; with datagrams larger than the MTU: {large:count}',
  'udp.large':
    '{count:count} of {packets:packets} larger than the MTU (USO before the cut, or UDP GRO), up to {max:bytes}',

  'summary.counts':
    'Connections: {connections:count}; with a problem {problem:count}, with a notice {notice:count}, without either {fine:count}.',
  'summary.ends': 'client > server',
  'summary.data': 'data',
  'summary.wire': 'wire packets',
  'summary.lost': 'resent',
  'summary.limit': 'limited most by',
  'summary.verdict': 'verdict',
  'summary.more': '{connections:count} more, smaller: --top N or --connection N shows them',
  'summary.more-problems': 'with a problem among those: {list}',

  'warning.interrupted': 'Interrupted: this report covers only the {packets:packets} read until then.',
  'warning.time-went-backwards': 'Time went backwards {count:count}x: {detail}',
  'warning.unknown-block': 'Unknown blocks skipped {count:count}x: {detail}',
  'warning.unknown-link-type': 'Unknown link type {count:count}x: {detail}',
  'warning.captured-longer-than-original': 'Captured length above the original length {count:count}x: {detail}',
  'warning.capture-lost-packets': 'The capture itself lost {count:packets}: {detail}',
  'warning.time-out-of-range': 'Time out of range {count:count}x: {detail}',
  'warning.option-ignored': 'Option ignored {count:count}x: {detail}',
  'warning.packets-without-time': 'Packets without a time {count:count}x: {detail}',
  'warning.section-skipped': 'Section skipped {count:count}x: {detail}',

  'capture-point.packet-type.outgoing': '{outgoingCount:packets} of one side are marked as sent by the capturing host',
  'capture-point.packet-type.incoming':
    '{incomingCount:packets} of one side are marked as received by the capturing host',
  'capture-point.packet-type.both':
    'packets of one side are marked both as received ({incomingCount:count}) and as sent on ({outgoingCount:count})',
  'capture-point.epb-direction': 'the capture says which packets were sent and which received (pcapng direction flags)',
  'capture-point.loopback': 'both ends are this host (loopback)',
  'capture-point.partial-checksum':
    '{partialCount:packets} of one side carry only the pseudo-header checksum, left for an offload to finish',
  'capture-point.valid-checksum': 'all {completeCount:packets} that can be judged carry finished checksums',
  'capture-point.merged-frames':
    '{mergedCount:count} frames of one side hold several packets, while its single packets carry finished checksums: merged on receipt',
  'capture-point.super-packets-with-wire-checksums': 'super-packets carry checksums from the wire',
  'capture-point.handshake-timing': 'one side answers in the handshake as fast as only the capturing host can',
  'capture-point.turnaround-timing.near':
    'answers of the client come within {firstTurnNs:duration}, of the server within {secondTurnNs:duration}',
  'capture-point.turnaround-timing.between':
    'answers of both sides take their time: client {firstTurnNs:duration}, server {secondTurnNs:duration}',
  'capture-point.acknowledgement-lag.lagging':
    '{laggingCount:count} of {ackCount:count} acknowledgements left data open that had already passed here: the receiver is elsewhere',
  'capture-point.acknowledgement-lag.current':
    '{ackCount:count} acknowledgements each covered all data that had passed here: the receiver is here',
  'capture-point.ttl.near': 'TTL {firstTtl} of the client, {secondTtl} of the server: only one is as a host sends it',
  'capture-point.ttl.between':
    'TTL {firstTtl} of the client, {secondTtl} of the server: both were counted down on the way',
  'capture-point.padding':
    '{unpaddedCount:count} short frames of one side lack the Ethernet padding that {peerPaddedCount:count} of the other have',
  'capture-point.retransmission-of-unseen.before':
    '{packetCount:packets} were retransmitted whose first copy never passed here: lost before this point',
  'capture-point.retransmission-of-unseen.behind':
    '{seenTwiceCount:packets} passed here and were retransmitted: lost behind this point',
  'capture-point.above-mtu': 'frames are larger than the MTU allows on the wire',
};
