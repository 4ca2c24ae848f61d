// What the verdicts say, in Korean; by theme in the files beside this one. Placeholders: see render.ts.

import { captureMessagesKo } from './verdicts-ko-capture.ts';
import { flowMessagesKo } from './verdicts-ko-flow.ts';
import { hostMessagesKo } from './verdicts-ko-host.ts';
import { offloadMessagesKo } from './verdicts-ko-offloads.ts';
import { smallPacketMessagesKo } from './verdicts-ko-small-packets.ts';

/** Every sentence of the diagnosis, by key, in several objects. */
export const verdictCataloguesKo: readonly Readonly<Record<string, string>>[] = [
  smallPacketMessagesKo,
  offloadMessagesKo,
  flowMessagesKo,
  captureMessagesKo,
  hostMessagesKo,
];
