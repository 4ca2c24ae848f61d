// Machine side of "hoststate": running a tool of the system to its end, with a limit on its time and its output.

import { spawn } from 'node:child_process';

const MOST_OUTPUT_BYTES = 16 * 1024 * 1024;
const MOST_MILLISECONDS = 20_000;

export interface CommandRun {
  readonly command: readonly string[];
  readonly stdout: string;
  /** The end of what it said on standard error. */
  readonly stderr: string;
  /** Undefined: it did not start, or was ended because it took too long or said too much. */
  readonly status?: number;
  /** Why it gave no status. */
  readonly failure?: 'missing' | 'not-permitted' | 'too-long' | 'too-large' | 'not-started';
}

/** Runs a command without a shell, in the C locale. Never rejects: what went wrong is in the result. */
export function runCommand(command: readonly string[]): Promise<CommandRun> {
  const [program = '', ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment() });
    const out: Buffer[] = [];
    let outBytes = 0;
    let stderr = '';
    let failure: CommandRun['failure'];
    const end = (why: CommandRun['failure']): void => {
      failure ??= why;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => end('too-long'), MOST_MILLISECONDS);
    child.stdout.on('data', (bytes: Buffer) => {
      outBytes += bytes.length;
      if (outBytes > MOST_OUTPUT_BYTES) end('too-large');
      else out.push(bytes);
    });
    child.stderr.on('data', (bytes: Buffer) => {
      stderr = (stderr + bytes.toString()).slice(-2000);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const why = { ENOENT: 'missing', EACCES: 'not-permitted' }[error.code ?? ''] ?? 'not-started';
      resolve({ command, stdout: '', stderr: error.message, failure: why as CommandRun['failure'] & string });
    });
    child.on('close', (status) => {
      clearTimeout(timer);
      const stdout = Buffer.concat(out).toString();
      if (failure !== undefined || status === null) {
        resolve({ command, stdout, stderr, failure: failure ?? 'not-started' });
      } else resolve({ command, stdout, stderr, status });
    });
  });
}

/** Whether it ran and says that all went well. */
export function succeeded(run: CommandRun): boolean {
  return run.status === 0;
}

/** Why it did not go well, in one line. */
export function complaint(run: CommandRun): string {
  const program = run.command[0] ?? '';
  switch (run.failure) {
    case 'missing':
      return `${program} is not installed`;
    case 'not-permitted':
      return `${program} may not be run`;
    case 'too-long':
      return `${program} took more than ${MOST_MILLISECONDS / 1000} s and was ended`;
    case 'too-large':
      return `${program} printed more than ${MOST_OUTPUT_BYTES} bytes and was ended`;
    default: {
      const said = run.stderr.trim().split('\n').at(-1) ?? '';
      return said === '' ? `${program} ended with status ${run.status ?? 'unknown'}` : said;
    }
  }
}

/** Tools of the system are in sbin, which users other than root do not always have in their PATH. */
function environment(): NodeJS.ProcessEnv {
  const path = process.env['PATH'] ?? '';
  return {
    ...process.env,
    LC_ALL: 'C',
    PATH: [path, '/usr/local/sbin', '/usr/sbin', '/sbin'].filter(Boolean).join(':'),
  };
}
