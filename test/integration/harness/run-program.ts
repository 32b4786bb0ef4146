import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Program } from './programs.ts';

/** A foreign program that runs, and what it has printed. */
export interface RunningProgram extends AsyncDisposable {
  readonly pid: number;
  readonly output: string;
  kill(signal: NodeJS.Signals): void;
}

/** Starts a program in the foreground; ended by its pid when disposed. */
export function runProgram({ path, env }: Program, args: readonly string[]): RunningProgram {
  const child: ChildProcess = spawn(path, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const exited = once(child, 'exit');
  return {
    pid: child.pid ?? -1,
    get output() {
      return output;
    },
    kill: (signal) => void child.kill(signal),
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Runs a foreign program to its end: its exit code and all that it printed. Ended after 60 s. */
export function outputOf(
  { path, env }: Program,
  args: readonly string[],
  { within = 60_000, cwd = '.' }: { within?: number; cwd?: string } = {},
): Promise<{ readonly code: number; readonly output: string }> {
  const options = { env: { ...process.env, LC_ALL: 'C', ...env }, cwd, timeout: within };
  return new Promise((resolve) => {
    execFile(path, args, { ...options, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : Number(error !== null);
      resolve({ code, output: stdout + stderr });
    });
  });
}
