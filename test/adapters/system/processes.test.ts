import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { systemProcesses, thisProcess } from '../../../src/adapters/system/processes.ts';

const here = thisProcess();
const { isGone } = systemProcesses();

/** A shell that prints what the script prints first, and then lives on as `sleep`. */
async function withChild(script: string, use: (child: ChildProcess, said: string) => void) {
  const child = spawn('sh', ['-c', `${script}; exec sleep 60`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  try {
    const [said] = await once(createInterface(child.stdout), 'line');
    use(child, said);
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

describe('a process', () => {
  test('of ours is there', () => {
    expect(isGone(here)).toBe(false);
    expect(isGone({ ...here, pid: process.ppid })).toBe(false);
    expect(isGone({ ...here, pid: 1 })).toBe(false);
  });

  test('is gone once it has ended and not before', async () => {
    let pid = 0;
    await withChild('echo up', (child) => {
      pid = child.pid ?? 0;
      expect(isGone({ ...here, pid })).toBe(false);
    });
    expect(isGone({ ...here, pid })).toBe(true);
  });

  test('is gone once it is a zombie that nobody waits for', async () => {
    await withChild('sleep 0.3 & echo $!', (_, said) => {
      const pid = Number(said);
      while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
      expect(isGone({ ...here, pid })).toBe(true);
    });
  });

  test('of another boot or namespace is not known to be gone', async () => {
    let pid = 0;
    await withChild('echo up', (child) => {
      pid = child.pid ?? 0;
    });
    expect(isGone({ ...here, pid, boot: 'another' })).toBe(false);
    expect(isGone({ ...here, pid, namespace: 'pid:[1]' })).toBe(false);
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 31, Number.MAX_SAFE_INTEGER])(
    'with the number %d is none, and not known to be gone',
    (pid) => {
      expect(isGone({ ...here, pid })).toBe(false);
    },
  );

  test('says where it is: boot, namespace and pid', () => {
    expect(here).toEqual({
      boot: expect.stringMatching(/^\S+$/),
      namespace: expect.stringMatching(/^\S+$/),
      pid: process.pid,
    });
  });
});
