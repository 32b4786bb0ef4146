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

test('Fleet, its drawer and GC name the same time at which a run under a brake expires', async ({
  open,
}) => {
  const { page } = await open(sample.at('#/gc?at=2026-11-25T00:44:40.400Z'));
  await settled(page);
  const timeIn = (text: string | null) => /\d\d:\d\d:\d\d/.exec(text ?? '')?.[0];
  const card = page.locator('.card').filter({ hasText: 'web-2/web' });
  const time = timeIn(await card.textContent());
  expect(time).toBeDefined();
  await page.goto(sample.at('#/fleet?at=2026-11-25T00:44:40.400Z'));
  const row = page.locator('.issue').filter({ hasText: 'web-2/web' }).locator('.next');
  await expect.poll(async () => timeIn(await row.textContent())).toBe(time);
  expect(await row.textContent()).toMatch(/^expires in turn under the brake in \d+ s/);
  await row.click();
  const next = page.locator('.drawer dd').filter({ hasText: 'in turn' });
  expect(timeIn(await next.textContent())).toBe(time);
});
