import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { withRecording } from './harness/dashboard.ts';
import { settled, test } from './harness/visit.ts';

const sample = withRecording();

/** The sequence that the page shows. */
async function place(page: Page): Promise<number> {
  const text = (await page.locator('.transport .where').textContent()) ?? '';
  return Number(/seq ([\d,]+)/.exec(text)?.[1]?.replaceAll(',', ''));
}

const fleet = (page: Page) => page.locator('.groups').textContent();

test('the slider shows the fleet in the past with a banner, and L returns to live', async ({
  open,
}) => {
  const { page } = await open(sample.at());
  await settled(page);
  const [head, now] = [await place(page), await fleet(page)];
  await page.getByRole('slider', { name: 'Moment' }).fill('2000');
  await page.getByTestId('past').waitFor();
  expect(await place(page)).toBeLessThan(head);
  expect(await fleet(page)).not.toBe(now);
  await page.keyboard.press('Escape');
  await page.keyboard.press('l');
  await page.getByTestId('past').waitFor({ state: 'detached' });
  await expect.poll(() => place(page)).toBe(head);
  expect(await fleet(page)).toBe(now);
});

test('a step forward goes to the next change, and a step back to the same one', async ({
  open,
}) => {
  const { page } = await open(sample.at('#/fleet?at=seq:100'));
  await settled(page);
  await page.getByTestId('past').waitFor();
  const [from, before] = [await place(page), await fleet(page)];
  await page.getByRole('button', { name: 'Step forward' }).click();
  await expect.poll(() => place(page)).toBeGreaterThan(from);
  await page.getByRole('button', { name: 'Step back' }).click();
  await expect.poll(() => place(page)).toBeLessThanOrEqual(from);
  await expect.poll(() => fleet(page)).toBe(before);
});

test('playback advances by itself and stops when it is paused', async ({ open }) => {
  const { page } = await open(sample.at('#/fleet?at=seq:60'));
  await settled(page);
  await page.getByTestId('past').waitFor();
  const from = await place(page);
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect.poll(() => place(page), { timeout: 10_000 }).toBeGreaterThan(from + 5);
  await page.getByRole('button', { name: 'Pause' }).click();
  const stopped = await place(page);
  await page.waitForTimeout(500);
  expect(await place(page)).toBe(stopped);
});

test('an address with a moment shows the same in another browser', async ({ open }) => {
  const { page, another } = await open(sample.at());
  await settled(page);
  await page.getByRole('slider', { name: 'Moment' }).fill('5000');
  await expect.poll(() => page.url()).toContain('at=seq:');
  const same = await another(page.url());
  await settled(same);
  await same.getByTestId('past').waitFor();
  expect(await place(same)).toBe(await place(page));
  expect(await fleet(same)).toBe(await fleet(page));
});

test('the browser buttons back and forward move between screens and moments', async ({ open }) => {
  const { page } = await open(sample.at('#/fleet'));
  await settled(page);
  const screens = page.getByRole('navigation', { name: 'Screens' });
  await screens.getByRole('link', { name: 'Timeline' }).click();
  await screens.getByRole('link', { name: 'GC' }).click();
  const title = () => page.locator('main h1').first().textContent();
  await expect.poll(title).toContain('GC');
  await page.goBack();
  await expect.poll(title).toContain('Timeline');
  await page.goBack();
  await expect.poll(title).toContain('Fleet');
  await page.goForward();
  await expect.poll(title).toContain('Timeline');
});

test('the moment stays the same when the screen changes', async ({ open }) => {
  const { page } = await open(sample.at('#/fleet?at=seq:100'));
  await settled(page);
  await page.getByTestId('past').waitFor();
  await page.getByRole('link', { name: 'Machines' }).click();
  await expect.poll(() => page.locator('main h1').first().textContent()).toContain('Machines');
  expect(page.url()).toContain('at=seq:100');
  expect(await page.getByTestId('past').count()).toBe(1);
});

test('a time that a person writes is shown, and its copied link shows it to another', async ({
  open,
}) => {
  const { page, another } = await open(sample.at('#/fleet'), {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await settled(page);
  const field = page.getByRole('textbox', { name: 'Go to a time' });
  await field.fill('20 past');
  await field.press('Enter');
  expect(await field.evaluate((one: HTMLInputElement) => one.validationMessage)).toMatch(/14:03/);
  await field.fill('40s ago');
  await field.press('Enter');
  await page.getByTestId('past').waitFor();
  expect(page.url()).toMatch(/at=\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  await page.getByRole('button', { name: 'Copy link' }).click();
  await page.getByRole('button', { name: 'Copy link ✓' }).waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const same = await another(link);
  await settled(same);
  await same.getByTestId('past').waitFor();
  expect(await place(same)).toBe(await place(page));
  expect(await fleet(same)).toBe(await fleet(page));
});

test('a time of day that is still to come is said to be so, and yesterday is gone to only if it is written', async ({
  open,
}) => {
  const { page } = await open(sample.at('#/fleet'), { timezoneId: 'UTC' });
  await settled(page);
  const field = page.getByRole('textbox', { name: 'Go to a time' });
  await field.fill('0:50');
  await field.press('Enter');
  expect(await field.evaluate((one: HTMLInputElement) => one.validationMessage)).toMatch(
    /at this time yet.*yesterday 0:50/,
  );
  expect(page.url()).not.toContain('at=');
  await field.fill('yesterday 0:50');
  await field.press('Enter');
  await expect.poll(() => page.url()).toContain('at=2026-11-24T00:50');
});

test('a moment that the page shows can be written into the field, which says the day of its moment', async ({
  open,
}) => {
  const { page } = await open(sample.at('#/fleet?at=seq:100'), { timezoneId: 'Asia/Tokyo' });
  await settled(page);
  const shown = page.getByTestId('past').locator('b');
  await shown.waitFor();
  const [text, zone] = [(await shown.textContent()) ?? '', 'GMT+9'];
  expect(text).toMatch(/^\d+ Nov \d\d:\d\d:\d\d$/);
  const field = page.getByRole('textbox', { name: 'Go to a time' });
  for (const written of [text, `${text} ${zone}`]) {
    await page.keyboard.press('l');
    await shown.waitFor({ state: 'detached' });
    await field.fill(written);
    await field.press('Enter');
    await expect.poll(() => shown.textContent()).toBe(text);
    expect(await page.locator('.transport .where b').textContent()).toBe(text);
  }
});

test('all times are shown in the time zone of the browser or in UTC, and the zone is named', async ({
  open,
}) => {
  const { page, another } = await open(sample.at('#/timeline?at=seq:100&lanes=zone'), {
    timezoneId: 'Asia/Tokyo',
  });
  await settled(page);
  await page.getByTestId('past').waitFor();
  const shown = async (of = page) => {
    const [, hour, zone] =
      /(\d\d):\d\d:\d\d (\S+) seq/.exec(
        (await of.locator('.transport .where').textContent()) ?? '',
      ) ?? [];
    return [Number(hour), zone];
  };
  const [local, zone] = await shown();
  expect(zone).toBe('GMT+9');
  const banner = await page.getByTestId('past').textContent();
  await page.getByRole('button', { name: 'GMT+9' }).click();
  await expect.poll(() => shown()).toEqual([(Number(local) + 24 - 9) % 24, 'UTC']);
  expect(await page.getByTestId('past').textContent()).not.toBe(banner);
  const other = await another('#/fleet');
  await settled(other);
  expect((await shown(other))[1]).toBe('UTC');
  // The lanes of zones, with the words and colours of their states.
  await page.locator('.lane').first().waitFor();
  expect(await page.locator('.legend').textContent()).toMatch(/expired.*suspect.*live/);
});
