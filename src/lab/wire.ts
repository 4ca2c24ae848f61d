// Station "lab": the user-space network cards and the wire between them, as a process of its own.
import { fileURLToPath } from 'node:url';
import { start, stop } from './exec.ts';
import type { Namespace } from './netns.ts';
import type { UndoStack } from './undo.ts';
import type { WirePlan, WireResult } from './wire-plan.ts';

/** A running wire. */
export interface Wire {
  /** Ends the wire and returns its counts; the TAP devices go with it. */
  readonly end: () => Promise<WireResult>;
}

/** Starts the wire; both TAP devices exist when it returns, down and without addresses. */
export async function startWire(
  undo: UndoStack,
  left: { readonly namespace: Namespace; readonly device: string },
  right: { readonly namespace: Namespace; readonly device: string },
  plan: WirePlan,
): Promise<Wire> {
  const child = fileURLToPath(new URL('./wire-child.js', import.meta.url));
  const ends = JSON.stringify({
    left: { namespace: left.namespace.name, device: left.device },
    right: { namespace: right.namespace.name, device: right.device },
  });
  const background = start(process.execPath, [child, ends, JSON.stringify(plan)]);
  undo.push(`wire ${left.namespace.name} - ${right.namespace.name}`, async () => {
    await stop(background, 'SIGKILL');
  });
  await background.says('ready');
  for (const [end, card] of [
    [left, plan.left],
    [right, plan.right],
  ] as const) {
    if (card.groFlushNs === undefined) continue;
    await end.namespace.run(`ethtool -K ${end.device} gro on`);
    await end.namespace.write(`/sys/class/net/${end.device}/gro_flush_timeout`, card.groFlushNs);
  }
  return {
    end: async () => {
      background.process.stdin?.end();
      const status = await background.ended;
      const line = background
        .stdout()
        .split('\n')
        .find((text) => text.startsWith('{'));
      if (status !== 0 || line === undefined) throw new Error(`the wire ended with ${status}: ${background.stderr()}`);
      return JSON.parse(line) as WireResult;
    },
  };
}
