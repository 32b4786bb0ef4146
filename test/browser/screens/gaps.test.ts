import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { withCrafted } from '../harness/crafted.ts';
import { withRecording } from '../harness/dashboard.ts';
import { settled, test } from '../harness/visit.ts';

/** Missing: the first three events, and sixteen later ones, some of web-3. One line is not an event. */
const holed = withCrafted((lines) =>
  lines
    .filter(({ seq }) => seq > 3 && (seq < 60 || seq > 75))
    .map((line) => (line.seq === 100 ? { ...line, event: undefined, text: 'no JSON' } : line)),
);
const whole = withRecording();

/** The number of painted pixels in a row at the top of the slider, above all bars. */
const painted = (page: Page, from: number, to: number): Promise<number> =>
  page.locator('.strip canvas').evaluate(
    (canvas, [left, right]) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const context = (canvas as HTMLCanvasElement).getContext('2d');
      if (!context) return Number.NaN;
      const x = Math.round(width * left);
      const wide = Math.max(1, Math.round(width * (right - left)));
      const { data } = context.getImageData(x, 0, wide, Math.ceil(height * 0.1));
      let some = 0;
      for (let at = 3; at < data.length; at += 4) if ((data[at] ?? 0) > 40) some += 1;
      return some / (data.length / 4);
    },
    [from, to] as const,
  );

test('a gap is hatched at its position in the slider and nowhere else', async ({ open }) => {
  // The browser warns that reading the canvas back is slow.
  const may = /willReadFrequently/;
  const { page } = await open(holed.at(), { may });
  await settled(page);
  // No event between seq 59 and 76 is left.
  await expect.poll(() => painted(page, 0.1, 0.17)).toBeGreaterThan(0.15);
  expect(await painted(page, 0.2, 0.3)).toBeLessThan(0.01);
  const { page: sound } = await open(whole.at(), { may });
  await settled(sound);
  await sound.waitForTimeout(300);
  expect(await painted(sound, 0.13, 0.14)).toBeLessThan(0.01);
});

test('counts exclude a gap, and every screen shows this', async ({ open }) => {
  const { page } = await open(holed.at());
  await settled(page);
  for (const hash of ['#/fleet', '#/timeline', '#/machines', '#/gc', '#/entity?of=host/web-3']) {
    await page.goto(holed.at(hash));
    await expect
      .poll(() => page.locator('.transport .controls').textContent())
      .toMatch(/112 transitions · 20 events missing and not counted/);
  }
  const { page: sound } = await open(whole.at());
  await settled(sound);
  expect(await sound.locator('.transport').textContent()).not.toContain('missing');
});

test('the timeline hatches a gap over every lane and names its sequences and reason', async ({
  open,
}) => {
  const { page } = await open(holed.at('#/timeline'));
  await settled(page);
  await expect.poll(() => page.locator('.lanes .gap').count()).toBe(2);
  expect(await page.locator('.ruler .gap').count()).toBe(2);
  const note = await page.getByTestId('gap').textContent();
  expect(note).toContain('seq 60–75 are not in the recording');
  expect(note).toMatch(/seq 100 cannot be read/);
  const box = async (selector: string) => await page.locator(selector).first().boundingBox();
  const [gap, lane] = [await box('.lanes .gap'), await box('.lanes > li:not(.cursor) .lane-time')];
  expect(gap?.height).toBeGreaterThan(lane?.height ?? Infinity);
});

test('a history shows a gap as a row, and the previous state after it as unknown', async ({
  open,
}) => {
  const { page } = await open(holed.at('#/entity?of=agent/web-3/web'));
  await settled(page);
  const rows = page.getByRole('list', { name: 'Transitions, newest first' }).locator(':scope > li');
  await expect.poll(() => rows.count()).toBeGreaterThan(5);
  const texts = await rows.allTextContents();
  const at = texts.findIndex((text) => text.includes('seq 60–75 are not in the recording'));
  expect(texts[at - 1]).toContain('seq 76');
  expect(texts[at + 1]).toContain('seq 28');
  expect(texts[at - 1]).toMatch(/\? →/);
  expect(texts.at(-1)).toContain('seq 1–3');
  // The chain's counter shows how many of the missing events were its own.
  await rows
    .nth(at - 2)
    .getByRole('button', { name: /details/ })
    .click();
  await expect.poll(() => rows.nth(at - 2).textContent()).toMatch(/missing2 of its own events/);
});

test('a history without a gap has no gap row', async ({ open }) => {
  const { page } = await open(whole.at('#/entity?of=agent/web-3/web'));
  await settled(page);
  await page
    .getByRole('list', { name: 'Transitions, newest first' })
    .locator('li')
    .first()
    .waitFor();
  expect(await page.getByTestId('gap').count()).toBe(0);
});
