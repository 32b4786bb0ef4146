import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import ownProcess from 'node:process';
import { Fault } from '../../domain/fault.ts';

const forwardedSignals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;

/** The source of our own signals: `process`, except in tests. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  readonly stdin: { readonly isTTY?: boolean };
}

/** The process that `rollcall run` supervises. */
export interface Child {
  readonly pid: number;
  /** Its exit code as in a shell: 128 + n if signal n ended it. Never rejects. */
  readonly exit: Promise<number>;
  kill(signal: NodeJS.Signals): void;
}

/**
 * Starts a command with our own stdin, stdout and stderr, and forwards our signals to it until it exits,
 * so that a supervisor of this process also controls the command.
 *
 * On a terminal SIGINT is not forwarded: Ctrl-C already reaches the child, and many programs take a
 * second one as "stop immediately".
 * @throws {Fault} `not-found` if the command cannot be started
 */
export async function spawnChild(
  [command = '', ...args]: readonly string[],
  source: SignalSource = ownProcess,
): Promise<Child> {
  const child = spawn(command, args, { stdio: 'inherit' });
  const signals = forwardedSignals.filter((signal) => signal !== 'SIGINT' || !source.stdin.isTTY);
  const forward = (signal: NodeJS.Signals) => void child.kill(signal);
  for (const signal of signals) source.on(signal, forward);
  const stopForwarding = () => {
    for (const signal of signals) source.off(signal, forward);
  };
  const exit = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => {
      stopForwarding();
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
    });
  });
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('spawn', () => resolve(child.pid ?? 0));
    // After the start, an error means only that a signal could not be sent.
    child.on('error', (cause) => {
      if (child.pid !== undefined) return;
      stopForwarding();
      reject(new Fault('not-found', `'${command}' cannot be started: ${cause.message}`, { cause }));
    });
  });
  return { pid, exit, kill: forward };
}
