import { spawn } from 'node:child_process';

export interface Ran {
  readonly code: number | 'too-long' | 'stopped';
  readonly out: string;
}

/** A program of this Node in a process group of its own, which ends with it, at the limit or the signal. */
export async function runNode(
  args: readonly string[],
  { cwd, within, signal }: { cwd: string; within: number; signal: AbortSignal },
): Promise<Ran> {
  const child = spawn(process.execPath, args, {
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', VITEST_JSON: '' },
  });
  let code: Ran['code'] | undefined;
  let out = '';
  const end = (why: 'too-long' | 'stopped') => () => {
    code = why;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  const stop = end('stopped');
  const timer = setTimeout(end('too-long'), within);
  signal.addEventListener('abort', stop, { once: true });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      out += chunk;
    });
  }
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once('error', reject).once('close', (ended) => resolve(ended ?? 1));
  try {
    const ended = await promise;
    return { code: code ?? ended, out };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
