import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
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
/** Far from the interval of an hour, and no bound for a busy machine. */
const soon = 20_000;

/** Time from the change to the notification, in ms. */
async function timeToNotice(file: string, every: number, change: () => Promise<unknown>) {
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

describe('a watched file', () => {
  it('is reported after a write', async () => {
    const file = join(folder, 'a');
    await writeFile(file, 'one');
    expect(await timeToNotice(file, hour, () => writeFile(file, 'two'))).toBeLessThan(soon);
  });

  it('is reported after a rename replaced it, as editors do', async () => {
    const file = join(folder, 'a');
    await writeFile(file, 'one');
    await writeFile(join(folder, 'b'), 'two');
    expect(await timeToNotice(file, hour, () => rename(join(folder, 'b'), file))).toBeLessThan(
      hour,
    );
  });

  it('is reported at the interval without notifications', async () => {
    const file = join(folder, 'not', 'there');
    expect(await timeToNotice(file, 50, async () => {})).toBeGreaterThanOrEqual(50);
  });

  it('is not reported while it is being written, and then with the time since its last change', async () => {
    const file = join(folder, 'a');
    await writeFile(file, '');
    const stop = new AbortController();
    const notices = watchFile(file, hour, systemClock, stop.signal);
    const next = notices.next();
    let isWriting = true;
    const noticed = next.then(({ value }) => ({
      wasWriting: isWriting,
      stillFor: value?.stillFor,
    }));
    for (let n = 0; n < 10; n += 1) {
      await appendFile(file, `${n}\n`);
      await systemClock.sleep(100);
    }
    isWriting = false;
    const { wasWriting, stillFor } = await noticed;
    expect(wasWriting).toBe(false);
    expect(stillFor).toBeGreaterThanOrEqual(400);
    stop.abort();
    await notices.next();
  });

  it('is stable immediately after it was replaced by a rename', async () => {
    const file = join(folder, 'a');
    await writeFile(file, 'one');
    const stop = new AbortController();
    const notices = watchFile(file, hour, systemClock, stop.signal);
    const next = notices.next();
    await systemClock.sleep(100);
    await writeFile(join(folder, 'b'), 'two');
    await rename(join(folder, 'b'), file);
    expect((await next).value).toEqual({ stillFor: Number.POSITIVE_INFINITY });
    stop.abort();
    await notices.next();
  });
});
