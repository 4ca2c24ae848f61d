// Verdicts about the state of hosts, in English. Keys are those of src/diagnosis/rules.

export const hostMessagesEn: Readonly<Record<string, string>> = {
  'host.against.assumed':
    'No socket of {host} names this connection: it was taken for the capturing host because it is the only one given.',
};
