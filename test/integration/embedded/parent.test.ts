import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { execPath, kill } from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryDirectory } from '../../adapters/embedded/temporary.ts';

/** Starts parent.ts in a process group of its own, as a shell starts what a terminal controls. */
async function startParent(storeDir: string) {
  const script = fileURLToPath(new URL('./support/parent.ts', import.meta.url));
  const child = spawn(execPath, [script, storeDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const line = await lines.next();
    if (line.done) throw new Error('the parent ended early');
    return JSON.parse(line.value);
  };
  const { server }: { server: number } = await next();
  return { child, server, next };
}

/** How long a process went on living, in milliseconds. */
async function lifeOf(pid: number, within: number): Promise<number> {
  const began = performance.now();
  for (;;) {
    try {
      kill(pid, 0);
    } catch {
      return performance.now() - began;
    }
    if (performance.now() - began > within) throw new Error(`process ${pid} lives on`);
    await pause(10);
  }
}

test('a server ends with its parent, also when that is killed', async () => {
  await using store = await temporaryDirectory();
  const { child, server } = await startParent(store.path);
  kill(child.pid ?? 0, 'SIGKILL');
  expect(await lifeOf(server, 5000)).toBeLessThan(2000);
  await pause(100);
  const left = (await readdir(store.path)).filter((name) => name.startsWith('in-use-by'));
  expect(left).toEqual([]);
});

test('Ctrl-C in the terminal does not end the server; its parent ends it last', async () => {
  await using store = await temporaryDirectory();
  const { child, server, next } = await startParent(store.path);
  const exited = once(child, 'exit');
  kill(-(child.pid ?? 0), 'SIGINT');
  expect(await next()).toEqual({ served: 'until the end' });
  expect(await exited).toEqual([0, null]);
  expect(await lifeOf(server, 1000)).toBeLessThan(100);
});
