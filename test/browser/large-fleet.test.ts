import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { writeHistory } from './bench/history-file.ts';
import { withRecording } from './harness/dashboard.ts';
import { settled, test } from './harness/visit.ts';

const folder = await mkdtemp(join(tmpdir(), 'rollcall-many-'));
const file = join(folder, 'history.ndjson');
await writeHistory(file, 4000, 500);
afterAll(() => rm(folder, { recursive: true, force: true }));
const recording = withRecording(['--file', file]);

test('a large fleet renders one screen of hosts, and the others on scrolling', async ({ open }) => {
  const { page } = await open(recording.at('#/fleet?all=1'));
  await settled(page);
  const groups = page.locator('.groups > *');
  await groups.first().waitFor();
  expect(await groups.count()).toBeLessThan(100);
  for (let n = 0; n < 12; n += 1) {
    await page.locator('#main').evaluate((main) => main.scrollTo(0, main.scrollHeight));
    await page.waitForTimeout(150);
  }
  expect(await groups.count()).toBeGreaterThan(450);
});

test('a fast series of steps does not count the flaps of each moment', async ({ open }) => {
  const { page } = await open(recording.at('#/fleet?at=seq:2000'));
  await settled(page);
  await page.waitForTimeout(500);
  const asked = await page.evaluate(async () => {
    let count = 0;
    const post = MessagePort.prototype.postMessage;
    MessagePort.prototype.postMessage = function (this: MessagePort, message: unknown) {
      if (JSON.stringify(message).includes('"flaps"')) count += 1;
      post.call(this, message);
    };
    const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    for (let n = 0; n < 30; n += 1) {
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: ',', bubbles: true }));
      await wait(20);
    }
    const during = count;
    await wait(1000);
    return { during, after: count };
  });
  // A busy machine may pause for longer than a moment needs to stay.
  expect(asked.during).toBeLessThan(8);
  expect(asked.after).toBeGreaterThan(asked.during);
});
