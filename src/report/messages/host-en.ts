// Labels of `wiretruth host`, in English. What its verdicts say: verdicts-en-host.ts.

export const hostLabelsEn: Readonly<Record<string, string>> = {
  'check.no-verdict': 'Nothing can be said about {host}: none of its outputs tells of its offloads.',
  'check.identity': '{host}: {kernel}, devices {devices:count}, outputs read {outputs:count}',
  'check.kernel-unknown': 'kernel not known',
  'check.devices': 'Devices',
  'check.driver': 'driver (firmware)',
  'check.legend.vetoed': '* not as requested',
  'check.legend.fixed': 'no: this device cannot (off [fixed])',
  'check.legend.unknown': '?: not told',
  'check.counters': 'Counters',
  'check.counters.since': 'since boot; compare twice to see what still grows',
  'check.not-given': 'Not given, so not checked: {list}.',
  'check.unread': 'Could not be read ({count:count}): {first}',

  'counter.merge-factor': 'received IPv{version}: {factor} segments a packet ({segments:count} in {packets:count})',
  'counter.retransmitted': 'sent again: {value:count} TCP segments of {of:count} ({share:percent})',
  'counter.retransmitted.alone': 'sent again: {value:count} TCP segments',
  'counter.window-wanted-zero': 'wanted to close a window already offered: {value:count} times',
  'counter.window-closed': 'closed a receive window: {value:count} times',
  'counter.receive-pruned': 'receive memory ran short: {value:count} times',
  'counter.checksum-errors': 'TCP checksums wrong on arrival: {value:count}',
  'counter.card-merged': '{dev}, merged below the stack: {name} {value:count}',
  'counter.card-tso': '{dev}, super-packets given to the card: {name} {value:count}',
  'counter.card-drops': '{dev}, dropped: {name} {value:count}',
  'counter.suspect-gro.none': 'no "suspect GRO" line in the log',
  'counter.suspect-gro.seen': '"suspect GRO" in the log, naming {dev}',

  'plan.identity': '{dev} of {host}, driver {driver}, Linux {kernel}',
  'plan.command': 'command',
  'plan.undo': 'undo',
  'plan.nothing-to-undo': '(nothing to undo: no wish changes)',
  'plan.moves': 'What moves',
  'plan.moves-nothing': 'Nothing moves.',
  'plan.asked': 'asked for',
  'plan.follows': 'follows',
  'plan.follows.needs': 'follows: it needs {list}',
  'plan.follows.excluded': 'follows: {list} excludes it',
  'plan.follows.comes-on': 'follows: it was wished for, and nothing stands against it any more',
  'plan.unmoved.fixed': '{feature} stays: this device cannot change it (fixed).',
  'plan.unmoved.already': '{feature} is so already.',
  'plan.unmoved.vetoed': '{feature} stays: the kernel vetoes it.',
  'plan.unmoved.needs': '{feature} stays: it needs {list}.',
  'plan.unmoved.excluded': '{feature} stays: {list} is on and excludes it.',
  'plan.risk': 'Risk',
  'plan.lasting': 'To make it last (choose one; until then it is gone after a reboot)',
  'plan.lasting.here': '(in use here)',
  'plan.apply':
    'Nothing was changed. To do it: save the plan with --write PLAN.json, then wiretruth host apply PLAN.json --yes',

  'plan.risk.lro-on-forwarder':
    'This host forwards ({why}): LRO on {dev} merges packets that cannot be cut again; they are lost in bulk.',
  'plan.risk.driver-fault': 'Known fault of this driver with {feature} on: {summary} ({source}).',
  'plan.risk.driver-fault.perhaps':
    'Perhaps, for this kernel was not read: known fault of this driver with {feature} on: {summary} ({source}).',
  'plan.risk.bnxt-re-opens':
    'bnxt_en: hardware GRO goes and comes with software GRO; on 575xx chips the card is closed and re-opened: a short outage on all its connections.',
  'plan.risk.bnx2x-keeps-lro': 'bnx2x: gro off leaves LRO on; captures still show merged frames.',
  'plan.risk.veth-peer':
    'veth: GRO works only while the other end has every TSO feature off; else its super-packets cross uncut, whatever GRO says.',
  'plan.risk.driver-unknown':
    'Driver {driver} is not known here: it may move more than the kernel core asks for, and may restart the device for it (a short outage).',
  'plan.risk.may-restart': 'Some drivers stop and restart the device for this: a short outage.',
  'plan.risk.gro-off':
    'Every packet goes up singly: many times the packets for the CPU to handle, and more ACKs. It makes nobody send larger packets and no window larger.',
  'plan.risk.hardware-merge-off': 'More packets per second for the CPU; software GRO goes on merging if it is on.',
  'plan.risk.tso-off':
    'The CPU cuts segments (GSO) instead of the card: more CPU time at high rates. Captures here show MTU-size frames then; the wire carries the same packets.',
  'plan.risk.tso-and-gso-off':
    'TCP builds single segments: several times the CPU time for sending, and lower top speed. The wire carries the same packets.',
  'plan.risk.gso-off':
    'What the card cannot cut goes down in single segments: more CPU time for tunnels and for traffic without TSO.',
  'plan.risk.checksum-off': 'Checksums cost CPU time, and segmentation or merging that rests on them goes off, too.',
  'plan.risk.compare-new-connections':
    'Connections that are open keep what they learned: compare before and after with new ones.',
  'plan.risk.devices-above': 'Traffic of {list} goes through {dev}, too.',

  'change.feature': 'feature',
  'change.before': 'before',
  'change.after': 'after',
  'change.nothing-moved': 'No feature moved.',
  'change.unplanned': 'moved along, not in the plan',
  'change.did-not-move': 'did not move',
  'change.otherwise': 'moved otherwise than planned',
  'change.not-as-planned': 'The kernel did otherwise than planned: this driver has rules of its own. The undo is kept.',
};
