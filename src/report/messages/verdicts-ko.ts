// Station "report": the sentences of diagnosis, by key.

export const verdictMessagesKo: Readonly<Record<string, string>> = {};
