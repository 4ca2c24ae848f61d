// Station "diagnosis": changes to a host that verdicts offer, each with its undo. A fix is offered only where the evidence
// convicts what it changes; turning an offload off is the exception, never the reflex.

import { say } from './rule.ts';
import type { Fix, Message } from './verdict.ts';

/** Stands for a device that the capture does not name. */
export const someDevice = '<dev>';

const sysctlFile = '/etc/sysctl.d/90-wiretruth.conf';

/** `sysctl -w NAME="VALUE"`, undone by writing back what was there before. */
export function sysctlFix(
  name: string,
  value: string,
  before: string | undefined,
  words: { readonly effect: Message; readonly risk: Message },
): Fix {
  const old = before ?? `<what \`sysctl -n ${name}\` printed before>`;
  return {
    command: `sysctl -w ${name}="${value}"`,
    ...words,
    undo: `sysctl -w ${name}="${old}"`,
    persist: { sysctl: `${sysctlFile}: ${name} = ${value}` },
  };
}

/** Largest receive or send buffer that a fix suggests: what Linux 6.18 has as its own tcp_rmem default (facts, 6.5). */
export const suggestedBufferBytes = 33_554_432;

/** Raises the receive buffer's autotuning ceiling; undefined when it is already that high. */
export function largerReceiveBuffer(before?: string): Fix | undefined {
  return largerBuffer('net.ipv4.tcp_rmem', '4096 131072', before, {
    effect: say('fix.receive-buffer.effect'),
    risk: say('fix.buffer.risk'),
  });
}

/** Raises the send buffer's autotuning ceiling; undefined when it is already that high. */
export function largerSendBuffer(before?: string): Fix | undefined {
  return largerBuffer('net.ipv4.tcp_wmem', '4096 16384', before, {
    effect: say('fix.send-buffer.effect'),
    risk: say('fix.buffer.risk'),
  });
}

function largerBuffer(
  name: string,
  minimumAndDefault: string,
  before: string | undefined,
  words: { readonly effect: Message; readonly risk: Message },
): Fix | undefined {
  const numbers = before?.split(/\s+/).map(Number);
  if ((numbers?.[2] ?? 0) >= suggestedBufferBytes) return undefined;
  const first = numbers?.length === 3 ? `${numbers[0]} ${numbers[1]}` : minimumAndDefault;
  return sysctlFix(name, `${first} ${suggestedBufferBytes}`, before, words);
}

/** The fixes that apply: undefined ones are left out. */
export function fixes(...candidates: readonly (Fix | false | undefined)[]): readonly Fix[] {
  return candidates.filter((fix): fix is Fix => fix !== undefined && fix !== false);
}
