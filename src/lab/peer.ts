// Station "lab": starting a peer process: network card, wire and receiver in one, behind a TAP of the sending host.
import { fileURLToPath } from 'node:url';
import { start, stop } from './exec.ts';
import type { Namespace } from './netns.ts';
import type { PeerPlan, PeerResult } from './peer-plan.ts';
import type { UndoStack } from './undo.ts';

/** A running peer. */
export interface Peer {
  readonly end: () => Promise<PeerResult>;
}

/** The MAC address that the peer answers from. */
export const PEER_MAC = '02:77:74:00:00:02';

/** Starts the peer; the TAP exists when it returns, down and without addresses. */
export async function startPeer(undo: UndoStack, namespace: Namespace, device: string, plan: PeerPlan): Promise<Peer> {
  const child = fileURLToPath(new URL('./peer-child.js', import.meta.url));
  const background = start(process.execPath, [
    child,
    JSON.stringify({ namespace: namespace.name, device }),
    JSON.stringify(plan),
  ]);
  undo.push(`peer of ${namespace.name}`, async () => {
    await stop(background, 'SIGKILL');
  });
  await background.says('ready');
  return {
    end: async () => {
      background.process.stdin?.end();
      const status = await background.ended;
      const line = background
        .stdout()
        .split('\n')
        .find((text) => text.startsWith('{'));
      if (status !== 0 || line === undefined) throw new Error(`the peer ended with ${status}: ${background.stderr()}`);
      return JSON.parse(line) as PeerResult;
    },
  };
}
