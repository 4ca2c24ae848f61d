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
};
