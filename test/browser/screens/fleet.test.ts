import type { Locator } from 'playwright-core';
import { expect } from 'vitest';
import { withCrafted } from '../harness/crafted.ts';
import { withRecording } from '../harness/dashboard.ts';
import { settled, test } from '../harness/visit.ts';

const sample = withRecording();
const long = 'postgres-replica-of-the-accounting-department-0007';
const longNames = withCrafted((lines) => {
  const text = JSON.stringify(lines);
  return JSON.parse(
    text.replaceAll('"postgres"', `"${long}"`).replaceAll('.postgres.', `.${long}.`),
  );
});
/** Without the events that show a run. */
const instancesOnly = withCrafted((lines) =>
  lines.filter(({ event }) => event.of['service'] === 'db'),
);

test('a lost agent and one that left differ by sign, word and colour, in light and dark', async ({
  open,
}) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await open(sample.at('#/fleet'), { colorScheme });
    await settled(page);
    const look = (name: string) =>
      page.locator(`.cell[aria-label^="${name}:"]`).evaluate((cell) => ({
        sign: cell.querySelector('.glyph')?.textContent,
        word: /: (\w+)/.exec(cell.getAttribute('aria-label') ?? '')?.[1],
        colour: getComputedStyle(cell).color,
      }));
    const [lost, left] = [await look('batch-1/worker'), await look('edge-1/proxy')];
    expect(lost).toMatchObject({ sign: '✕', word: 'gone' });
    expect(left).toMatchObject({ sign: '–', word: 'left' });
    expect(redness(lost.colour)).toBeGreaterThan(60);
    expect(Math.abs(redness(left.colour))).toBeLessThan(40);
  }
});

/** How much more red than green a colour has, of 255. */
function redness(colour: string): number {
  const [red = 0, green = 0] = (colour.match(/\d+/g) ?? []).map(Number);
  return red - green;
}

/** Whether the last characters of a name are seen, and what is copied of it. */
const lookAt = (name: Locator) =>
  name.evaluate((one) => {
    one.scrollIntoView({ block: 'center' });
    const last = one.lastElementChild ?? one;
    const end = document.createRange();
    end.selectNodeContents(last);
    const box = end.getBoundingClientRect();
    const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    getSelection()?.selectAllChildren(one);
    const found = [box.left + 2, x, box.right - 2].map((at) => document.elementFromPoint(at, y));
    return { isSeen: found.every((at) => at === last), copied: getSelection()?.toString() };
  });

test('a long name is cut in its middle, so that its end is seen, and it is copied as a whole', async ({
  open,
}) => {
  for (const viewport of [
    { width: 1280, height: 800 },
    { width: 390, height: 844 },
  ]) {
    const { page } = await open(longNames.at('#/fleet'), { viewport });
    await settled(page);
    const cell = page.locator(`.cell[aria-label^="db-1/${long}:"]`);
    expect((await lookAt(cell.locator('bdi'))).isSeen).toBe(true);
    expect(await cell.getAttribute('title')).toContain(long);
    await page.goto(longNames.at('#/timeline?lanes=entity'));
    const lane = page.locator('.lane-name bdi', { hasText: `db-1/${long}` }).first();
    await lane.waitFor();
    expect(await lookAt(lane)).toEqual({ isSeen: true, copied: `db-1/${long}` });
    expect(await lane.getAttribute('title')).toBe(`db-1/${long}`);
  }
});

test('a history without the events of runs says when it begins, and what it knows', async ({
  open,
}) => {
  const { page } = await open(instancesOnly.at('#/fleet'));
  await settled(page);
  const notice = page.locator('.notice');
  await expect
    .poll(() => notice.textContent())
    .toMatch(/No agent is known.*begins at \d+ \w+ \d\d:\d\d:\d\d.*db\/main.*db\/replica/);
  await notice.getByRole('link', { name: 'db/main' }).click();
  await expect.poll(() => page.locator('main h1').textContent()).toContain('db/main');
});
