import { type ChildProcess, spawn } from 'node:child_process';
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
