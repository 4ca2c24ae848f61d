// Station "report": the sentences of diagnosis, by key.

export const verdictMessagesEn: Readonly<Record<string, string>> = {};
