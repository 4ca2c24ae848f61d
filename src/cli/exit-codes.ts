// The cli's exit codes. Scripts rely on them: they are part of the public interface.

export const ExitCode = {
  /** Done; nothing at or above --fail-on. */
  Done: 0,
  /** Done, and something at or above --fail-on was found. */
  Findings: 1,
  /** The command line was not understood. */
  Usage: 2,
  /** An input could not be read at all. */
  UnreadableInput: 3,
  /** An input was damaged or cut short; what came before it was reported. */
  DamagedInput: 4,
  /** Not possible on this machine: not root, not Linux, a tool is missing. */
  NotPossibleHere: 5,
  /** A fault of the program itself: not 1, which scripts take for findings (EX_SOFTWARE of sysexits.h). */
  InternalFault: 70,
  /** Interrupted (SIGINT); what was read until then was reported, flagged as partial. */
  Interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** The exit code when several apply: an interruption outranks unreadable input, that outranks damage, that outranks findings. */
export function gravest(codes: readonly ExitCode[]): ExitCode {
  const order: readonly ExitCode[] = [
    ExitCode.Interrupted,
    ExitCode.Usage,
    ExitCode.NotPossibleHere,
    ExitCode.UnreadableInput,
    ExitCode.DamagedInput,
    ExitCode.Findings,
  ];
  return order.find((code) => codes.includes(code)) ?? ExitCode.Done;
}
