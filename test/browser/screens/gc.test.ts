import { expect } from 'vitest';
import { withRecording } from '../harness/dashboard.ts';
import { settled, test } from '../harness/visit.ts';

const sample = withRecording();

test('a dry run lists what the next sweep would remove, and changes nothing', async ({ open }) => {
  const { page } = await open(sample.at('#/gc?at=seq:106'));
  await settled(page);
  await page.getByLabel('dry run').check();
  const list = page.getByRole('region', { name: 'Dry run' });
  await list.waitFor();
  const text = await list.textContent();
  expect(text).toMatch(/Removes 1.*batch-1\/worker.*3 instances and its record, 4 keys/);
  expect(text).toMatch(/Keeps 2.*web-1\/web.*brake of zone rack-a/);
  expect(page.url()).toContain('dry=1');
});

test('the dry run cuts no text', async ({ open }) => {
  const { page } = await open(sample.at('#/gc?at=seq:118'));
  await settled(page);
  await page.getByRole('region', { name: 'Done' }).locator('li').first().waitFor();
  const cut = await page
    .locator('main')
    .evaluate((main) =>
      [...main.querySelectorAll<HTMLElement>('.column *, .happened *')]
        .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0)
        .map((one) => one.outerHTML.slice(0, 120)),
    );
  expect(cut).toEqual([]);
});
