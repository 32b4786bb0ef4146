import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import ownProcess from 'node:process';
import { Fault } from '../../domain/fault.ts';

const forwarded = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;

/** Where our own signals come from: `process`, unless a test says otherwise. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  readonly stdin: { readonly isTTY?: boolean };
}

/** The process that `rollcall run` is around. */
export interface Child {
  readonly pid: number;
  /** Its exit code, as a shell counts: 128 + n where signal n ended it. Never rejects. */
  readonly exit: Promise<number>;
  kill(signal: NodeJS.Signals): void;
}

/**
 * Starts a command with our own stdin, stdout and stderr, and passes on the signals that we get until
 * it exits, so that whoever supervises us supervises it.
 *
 * At a terminal SIGINT is not passed on: Ctrl-C reaches the child by itself, and to many programs a
 * second one means "at once".
 * @throws {Fault} `not-found` where the command cannot be started
 */
export async function spawnChild(
  [command = '', ...args]: readonly string[],
  ours: SignalSource = ownProcess,
): Promise<Child> {
  const child = spawn(command, args, { stdio: 'inherit' });
  const signals = forwarded.filter((signal) => signal !== 'SIGINT' || !ours.stdin.isTTY);
  const forward = (signal: NodeJS.Signals) => void child.kill(signal);
  for (const signal of signals) ours.on(signal, forward);
  const stopForwarding = () => {
    for (const signal of signals) ours.off(signal, forward);
  };
  const exit = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => {
      stopForwarding();
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
    });
  });
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('spawn', () => resolve(child.pid ?? 0));
    // Once it runs, an error is a signal that it may not get.
    child.on('error', (cause) => {
      if (child.pid !== undefined) return;
      stopForwarding();
      reject(new Fault('not-found', `'${command}' cannot be started: ${cause.message}`, { cause }));
    });
  });
  return { pid, exit, kill: forward };
}
