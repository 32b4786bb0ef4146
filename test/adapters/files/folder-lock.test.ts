import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockFolder } from '../../../src/adapters/files/folder-lock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('changes of one file under the lock of its folder lose nothing', async () => {
  const file = join(folder, 'count');
  await writeFile(file, '0');
  const add = async () => {
    await using _lock = await lockFolder(folder);
    await writeFile(file, `${Number(await readFile(file, 'utf8')) + 1}`);
  };
  await Promise.all(Array.from({ length: 5 }, add));
  expect(await readFile(file, 'utf8')).toBe('5');
  expect(await readdir(folder)).toEqual(['count']);
});

test('a process that runs keeps its lock, and one that was killed loses it', async () => {
  const script = `import { lockFolder } from ${JSON.stringify(import.meta.resolve('../../../src/adapters/files/folder-lock.ts'))};
await lockFolder(${JSON.stringify(folder)});
console.log('locked');
setInterval(() => {}, 1000);`;
  const other = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(other.stdout, 'data');
    await expect(lockFolder(folder, 1)).rejects.toThrow(
      `${folder} is being changed by process ${other.pid}, which has not finished within 0.001 s`,
    );
  } finally {
    other.kill('SIGKILL');
    await once(other, 'exit');
  }
  await using _lock = await lockFolder(folder, 1);
  expect(await readdir(folder)).toHaveLength(1);
});
