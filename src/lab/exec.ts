// Station "lab": running the system's tools.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { LabError } from './lab-error.ts';

const MAX_OUTPUT_BYTES = 32 * 1024 * 1024;
const COMMAND_TIMEOUT_MS = 60_000;

/** Runs one command to its end and returns its stdout; a failing one is a LabError with the end of its stderr. */
export function exec(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      command,
      [...args],
      { maxBuffer: MAX_OUTPUT_BYTES, timeout: COMMAND_TIMEOUT_MS },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout);
        const exitStatus = typeof error.code === 'number' ? error.code : undefined;
        reject(
          new LabError('command failed', {
            command: [command, ...args].join(' '),
            exitStatus,
            stderrTail: stderr.slice(-500) || error.message,
            cause: error,
          }),
        );
      },
    );
  });
}

/** The same for a line without quotes or expansions: words are split at blanks. */
export function execLine(line: string): Promise<string> {
  const [command = '', ...args] = line.trim().split(/\s+/);
  return exec(command, args);
}

/** A process that runs beside the lab until it ends by itself or is stopped. */
export interface Background {
  readonly process: ChildProcess;
  /** Everything it wrote so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves with the exit status (128 + signal number is not computed: null status gives -1). */
  readonly ended: Promise<number>;
  /** Resolves when a line of stdout or stderr contains the text; rejects when the process ends first or time is over. */
  readonly says: (text: string, timeoutMs?: number) => Promise<void>;
}

/** Starts a process in the background. */
export function start(command: string, args: readonly string[]): Background {
  const child = spawn(command, [...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const line = [command, ...args].join(' ');
  const ended = new Promise<number>((resolve) => {
    child.on('error', () => resolve(-1));
    child.on('close', (status) => resolve(status ?? -1));
  });
  const says = (text: string, timeoutMs = 15_000): Promise<void> =>
    new Promise((resolve, reject) => {
      const fail = (why: string): void => {
        stop();
        reject(new LabError(`${why} before it said "${text}"`, { command: line, stderrTail: stderr.slice(-500) }));
      };
      const look = (): void => {
        if (!stdout.includes(text) && !stderr.includes(text)) return;
        stop();
        resolve();
      };
      const timer = setTimeout(() => fail('time was over'), timeoutMs);
      const stop = (): void => {
        clearTimeout(timer);
        child.stdout.off('data', look);
        child.stderr.off('data', look);
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      void ended.then(() => fail('it ended'));
      look();
    });
  return { process: child, stdout: () => stdout, stderr: () => stderr, ended, says };
}

/** Sends a signal and waits for the end; kills what does not end within two seconds. */
export async function stop(background: Background, signal: NodeJS.Signals = 'SIGINT'): Promise<number> {
  if (background.process.exitCode !== null) return background.process.exitCode;
  background.process.kill(signal);
  const killer = setTimeout(() => background.process.kill('SIGKILL'), 2000);
  const status = await background.ended;
  clearTimeout(killer);
  return status;
}
