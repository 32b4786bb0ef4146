import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { withRecording } from '../harness/dashboard.ts';
import { settled, test } from '../harness/visit.ts';

const sample = withRecording();
const past = 'at=seq:105';

test('Back after a click on a row returns to the page before, within the product', async ({
  open,
}) => {
  const { page } = await open(sample.at(`#/fleet?${past}`));
  await settled(page);
  const before = page.url();
  const issues = page.locator('.issue');
  const loss = issues.filter({ hasText: 'service shop' });
  await loss.click();
  await page.getByTestId('filtered').waitFor();
  await page.goBack();
  await page.getByTestId('filtered').waitFor({ state: 'detached' });
  expect(page.url()).toBe(before);
  for (const row of [issues.filter({ hasText: 'suspect' }), page.locator('.cell')]) {
    await row.first().click();
    await page.locator('.drawer').waitFor();
    await page.goBack();
    await page.locator('.drawer').waitFor({ state: 'detached' });
    expect(page.url()).toBe(before);
  }
  await page.goto(sample.at(`#/services?${past}`));
  const service = page.locator('.service .link').first();
  await service.click();
  await page.goBack();
  await expect.poll(() => service.getAttribute('aria-expanded')).toBe('false');
});

test('Back after clicks on lanes and on the ruler returns to each moment before, on the same screen', async ({
  open,
}) => {
  const { page } = await open(sample.at('#/timeline'));
  await settled(page);
  const lane = page.locator('.lane .lane-time').first();
  await lane.waitFor();
  const visited = [page.url()];
  for (const [place, part] of [
    [lane, 0.8],
    [lane, 0.5],
    [page.locator('.ruler svg'), 0.3],
  ] as const) {
    const { width = 0, height = 0 } = (await place.boundingBox()) ?? {};
    await place.click({ position: { x: width * part, y: height / 2 } });
    await expect.poll(() => page.url()).not.toBe(visited.at(-1));
    visited.push(page.url());
  }
  for (const url of visited.slice(0, -1).toReversed()) {
    await page.goBack();
    await expect.poll(() => page.url()).toBe(url);
  }
  await page.getByTestId('past').waitFor({ state: 'detached' });
});

test('what was clicked stays in sight beside the panel, in a window and on a phone', async ({
  open,
}) => {
  for (const viewport of [
    { width: 1024, height: 600 },
    { width: 390, height: 844 },
  ]) {
    const { page } = await open(sample.at(`#/fleet?${past}&size=L`), { viewport });
    await settled(page);
    const last = page.locator('.cell').last();
    await last.click();
    await page.locator('.drawer').waitFor();
    await expect
      .poll(async () => [viewport.width, await inSight(page, '.cell.chosen')])
      .toEqual([viewport.width, true]);
    // A banner gets a second line, as when the forecast of the brake comes later than the panel.
    await page.setViewportSize({ ...viewport, height: viewport.height - 60 });
    await expect
      .poll(async () => [viewport.width, 'lower', await inSight(page, '.cell.chosen')])
      .toEqual([viewport.width, 'lower', true]);
  }
});

/** Whether an element is within the screen and not below the panel. */
const inSight = (page: Page, selector: string): Promise<boolean> =>
  page.locator(selector).evaluate((one) => {
    const { left, top, width, height } = one.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    return one.contains(document.elementFromPoint(x, y));
  });

test('a button that acknowledges losses says whose', async ({ open }) => {
  const { page } = await open(sample.at('#/fleet'));
  await settled(page);
  const signs = page.locator('.attention button').filter({ hasText: /^✓$/ });
  const names = await signs.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) expect(name).toMatch(/^Acknowledge the losses: zone /);
});

test('a history that a filter empties counts the rows that it had, and the filter can be cleared', async ({
  open,
}) => {
  const { page } = await open(sample.at('#/entity?of=instance/cache/one'));
  await settled(page);
  const rows = page.getByRole('list', { name: 'Transitions, newest first' }).locator('.event');
  await rows.first().waitFor();
  const count = await rows.count();
  await page.getByRole('searchbox', { name: 'Filter by event' }).fill('nothing like this');
  await page.getByText(`0 of ${count} transitions match the filter.`).waitFor();
  await page.getByRole('button', { name: 'Clear filter' }).click();
  await rows.first().waitFor();
  expect(await rows.count()).toBe(count);
});

test('a held host and its agents are marked, also while they are live', async ({ open }) => {
  const { page } = await open(sample.at('#/fleet?at=seq:95'));
  await settled(page);
  const host = page.getByRole('region', { name: 'host cache-1' });
  expect(await host.getByRole('heading').textContent()).toContain('planned');
  const cell = host.locator('.cell').first();
  expect(await cell.getAttribute('aria-label')).toMatch(/: live; .* under a hold$/);
  await cell.locator('.badge.s-planned').waitFor();
  const others = page.locator('.cell:not([aria-label*="cache-1"]) .badge.s-planned');
  expect(await others.count()).toBe(0);
});

test('the event that comes by itself is the first of what may happen next', async ({ open }) => {
  const { page } = await open(sample.at('#/machines?machine=run&sel=agent/web-1/web&at=seq:104'));
  await settled(page);
  const first = page.locator('.next-list li').first();
  await first.waitFor();
  expect(await first.textContent()).toMatch(/^expired/);
});
