import { expect } from 'vitest';
import { withRecording } from '../harness/dashboard.ts';
import { settled, test } from '../harness/visit.ts';

const sample = withRecording();

test('the columns cut no text', async ({ open }) => {
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

test('a moment between two events counts the grace that ended until then', async ({ open }) => {
  const { page } = await open(sample.at('#/gc?at=2026-11-25T00:44:40.400Z'));
  await settled(page);
  const headline = () => page.getByRole('region', { name: 'GC', exact: true }).textContent();
  await expect
    .poll(headline)
    .toMatch(/2 collectors watching · 3 runs suspect · 3 of them held back/);
  expect(await page.getByRole('region', { name: 'Held back' }).textContent()).toMatch(/batch-1/);
});
