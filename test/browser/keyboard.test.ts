import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { withRecording } from './harness/dashboard.ts';
import { settled, test } from './harness/visit.ts';

const sample = withRecording();

const title = (page: Page) => page.locator('main h1').first().textContent();

for (const [key, name] of [
  ['t', 'Timeline'],
  ['m', 'Machines'],
  ['g', 'GC'],
  ['f', 'Fleet'],
] as const) {
  test(`the keys g ${key} open ${name}`, async ({ open }) => {
    const { page } = await open(sample.at(name === 'Fleet' ? '#/gc' : '#/fleet'));
    await settled(page);
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await expect.poll(() => title(page)).toContain(name);
  });
}

test('the key ? opens the keyboard help and Escape closes it', async ({ open }) => {
  const { page } = await open(sample.at());
  await settled(page);
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keyboard' });
  await help.waitFor();
  expect(await help.locator('dt').count()).toBeGreaterThan(8);
  await page.keyboard.press('Escape');
  await help.waitFor({ state: 'hidden' });
});

test('the keyboard reaches an agent, its drawer and its history, and goes back', async ({
  open,
}) => {
  const { page } = await open(sample.at());
  await settled(page);
  await tabTo(page, (on) => on.matches('.groups .cell'));
  const first = await focused(page);
  await page.keyboard.press('ArrowRight');
  expect(await focused(page)).not.toBe(first);
  await page.keyboard.press('Enter');
  await page.locator('aside.drawer').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('aside.drawer').waitFor({ state: 'detached' });
  await page.keyboard.press('Enter');
  await tabTo(page, (on) => on.textContent === 'History');
  await page.keyboard.press('Enter');
  await page.getByRole('list', { name: 'Transitions, newest first' }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('f');
  await expect.poll(() => title(page)).toContain('Fleet');
});

test('the keyboard sets a filter, steps back in time and returns to live', async ({ open }) => {
  const { page } = await open(sample.at());
  await settled(page);
  await page.keyboard.press('/');
  await page.keyboard.type('nobody-is-called-so');
  await page.getByText(/^0 of \d+ agents match/).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.locator('.groups .cell').first().waitFor();
  await page.keyboard.press(',');
  await page.getByTestId('past').waitFor();
  await page.keyboard.press('L');
  await page.getByTestId('past').waitFor({ state: 'detached' });
});

for (const screen of ['fleet', 'timeline', 'machines', 'gc']) {
  test(`every element that Tab reaches on ${screen} shows its focus`, async ({ open }) => {
    const { page } = await open(sample.at(`#/${screen}`));
    await settled(page);
    const unseen: string[] = [];
    for (let n = 0; n < 40; n += 1) {
      await page.keyboard.press('Tab');
      const blind = await page.evaluate(() => {
        const on = document.activeElement;
        if (!on || on === document.body) return null;
        const { outlineStyle, outlineWidth, boxShadow, stroke } = getComputedStyle(on);
        const seen = (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
        return seen ? null : `${on.outerHTML.slice(0, 100)} ${stroke}`;
      });
      if (blind !== null) unseen.push(blind);
    }
    expect(unseen).toEqual([]);
  });
}

/** The focused element by name. Its look may change while the focus stays. */
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');

/** Presses Tab until the condition holds for the focused element. */
async function tabTo(page: Page, there: (on: Element) => boolean): Promise<void> {
  const script = `(${there})(document.activeElement)`;
  for (let n = 0; n < 150; n += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate<boolean>(script)) return;
  }
  throw new Error(`Tab does not come to ${there}`);
}
