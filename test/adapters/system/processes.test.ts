import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { systemProcesses, thisProcess } from '../../../src/adapters/system/processes.ts';

const own = thisProcess();
const { isGone } = systemProcesses();

/** Runs the script in a shell that becomes `sleep`; passes its first output line to `use`. */
async function withChild(script: string, use: (child: ChildProcess, line: string) => void) {
  const child = spawn('sh', ['-c', `${script}; exec sleep 60`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  try {
    const [line] = await once(createInterface(child.stdout), 'line');
    use(child, line);
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

describe('a process', () => {
  test('of our own namespace is not gone while it runs', () => {
    expect(isGone(own)).toBe(false);
    expect(isGone({ ...own, pid: process.ppid })).toBe(false);
    expect(isGone({ ...own, pid: 1 })).toBe(false);
  });

  test('is gone after it has ended, and not before', async () => {
    let pid = 0;
    await withChild('echo up', (child) => {
      pid = child.pid ?? 0;
      expect(isGone({ ...own, pid })).toBe(false);
    });
    expect(isGone({ ...own, pid })).toBe(true);
  });

  test('is gone if it is a zombie', async () => {
    await withChild('sleep 0.3 & echo $!', (_, line) => {
      const pid = Number(line);
      while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
      expect(isGone({ ...own, pid })).toBe(true);
    });
  });

  test('of another boot or pid namespace is not reported as gone', async () => {
    let pid = 0;
    await withChild('echo up', (child) => {
      pid = child.pid ?? 0;
    });
    expect(isGone({ ...own, pid, boot: 'another' })).toBe(false);
    expect(isGone({ ...own, pid, namespace: 'pid:[1]' })).toBe(false);
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 31, Number.MAX_SAFE_INTEGER])(
    'with the invalid id %d is not known to be gone',
    (pid) => {
      expect(isGone({ ...own, pid })).toBe(false);
    },
  );

  test('is identified by boot, namespace and pid', () => {
    expect(own).toEqual({
      boot: expect.stringMatching(/^\S+$/),
      namespace: expect.stringMatching(/^\S+$/),
      pid: process.pid,
    });
  });
});
