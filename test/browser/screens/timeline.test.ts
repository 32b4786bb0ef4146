import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { withRecording } from '../harness/dashboard.ts';
import { settled, test } from '../harness/visit.ts';

const sample = withRecording();

async function lanes(page: Page): Promise<void> {
  await settled(page);
  await page.locator('.lane').first().waitFor();
}

/** The time range in the address. */
function stretch(page: Page): readonly number[] {
  const [, from, to] = /[?&]w=(\d+)-(\d+)/.exec(page.url()) ?? [];
  return [Number(from), Number(to)];
}
const length = (page: Page) => {
  const [from = 0, to = 0] = stretch(page);
  return to - from;
};

async function time(page: Page) {
  const box = await page.locator('.ruler .lane-time svg').boundingBox();
  if (!box) throw new Error('there is no ruler');
  const at = (part: number) => [box.x + part * box.width, box.y + 20] as const;
  return { at };
}

test('the times of the axis are apart on a phone', async ({ open }) => {
  const { page } = await open(sample.at('#/timeline'), { viewport: { width: 390, height: 844 } });
  await lanes(page);
  let before = 0;
  for (let zooms = 0; zooms < 5; zooms += 1) {
    const boxes = await page
      .locator('.ticks span:visible')
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON() as DOMRect));
    const gaps = boxes.slice(1).map(({ left }, n) => left - (boxes[n]?.right ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(3);
    await page.keyboard.press('+');
    await expect.poll(() => length(page)).not.toBe(before);
    before = length(page);
  }
});

test('no word in a bar is cut on a phone', async ({ open }) => {
  const { page } = await open(sample.at('#/timeline'), { viewport: { width: 390, height: 844 } });
  await lanes(page);
  const words = await page.locator('.word').evaluateAll((all) =>
    all.map((one) => {
      const range = document.createRange();
      range.selectNodeContents(one);
      const [bar, text] = [one.getBoundingClientRect(), range.getBoundingClientRect()];
      return { isShown: text.top < bar.bottom - 1, isCut: text.right > bar.right + 1 };
    }),
  );
  expect(words.filter(({ isShown }) => isShown).length).toBeGreaterThan(3);
  expect(words.filter(({ isShown }) => !isShown).length).toBeGreaterThan(0);
  expect(words.filter(({ isShown, isCut }) => isShown && isCut)).toEqual([]);
});

test('the wheel zooms in at the pointer, and back out', async ({ open }) => {
  const { page } = await open(sample.at('#/timeline'));
  await lanes(page);
  const { at } = await time(page);
  await page.mouse.move(...at(0.9));
  await page.mouse.wheel(0, -200);
  await expect.poll(() => length(page)).toBeGreaterThan(0);
  const [from = 0, to = 0] = stretch(page);
  await page.mouse.wheel(0, -200);
  await expect.poll(() => length(page)).toBeLessThan(to - from);
  const [closerFrom = 0, closerTo = 0] = stretch(page);
  const under = (a: number, b: number) => a + 0.9 * (b - a);
  expect(Math.abs(under(closerFrom, closerTo) - under(from, to))).toBeLessThan((to - from) / 50);
  await page.mouse.wheel(0, 200);
  await expect.poll(() => length(page)).toBeGreaterThan(closerTo - closerFrom);
});

test('dragging over the lanes selects a range, and the counts cover that range', async ({
  open,
}) => {
  const { page } = await open(sample.at('#/timeline'));
  await lanes(page);
  const all = await page.locator('main h1').textContent();
  const { at } = await time(page);
  const row = await page.locator('.lane').nth(2).boundingBox();
  const y = (row?.y ?? 0) + 10;
  await page.mouse.move(at(0.25)[0], y);
  await page.mouse.down();
  await page.mouse.move(at(0.5)[0], y, { steps: 4 });
  await page.locator('.cursor .brush').waitFor();
  await page.mouse.up();
  await expect.poll(() => length(page)).toBeGreaterThan(0);
  await page.locator('.brush').first().waitFor({ state: 'detached' });
  expect(await page.getByTestId('past').count()).toBe(0);
  await expect.poll(() => page.locator('main h1').textContent()).not.toBe(all);
});

test('the head of the timeline is one row at 1280 px, even with a long history and B pinned', async ({
  open,
}) => {
  for (const hash of ['#/timeline', '#/timeline?at=seq:105&b=60']) {
    const { page } = await open(sample.at(hash));
    await lanes(page);
    const head = page.getByRole('region', { name: 'Timeline' });
    // As many events as a fleet of a thousand agents stores in a day.
    await head.locator('h1 .dim').evaluate((words) => {
      words.textContent = '23 h 59 m, 99,999 changes, 9,999 problems';
    });
    const tops = await head.evaluate((one) =>
      [...one.querySelectorAll('h1, select, input, button')].map((each) => {
        const { top, height } = each.getBoundingClientRect();
        return top + height / 2;
      }),
    );
    expect(Math.max(...tops) - Math.min(...tops)).toBeLessThan(8);
  }
});

test('a cause links to its event, and the pointer can move from the lane to the link', async ({
  open,
}) => {
  const { page } = await open(sample.at('#/timeline?lanes=entity&sel=agent/batch-1/worker'));
  await lanes(page);
  await page.locator('.lane', { hasText: 'jobs/a' }).locator('.lane-time').hover();
  await page.locator('.lane', { hasText: 'jobs/a' }).locator('.lane-time').focus();
  await page.keyboard.press('ArrowLeft');
  const words = page.locator('.causes');
  const cause = words.getByRole('link', { name: 'expired batch-1/worker' });
  await cause.waitFor();
  // On its way the pointer leaves the lanes.
  await cause.hover();
  await cause.click();
  await page.locator('.event.open').waitFor();
  expect(page.url()).toMatch(/entity\?at=seq:105&of=agent\/batch-1\/worker&open=105/);
  expect(await page.locator('.event.open').textContent()).toMatch(/expired.*seq 105/);
});

test('the keys + and − zoom, and 0 shows all', async ({ open }) => {
  const { page } = await open(sample.at('#/timeline?at=seq:60'));
  await lanes(page);
  await page.keyboard.press('+');
  await expect.poll(() => length(page)).toBeGreaterThan(0);
  const one = length(page);
  await page.keyboard.press('+');
  await expect.poll(() => length(page)).toBeLessThan(one);
  await page.keyboard.press('-');
  await expect.poll(() => Math.abs(length(page) - one)).toBeLessThan(5);
  await page.keyboard.press('0');
  await expect.poll(() => page.url()).not.toContain('w=');
});

test('a click on a lane goes to that change and selects no range', async ({ open }) => {
  const { page } = await open(sample.at('#/timeline'));
  await lanes(page);
  await page.locator('.lane .tick.bad').first().click({ force: true });
  await page.getByTestId('past').waitFor();
  await expect.poll(() => page.url()).toContain('at=seq:');
  expect(page.url()).not.toContain('w=');
});

test('hovering over a change shows its effects as arrows between lanes and as text', async ({
  open,
}) => {
  const { page } = await open(sample.at('#/timeline?lanes=entity&sel=agent/batch-1/worker'));
  await lanes(page);
  const own = page.locator('.lane', { hasText: /^batch-1\/worker/ });
  const expired = async () => {
    const box = await own.locator('.tick.bad').last().boundingBox();
    return [(box?.x ?? 0) + 1, (box?.y ?? 0) + 5] as const;
  };
  const [x] = await expired();
  await page.mouse.move(x, (await time(page)).at(0)[1]);
  for (let n = 0; n < 4; n += 1) await page.mouse.wheel(0, -280);
  await expect.poll(() => length(page)).toBeLessThan(30_000);
  await page.waitForTimeout(300);
  await page.mouse.move(...(await expired()));
  const words = page.locator('.causes');
  await expect.poll(() => words.textContent(), { timeout: 10_000 }).toMatch(/caused removed/);
  expect(await words.textContent()).toMatch(/expired batch-1\/worker by ops-1\/collector/);
  const arrows = page.locator('.arrows path.effect');
  await expect.poll(() => arrows.count()).toBeGreaterThanOrEqual(4);
  const ends = await arrows.evaluateAll((all) =>
    all.map((one) => one.getAttribute('d')?.split(' ').at(-1)),
  );
  expect(new Set(ends).size).toBeGreaterThanOrEqual(4);
});

test('the keyboard moves between lanes and changes, shows the causes as text and goes to a change', async ({
  open,
}) => {
  const { page } = await open(sample.at('#/timeline?lanes=entity&sel=agent/batch-1/worker'));
  await lanes(page);
  await page.locator('.lane .lane-time').first().focus();
  const name = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
  const first = await name();
  await page.keyboard.press('ArrowDown');
  expect(await name()).not.toBe(first);
  expect(await page.locator('.lane .lane-time[tabindex="0"]').count()).toBe(1);
  await page.keyboard.press('ArrowUp');
  expect(await name()).toBe(first);
  await page.locator('.lane', { hasText: 'jobs/a' }).locator('.lane-time').focus();
  await page.keyboard.press('ArrowLeft');
  const words = page.locator('.causes[role=status]');
  await expect.poll(() => words.textContent(), { timeout: 10_000 }).toMatch(/caused by .* expired/);
  await page.locator('.arrows path.cause').first().waitFor({ state: 'attached' });
  await page.keyboard.press('Enter');
  await expect.poll(() => page.url()).toContain('at=seq:');
});

test('the comparison of A and B shows the duration, the number of changes and what changed in each zone', async ({
  open,
}) => {
  const { page } = await open(sample.at('#/timeline?at=seq:105&b=60'));
  await lanes(page);
  const diff = page.getByRole('region', { name: 'Changes between A and B' });
  await expect.poll(() => diff.locator('h2').textContent()).toMatch(/\d+ m .* · 45 changes · \d+/);
  await expect.poll(() => diff.textContent()).toMatch(/came in (no )?zone.*: .*\d+ instance/);
});

test('the comparison shows an instance that its silent agent made dubious, with the words of all screens', async ({
  open,
}) => {
  const { page } = await open(sample.at('#/timeline?at=seq:81&b=79'));
  await lanes(page);
  const diff = page.getByRole('region', { name: 'Changes between A and B' });
  const instances = diff.locator('li', { hasText: 'instance' });
  await expect
    .poll(async () => (await instances.allTextContents()).join().replaceAll(/\s+/g, ' '))
    .toMatch(/on db-2\/postgres ?● ?live → ◌ ?dubious/);
  expect(await diff.textContent()).not.toContain('serving');
});
