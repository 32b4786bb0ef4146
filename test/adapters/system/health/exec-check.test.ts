import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { systemProcesses, thisProcess } from '../../../../src/adapters/system/processes.ts';
import { failing, often, ok, reports } from './check-results.ts';

describe('an exec check', () => {
  test('that exits with 0 is serving, with any output', async () => {
    expect(await reports({ ...often, exec: ['sh', '-c', 'echo bad >&2'] }, 2)).toEqual([ok, ok]);
  });

  test('that exits with another code is failing, with the last line of its output', async () => {
    const exec = ['sh', '-c', 'echo first; echo disk full >&2; exit 3'];
    expect(await reports({ ...often, exec }, 1)).toEqual([failing('sh: exit 3: disk full')]);
  });

  test('with a very long output line is failing with a short detail', async () => {
    const exec = ['sh', '-c', 'yes rollcall | head -c 3000000 | tr -d "\\n"; exit 1'];
    const [found] = await reports({ ...often, exec }, 1);
    expect(found).toEqual(failing(expect.stringMatching(/^.{20,250}$/)));
  });

  test('that cannot be started is failing with the reason', async () => {
    const [found] = await reports({ ...often, exec: ['no-such-check'] }, 1);
    expect(found).toEqual(failing(expect.stringMatching(/no-such-check.*ENOENT/)));
    const [empty] = await reports({ ...often, exec: [] }, 1);
    expect(empty).toMatchObject({ state: 'failing' });
  });

  test('is killed with all its child processes at the timeout', async () => {
    await using left = await checkWithChild((file) => `sleep 60 & echo $! > ${file}; wait`);
    const exec = left.command;
    const [found] = await reports({ ...often, exec, timeout: 300 }, 1);
    expect(found).toEqual(failing('no answer within 300 ms'));
    expect(await left.areGone()).toBe(true);
  });

  test('that leaves a child process does not wait for it, and kills it', async () => {
    await using left = await checkWithChild((file) => `sleep 60 & echo $! > ${file}; exit 0`);
    const before = performance.now();
    expect(await reports({ ...often, exec: left.command }, 1)).toEqual([ok]);
    expect(performance.now() - before).toBeLessThan(often.timeout / 2);
    expect(await left.areGone()).toBe(true);
  });

  test.each([
    ['exit 0', ok],
    ['exit 1', failing('sh: exit 1')],
    ['sleep 60', failing('no answer within 400 ms')],
  ])(
    'goes on although a process that left its group holds its output open (%s)',
    async (last, expected) => {
      await using left = await checkWithChild(
        (file) => `setsid sleep 60 & echo $! > ${file}; ${last}`,
      );
      const check = { ...often, exec: left.command, timeout: 400 };
      expect(await reports(check, 3)).toEqual([expected, expected, expected]);
      await left.killChild();
    },
  );
});

/** A check that starts a child process and writes its pid to a file. */
async function checkWithChild(script: (file: string) => string) {
  const directory = await mkdtemp(join(tmpdir(), 'rollcall-check-'));
  const file = join(directory, 'pid');
  const own = thisProcess();
  const isGone = (pid: number) => systemProcesses(own).isGone({ ...own, pid });
  return {
    command: ['sh', '-c', script(file)],
    /** A killed process takes a moment to be gone. */
    areGone: async () => {
      const pid = Number(await readFile(file, 'utf8'));
      for (let n = 0; n < 200 && !isGone(pid); n += 1) await systemClock.sleep(10);
      return pid > 0 && isGone(pid);
    },
    killChild: async () => process.kill(Number(await readFile(file, 'utf8')), 'SIGKILL'),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}
