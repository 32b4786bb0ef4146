import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { watchFile } from '../../../src/adapters/files/watch-file.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-follow-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const hour = 3_600_000;

/** How long it takes until a notice comes after this was done. */
async function noticed(file: string, every: number, change: () => Promise<unknown>) {
  const stop = new AbortController();
  const notices = watchFile(file, every, systemClock, stop.signal);
  const next = notices.next();
  const began = performance.now();
  await change();
  expect((await next).done).toBe(false);
  stop.abort();
  expect((await notices.next()).done).toBe(true);
  return performance.now() - began;
}

describe('a file that is followed', () => {
  it('is noticed to have been written to', async () => {
    const file = join(folder, 'a');
    await writeFile(file, 'one');
    expect(await noticed(file, hour, () => writeFile(file, 'two'))).toBeLessThan(2000);
  });

  it('is noticed to have been replaced, as editors do', async () => {
    const file = join(folder, 'a');
    await writeFile(file, 'one');
    await writeFile(join(folder, 'b'), 'two');
    expect(await noticed(file, hour, () => rename(join(folder, 'b'), file))).toBeLessThan(2000);
  });

  it('is looked at now and then also where nothing is noticed', async () => {
    const file = join(folder, 'not', 'there');
    expect(await noticed(file, 50, async () => {})).toBeGreaterThanOrEqual(50);
  });
});
