import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { withParentDeathSignal } from '../system/parent-death.ts';
import { sendSignal } from '../system/send-signal.ts';

/** A program of another author, in a process group of its own. */
export interface ForeignProcess extends AsyncDisposable {
  /** The last lines that it printed. */
  readonly output: string;
  /** Its exit code, 128 + n if signal n ended it; undefined while it runs. */
  readonly exitCode: number | undefined;
  /** Sends a signal to the process and its children. */
  signal(signal: NodeJS.Signals): void;
  /** Resolves when it has ended. */
  readonly ended: Promise<number>;
}

const shownBytes = 2000;

/** Starts a command line with `sh -c`. Disposing kills the whole process group. */
export function startForeignProcess(
  commandLine: string,
  env: Readonly<Record<string, string | undefined>>,
): ForeignProcess {
  // A group of its own: a signal reaches the agent, and not only the shell that started it.
  const [file = 'sh', ...args] = withParentDeathSignal(['sh', '-c', commandLine], env['PATH']);
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...env },
  });
  let output = '';
  let exitCode: number | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-shownBytes);
    });
  }
  // After `close` no process of the group has the output open any more.
  const ended = once(child, 'close').then(([code, signal]) => {
    exitCode = code ?? 128 + constants.signals[signal as NodeJS.Signals];
    return exitCode ?? 1;
  });
  const signal = (name: NodeJS.Signals) => {
    if (child.pid !== undefined && exitCode === undefined) sendSignal(-child.pid, name);
  };
  return {
    get output() {
      return output.trim();
    },
    get exitCode() {
      return exitCode;
    },
    signal,
    ended,
    [Symbol.asyncDispose]: async () => {
      signal('SIGKILL');
      await ended;
    },
  };
}
