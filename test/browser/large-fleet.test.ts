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
