import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process, { execPath } from 'node:process';
import { childScript } from './child.ts';
import type { Job, JobName, JobResult, Jobs } from './job.ts';

/** A child process with its job. Disposal ends it by its process id. */
export interface Worker<N extends JobName> extends AsyncDisposable {
  readonly answer: Jobs[N]['answer'];
  readonly pid: number;
  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGTERM'): void;
}

export interface WorkerOptions {
  /** Options of Node itself. */
  readonly flags?: readonly string[];
}

/** Killed at every exit of this process: a frozen child would not notice the exit. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a process for a job and waits for its answer. The process keeps running. */
export async function startWorker<N extends JobName>(
  job: Job<N>,
  signal: AbortSignal,
  options: WorkerOptions = {},
): Promise<Worker<N>> {
  signal.throwIfAborted();
  const { flags = [] } = options;
  const child = spawn(execPath, [...flags, childScript], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'close');
  running.add(child);
  const dispose = async () => {
    child.kill('SIGKILL');
    await exited;
    running.delete(child);
  };
  try {
    child.send(job);
    return {
      answer: await answerOf<N>(child, job, signal),
      pid: child.pid ?? 0,
      kill: (s) => void child.kill(s),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (cause) {
    await dispose();
    throw cause;
  }
}

async function answerOf<N extends JobName>(
  child: ChildProcess,
  { name }: Job<N>,
  signal: AbortSignal,
): Promise<Jobs[N]['answer']> {
  const over = new AbortController();
  const ended = AbortSignal.any([signal, over.signal]);
  child.once('exit', () => over.abort(new Error(`the process for '${name}' ended`)));
  try {
    const [result] = (await once(child, 'message', { signal: ended })) as [JobResult<N>];
    if ('answer' in result) return result.answer;
    throw new Error(`the process for '${name}' failed: ${result.failed}`);
  } catch (cause) {
    ended.throwIfAborted();
    throw cause;
  }
}
