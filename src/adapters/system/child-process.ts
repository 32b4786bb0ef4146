import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import ownProcess from 'node:process';
import { Fault } from '../../domain/fault.ts';
import { withParentDeathSignal } from './parent-death.ts';
import { sendSignal } from './send-signal.ts';

/** Signals that ask a process to end in order. */
const stopSignals: ReadonlySet<NodeJS.Signals> = new Set(['SIGTERM', 'SIGINT', 'SIGHUP']);

/**
 * All signals that can be caught and that mean nothing to this process itself. Those of the terminal reach
 * the child directly if there is one. The others either would end this process and leave the child alone
 * (SIGQUIT, SIGALRM, …), or the child would miss them (SIGWINCH, SIGCONT).
 */
const forwardedSignals = [
  ...stopSignals,
  ...(['SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGALRM', 'SIGVTALRM', 'SIGCONT', 'SIGTSTP'] as const),
  ...(['SIGURG', 'SIGXCPU', 'SIGXFSZ', 'SIGWINCH', 'SIGIO'] as const),
  ...(['SIGPWR', 'SIGSTKFLT'] as const),
].filter((signal) => constants.signals[signal] !== undefined);

/** Ctrl-C, Ctrl-\ and Ctrl-Z at a terminal reach the child as well as us. */
const terminalSignals: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT', 'SIGTSTP']);

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

export interface ChildOptions {
  /** The source of the signals that are forwarded; this process by default. */
  readonly signals?: SignalSource;
  /** Runs before the first signal that asks the child to stop is forwarded; the second is not delayed. */
  readonly beforeStop?: () => Promise<void>;
  /** The child's environment; ours by default. */
  readonly env?: NodeJS.ProcessEnv;
  /** Stops this process, after the child; `SIGSTOP` to ourselves by default. */
  readonly suspend?: () => void;
}

/**
 * Starts a command with our own stdin, stdout and stderr, and forwards our signals to it until it exits,
 * so that a supervisor of this process also controls the command. On Linux the command gets SIGTERM if
 * this process is killed.
 *
 * At a terminal the signals of its keys are not forwarded: they already reach the child, and many programs
 * take a second Ctrl-C as "stop immediately".
 * @throws {Fault} `not-found` if the command cannot be started
 */
export async function spawnChild(
  [command = '', ...args]: readonly string[],
  options: ChildOptions = {},
): Promise<Child> {
  const { signals: source = ownProcess, beforeStop = async () => {}, env } = options;
  const { suspend = () => void sendSignal(ownProcess.pid, 'SIGSTOP') } = options;
  const path = (env ?? ownProcess.env)['PATH'];
  const [file = '', ...rest] = withParentDeathSignal([command, ...args], path);
  const child = spawn(file, rest, { stdio: 'inherit', ...(env && { env }) });
  let stopping: Promise<void> | undefined;
  const kill = (signal: NodeJS.Signals) => void child.kill(signal);
  const forward = (signal: NodeJS.Signals) => {
    if (source.stdin.isTTY && terminalSignals.has(signal)) {
      // The child has it already. Ours is only caught, so that we outlive the child.
    } else if (stopSignals.has(signal) && stopping === undefined) {
      stopping = beforeStop().then(() => kill(signal));
    } else kill(signal);
    if (signal === 'SIGTSTP') suspend();
  };
  for (const signal of forwardedSignals) source.on(signal, forward);
  const stopForwarding = () => {
    for (const signal of forwardedSignals) source.off(signal, forward);
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
  return { pid, exit, kill };
}
