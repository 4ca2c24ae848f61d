// What the verdicts say, in English; by theme in the files beside this one. Placeholders: see render.ts.

import { captureMessagesEn } from './verdicts-en-capture.ts';
import { flowMessagesEn } from './verdicts-en-flow.ts';
import { hostMessagesEn } from './verdicts-en-host.ts';
import { offloadMessagesEn } from './verdicts-en-offloads.ts';
import { smallPacketMessagesEn } from './verdicts-en-small-packets.ts';

/** Every sentence of the diagnosis, by key, in several objects. */
export const verdictCataloguesEn: readonly Readonly<Record<string, string>>[] = [
  smallPacketMessagesEn,
  offloadMessagesEn,
  flowMessagesEn,
  captureMessagesEn,
  hostMessagesEn,
];
