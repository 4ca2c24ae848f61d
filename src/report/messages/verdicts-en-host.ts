// Verdicts about the state of hosts, in English. Keys are those of src/diagnosis/rules.

export const hostMessagesEn: Readonly<Record<string, string>> = {
  'host.against.assumed':
    'No socket of {host} names this connection: it was taken for the capturing host because it is the only one given.',

  'tso-in-effect.for.host-says-on': '{feature} is on for {dev}.',
  'tso-in-effect.against.old-tap':
    'Kernel {kernel} shows packets to the tap before software cuts them: large frames prove TCP built them, not that the card cuts them.',

  'host-tso-off.claim':
    'TCP segmentation offload is off on {dev} of {host} ({features}): the CPU cuts segments, and captures there show MTU-size frames.',
  'host-tso-off.claim.vetoed':
    'TCP segmentation offload is off on {dev} of {host} ({features}) although it was requested: it needs {needs}.',
  'host-tso-off.for.bit': '{feature} is off on {dev}.',
  'host-tso-off.for.group-misleads':
    'The group line tcp-segmentation-offload still says "on" for {dev}, because another member of the group is.',
  'host-tso-off.against.on-purpose':
    'Someone may have turned it off for a driver fault (hardware unit hang) or for an analysis: ask before turning it on.',
  'host-tso-off.against.wire':
    'The wire carries the same packets either way; what {host} loses is CPU time at high rates.',
  'host-tso-off.fix.on.effect': '{feature} comes on for {dev}; with all its conditions met the card cuts again.',
  'host-tso-off.fix.on.risk': 'Low. Watch the log for transmit timeouts for a while.',

  'host-lro-on-forwarder.claim':
    'LRO is on for {dev} of {host}, which forwards or bridges: merged packets cannot be cut again and are dropped or delayed.',
  'host-lro-on-forwarder.for.lro': 'large-receive-offload is on for {dev}.',
  'host-lro-on-forwarder.for.forwards': 'This says that {dev} forwards or is a bridge port.',
  'host-lro-on-forwarder.against.own-traffic':
    'If nothing that comes in by {dev} is forwarded, it does no harm. The kernel turns LRO off by itself when forwarding starts; here it is on all the same.',
  'host-lro-on-forwarder.against.keeps-size':
    'Driver {driver} declares the segment size in this mode, so most packets can be cut again.',

  'host-driver-problem.claim': 'Driver {driver} of {dev} on {host} has a known fault: {summary}.',
  'host-driver-problem.claim.bnxt-thor-gso-type':
    'On 5750x chips hardware GRO of bnxt_en ({dev} of {host}) gives merged IPv4 packets the type of IPv6: they are lost where they are cut again.',
  'host-driver-problem.claim.bnxt-lro-without-gso-size':
    'LRO is on for {dev} of {host}, and bnxt_en in LRO mode hands up merged packets without their segment size; software GRO may then give them a false one.',
  'host-driver-problem.claim.bnx2x-lro-mss':
    'LRO of bnx2x ({dev} of {host}) declares segment sizes of up to 4096 bytes, whatever they were.',
  'host-driver-problem.claim.ixgbe-rsc-without-gso-size':
    'RSC of ixgbe ({dev} of {host}) hands up merged packets without their segment size.',
  'host-driver-problem.claim.netxen-lro-without-gso-size':
    'LRO of netxen_nic ({dev} of {host}) hands up merged packets without their segment size and with a wrong memory charge.',
  'host-driver-problem.claim.atlantic-lro-without-gso-size':
    'LRO of atlantic ({dev} of {host}), on by default, hands up merged packets without their segment size.',
  'host-driver-problem.claim.hv-netvsc-rsc-without-gso-size':
    'RSC of hv_netvsc ({dev} of {host}) hands up packets that the virtual switch merged, without their segment size.',
  'host-driver-problem.for.driver': 'The driver of {dev} is {driver}.',
  'host-driver-problem.for.feature': '{feature} is on for {dev}.',
  'host-driver-problem.for.kernel': 'The kernel is {kernel}.',
  'host-driver-problem.for.forwards': '{dev} forwards or is a bridge port, where such packets are lost.',
  'host-driver-problem.against.backport':
    'The vendor may have taken a fix into this build without a new number; its changelog says.',
  'host-driver-problem.against.unknown-kernel':
    'Whether this kernel has the fault is not known (not given, or a vendor build): nothing is to be changed on this alone.',
  'host-driver-problem.against.harmless':
    'Kernel {kernel} caps its estimate of the segment size and this host does not forward: leave it as it is.',
  'host-driver-problem.against.source': 'Read in: {source}.',
  'host-driver-problem.fix.avoid.effect': '`{feature} {state}` avoids the fault; software GRO goes on merging.',
  'host-driver-problem.fix.avoid.risk': 'More packets per second for the CPU.',
  'host-driver-problem.fix.avoid.risk.re-opens':
    'More packets per second for the CPU. On 575xx chips the change closes and re-opens the card: a short outage, so judge by new connections.',

  'host-gro-hw-coupling.claim':
    'GRO is off on {dev} of {host}, and with {driver} that has taken hardware GRO along: every packet goes up singly.',
  'host-gro-hw-coupling.for.gro': 'rx-gro is off on {dev}.',
  'host-gro-hw-coupling.for.gro-hw': 'rx-gro-hw is off although requested on {dev}.',
  'host-gro-hw-coupling.against.on-purpose':
    'Someone may have turned GRO off on advice for "suspect GRO" or small windows; on current kernels that advice does not hold. To stop only the hardware, rx-gro-hw off is enough.',
  'host-gro-hw-coupling.fix.on.effect':
    'Software and hardware GRO of {dev} come back; far fewer packets for TCP to handle.',
  'host-gro-hw-coupling.fix.on.risk':
    'On 575xx chips the change re-opens the card: a short outage, so judge by new connections.',

  'host-device-reset.claim.stopped':
    '{dev} of {host} stopped sending until it was reset (occasions: {occasions}, log lines: {lines:count}): every connection through it stood still meanwhile.',
  'host-device-reset.claim.reset':
    'The driver of {dev} on {host} reset it (occasions: {occasions}, log lines: {lines:count}): packets on their way were lost.',
  'host-device-reset.for.tx-timeout': 'A transmit queue stood still: "{text}".',
  'host-device-reset.for.hardware-hang': 'The card hung: "{text}".',
  'host-device-reset.for.driver-reset': 'The driver reset the card: "{text}".',
  'host-device-reset.for.last': 'The last such line: "{text}".',
  'host-device-reset.against.when':
    'The log reaches back to boot at most: compare its times with those of the trouble.',
  'host-device-reset.against.link':
    '{dev} also lost its link then: cable, transceiver or switch port may be the cause.',
  'host-device-reset.against.not-offload':
    'Pause frames from a switch, firmware, the bus and power saving are usual causes. That an offload was on proves nothing against it.',

  'host-feature-drift.claim': 'Features of {dev} on {host} are not as requested: {features}.',
  'host-feature-drift.for.needs': '{feature} of {dev} is {state}, requested {requested}: it needs {needs}.',
  'host-feature-drift.for.excluded':
    '{feature} of {dev} is {state}, requested {requested}: {by} is on and excludes it.',
  'host-feature-drift.for.unexplained': '{feature} of {dev} is {state}, requested {requested}.',
  'host-feature-drift.against.harmless':
    'A wish that is not met changes no packet by itself; it shows that a setting has no effect, or comes back when its condition does.',
  'host-feature-drift.against.unexplained':
    'Where no condition is named, none of the rules known here explains it: the driver or the device below said no.',

  'host-suspect-gro.claim.hurts':
    'A driver of {host} ({dev}) hands up merged packets without their segment size, and kernel {kernel} takes their whole length for a segment: small windows and late acknowledgements can follow.',
  'host-suspect-gro.claim.harmless':
    'The kernel of {host} logged "suspect GRO" for {dev}; kernel {kernel} caps its estimate, so connections that end here do not suffer.',
  'host-suspect-gro.claim.unknown-kernel':
    'The kernel of {host} logged "suspect GRO" for {dev}; whether that matters depends on the kernel, which is not known well enough.',
  'host-suspect-gro.for.line': 'The log names {dev}.',
  'host-suspect-gro.for.kernel': 'The kernel is {kernel}.',
  'host-suspect-gro.against.false-positive':
    'The line comes once per boot and also from a peer that ignores the MSS or an MTU lowered later; its absence proves nothing.',
  'host-suspect-gro.against.forwarding':
    'If this host forwards or bridges, such packets are lost on any kernel: see LRO on its receiving devices.',

  'host-merge-factor.claim':
    '{host} merges what it receives: {factor} wire packets per received packet on average, by its own counters.',
  'host-merge-factor.claim.single':
    '{host} hardly merges what it receives: {factor} wire packets per received packet on average, by its own counters.',
  'host-merge-factor.for.counters': '{receives:count} packets came in for {segments:count} segments.',
  'host-merge-factor.against.virtual': 'Super-packets that cross a virtual link uncut count as merged, too.',
  'host-merge-factor.against.undeclared':
    'Merges without a segment count (some LRO, virtio) count as one: a capture that shows large frames would tell.',
  'host-merge-factor.against.mean': 'It is a mean since boot over all traffic, not over one connection.',

  'host-frozen-windows.claim':
    '{host} wanted to close a receive window that it had already offered {count:count} {time/times}: its readers fall behind.',
  'host-frozen-windows.for.want': 'TCPWantZeroWindowAdv is {count:count}.',
  'host-frozen-windows.for.closed': 'TCPToZeroWindowAdv is {count:count}: so often a window did close.',
  'host-frozen-windows.against.since-boot': 'It counts since boot; compare twice to see whether it still grows.',
  'host-frozen-windows.against.reader':
    'A slow application is the usual cause, memory pressure another; offloads are not.',

  'host-receive-buffer.claim.scaling': 'Window scaling is off on {host}: no receive window can exceed 65,535 bytes.',
  'host-receive-buffer.claim.moderation':
    'Receive buffer autotuning is off on {host}: windows stay near their initial size.',
  'host-receive-buffer.claim.maximum':
    'The receive buffer of {host} may grow to only {bytes:bytes}: about half of that is the largest window.',
  'host-receive-buffer.for.value': 'The setting is "{value}".',
  'host-receive-buffer.against.set-by-application':
    'Applications that set SO_RCVBUF are bounded by net.core.rmem_max instead.',
  'host-receive-buffer.against.on-purpose':
    'On hosts with many connections and little memory it may be set so on purpose.',
  'host-receive-buffer.fix.on.effect':
    '{name} is the default on every Linux; new connections get windows as large as they need.',
  'host-receive-buffer.fix.on.risk': 'Low; busy connections use more memory.',

  'host-packet-drops.claim': '{host} itself dropped {count:packets} (counters that say so: {places:count}).',
  'host-packet-drops.for.receive': '{dev} dropped or missed {count:packets} on receipt ({share:percent}).',
  'host-packet-drops.for.send': '{dev} dropped {count:packets} on sending ({share:percent}).',
  'host-packet-drops.for.qdisc': 'Queueing discipline {kind} of {dev} dropped {count:packets} ({share:percent}).',
  'host-packet-drops.for.tcp': '{name} is {count:count} ({share:percent} of the segments received).',
  'host-packet-drops.against.since-boot':
    'They count since boot or since the device came up; compare twice to see whether they still grow.',
  'host-packet-drops.against.not-ours':
    'Receive drops of a device also count packets that nobody wanted (unknown protocol, wrong VLAN). A queueing discipline that drops is often doing its work.',

  'host-nothing-wrong.claim':
    'Nothing is wrong with the state of {host}, as far as it was given ({devices:count} devices with their features).',
  'host-nothing-wrong.for.features': 'The offload features of {devices:count} devices were checked.',
  'host-nothing-wrong.against.no-kernel': 'Its kernel is not given: faults of kernels and drivers were not checked.',
  'host-nothing-wrong.against.not-given': 'What was not given (ss, nstat, dmesg, tc) was not checked.',

  'host-contradicts-capture.claim.tso':
    '{sender} sent frames of several packets although {feature} is off on {dev}: state and capture are not of the same moment or device.',
  'host-contradicts-capture.claim.merge':
    '{receiver} received merged frames although GRO and LRO are off on {dev}: state and capture are not of the same moment or device, or the path is virtual.',
  'host-contradicts-capture.for.off': '{feature} is off on {dev}.',
  'host-contradicts-capture.for.super-packets': '{frames:count} {frame/frames} {stands/stand} for several packets.',
  'host-contradicts-capture.against.changed': 'The setting may have been changed between the capture and the reading.',
  'host-contradicts-capture.against.other-device':
    'The packets may have left by another device than {dev}, or been captured on an upper one (bond, VLAN, bridge).',
  'host-contradicts-capture.against.crossed':
    'On veth, virtio or between containers the super-packets of the sender cross uncut, whatever the receiver has off.',
};
