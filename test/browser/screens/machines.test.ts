import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { withRecording } from '../harness/dashboard.ts';
import { settled, test } from '../harness/visit.ts';

const sample = withRecording();
const at = 'at=seq:105';

const drawn = (page: Page) =>
  page
    .locator('.chart svg [data-node]')
    .evaluateAll((nodes) => nodes.map((one) => one.getAttribute('data-node')));

/** The chart, once it is drawn. A server under load takes a while to lay it out. */
const shows = (page: Page) => expect.poll(() => drawn(page), { timeout: 15_000 });

async function picture(page: Page): Promise<void> {
  await settled(page);
  await page.locator('.chart svg').waitFor();
}

test('a click closes or opens a compound state and updates the address', async ({ open }) => {
  const { page, another } = await open(sample.at(`#/machines?machine=run&${at}`));
  await picture(page);
  await shows(page).toContain('run.present.sight.suspect');
  await page.locator('[data-node="run.present"] > .name').click();
  await shows(page).not.toContain('run.present.sight');
  expect(await drawn(page)).toContain('run.present');
  expect(page.url()).toContain('closed=present');
  const same = await another(page.url());
  await picture(same);
  await shows(same).toEqual(await drawn(page));
  await page.locator('[data-node="run.present"] > .name').click();
  await shows(page).toContain('run.present.sight.suspect');
  expect(page.url()).toContain('closed=-');
});

test('each machine that is chosen has a picture', async ({ open }) => {
  const { page } = await open(sample.at(`#/machines?machine=run&${at}`));
  await picture(page);
  for (const machine of ['collector', 'instance']) {
    await page.getByRole('button', { name: machine, exact: true }).click();
    await expect
      .poll(async () => (await drawn(page))[0], { timeout: 15_000 })
      .toMatch(new RegExp(`^${machine}\\b`));
  }
});

test('a chart opens with empty states closed', async ({ open }) => {
  const { page } = await open(sample.at(`#/machines?machine=run&sel=agent/batch-1/worker&${at}`));
  await picture(page);
  await shows(page).toContain('run.expired');
  expect(await drawn(page)).not.toContain('run.present.phase');
  await page.getByRole('button', { name: 'All', exact: true }).click();
  await shows(page).toContain('run.present.phase.live');
  await page.getByRole('button', { name: 'Overview' }).click();
  await shows(page).not.toContain('run.present.phase');
});

test('another moment does not move the elements of a chart', async ({ open }) => {
  const { page } = await open(sample.at(`#/machines?machine=run&sel=agent/batch-1/worker&${at}`));
  await picture(page);
  await shows(page).toContain('run.expired');
  const before = await drawn(page);
  expect(before).not.toContain('run.present.phase');
  await page.getByRole('slider', { name: 'Moment' }).fill('4000');
  await page.locator('[data-node="run.present"].active').waitFor();
  await page.waitForTimeout(500);
  expect(await drawn(page)).toEqual(before);
});

test('the keyboard moves between the states of a chart and closes them in the outline', async ({
  open,
}) => {
  const { page } = await open(sample.at(`#/machines?machine=run&${at}`));
  await picture(page);
  const chart = page.getByRole('group', { name: /^Chart of machine run/ });
  await chart.focus();
  const where = page.locator('p.unseen[role=status]');
  await page.keyboard.press('ArrowDown');
  const first = await where.textContent();
  expect(first).not.toBe('');
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => where.textContent()).not.toBe(first);
  await page.keyboard.press('Enter');
  await expect.poll(() => page.url()).toContain('node=run.');
  const toggle = page.getByRole('button', { name: 'sight in the picture' });
  expect(await toggle.getAttribute('aria-expanded')).toBe('true');
  await toggle.focus();
  await page.keyboard.press('Enter');
  await shows(page).not.toContain('run.present.sight.suspect');
  expect(await toggle.getAttribute('aria-expanded')).toBe('false');
});

test('F opens and zooms to the active states, and a second F shows the whole chart', async ({
  open,
}) => {
  const { page } = await open(
    sample.at(`#/machines?machine=run&sel=agent/web-1/web&closed=present&${at}`),
  );
  await picture(page);
  const svg = page.locator('.chart svg');
  await page.keyboard.press('f');
  await shows(page).toContain('run.present.sight.suspect');
  const whole = await svg.getAttribute('data-whole');
  await expect.poll(() => svg.getAttribute('viewBox')).not.toBe(whole);
  const inside = await page.locator('.chart .active.leaf > .box').evaluateAll((boxes) => {
    const frame = document.querySelector('.picture')?.getBoundingClientRect();
    return boxes.map((one) => {
      const { left, right, top, bottom } = one.getBoundingClientRect();
      return (
        frame !== undefined &&
        left >= frame.left &&
        right <= frame.right &&
        top >= frame.top &&
        bottom <= frame.bottom
      );
    });
  });
  expect(inside).toEqual([true, true]);
  await page.keyboard.press('f');
  await expect.poll(() => svg.getAttribute('viewBox')).toBe(whole);
});

test('a guard shows whether it holds now', async ({ open }) => {
  const { page } = await open(
    sample.at('#/machines?machine=session&sel=agent/db-2/postgres&at=seq:81'),
  );
  await picture(page);
  const next = page.locator('.next-list li', { hasText: 'it was announced' });
  await expect.poll(() => next.textContent()).toContain('✓ holds');
});

test('an instance whose agent has ended is shown as such without failed requests', async ({
  open,
}) => {
  const { page } = await open(sample.at('#/machines?machine=run&sel=agent/batch-1/worker'));
  await picture(page);
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  await expect.poll(() => inspector.textContent()).toContain('Nothing: this is a final state.');
});

test('an exported chart carries its name and hash', async ({ open }) => {
  const { page } = await open(sample.at(`#/machines?machine=run&sel=agent/web-1/web&${at}`));
  await picture(page);
  const coming = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export' }).click();
  const file = await coming;
  const name = file.suggestedFilename();
  expect(name).toMatch(/^run-[0-9a-f]{12}\.svg$/);
  expect(String(await readFile(await file.path()))).toContain(name.slice(4, 16));
});

const machines = [
  ...['run', 'session', 'collector', 'instance', 'brake', 'drain', 'hold', 'policy', 'store'],
];
/** The smallest text in px that one can read. */
const readable = 9;

for (const [width, height] of [
  [1440, 900],
  [1280, 800],
  [1024, 700],
  [390, 844],
] as const) {
  test(`a chart can be read, or with Fit is whole within its panel, in ${width} × ${height} px`, async ({
    open,
  }) => {
    const { page } = await open(sample.at(`#/machines?machine=run&closed=-&${at}`), {
      viewport: { width, height },
    });
    await picture(page);
    const wrong: string[] = [];
    for (const machine of machines) {
      await page.goto(sample.at(`#/machines?machine=${machine}&closed=-&${at}`));
      await expect
        .poll(async () => (await drawn(page))[0], { timeout: 15_000 })
        .toMatch(new RegExp(`^${machine}\\b`));
      const [text, cut] = await look(page);
      if (text < readable) wrong.push(`${machine}: a text of ${text} px`);
      if (cut.some((one) => one < -1)) wrong.push(`${machine}: no scrolling shows ${cut}`);
      await page.getByRole('button', { name: 'Fit', exact: true }).click();
      await page.locator('.machine.fit').waitFor();
      const [, , outside] = await look(page);
      if (outside.some((one) => one > 1)) wrong.push(`${machine}: outside of its panel ${outside}`);
    }
    expect(wrong).toEqual([]);
  });
}

/**
 * The smallest text of the chart in px; how far its top and left are from the beginning of its panel, and its bottom
 * and right from the end of what scrolling shows; and how far it is outside of the part of its panel that one sees.
 */
const look = (page: Page) =>
  page.locator('.picture').evaluate(async (panel) => {
    panel.scrollIntoView({ block: 'nearest' });
    panel.scrollTo(0, 0);
    await new Promise(requestAnimationFrame);
    const svg = panel.querySelector('svg');
    const chart = svg?.getBoundingClientRect();
    const screen = document.querySelector('main')?.getBoundingClientRect();
    if (!svg || !chart || !screen || chart.height < 20) throw new Error('no chart');
    const box = panel.getBoundingClientRect();
    const { width, height } = svg.viewBox.baseVal;
    const scale = Math.min(chart.width / width, chart.height / height);
    const texts = [...svg.querySelectorAll('text')].map(
      (one) => Number.parseFloat(getComputedStyle(one).fontSize) * scale,
    );
    const cut = [
      ...[chart.top - box.top, chart.left - box.left],
      ...[box.top + panel.scrollHeight - chart.bottom, box.left + panel.scrollWidth - chart.right],
    ];
    const outside = [
      ...[Math.max(box.top, screen.top) - chart.top, box.left - chart.left],
      ...[chart.bottom - Math.min(box.bottom, screen.bottom), chart.right - box.right],
      ...[panel.scrollHeight - panel.clientHeight, panel.scrollWidth - panel.clientWidth],
    ];
    return [Math.min(...texts), cut.map(Math.round), outside.map(Math.round)] as const;
  });
