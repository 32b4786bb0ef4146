import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { withRecording } from '../harness/dashboard.ts';
import { settled, test } from '../harness/visit.ts';

const sample = withRecording();

async function timeline(page: Page): Promise<void> {
  await settled(page);
  await page.locator('.legend .swatch').first().waitFor();
}

/** The names of the lanes that a band of this kind shades. */
const shaded = async (page: Page, kind: string) => {
  const names = page.locator(`.lane:has(> .lane-time > .${kind}.band) > .lane-name`);
  return (await names.allTextContents()).toSorted();
};

/** Where a band begins and ends, in per cent of the width of its lane. */
const partOf = (page: Page, selector: string) =>
  page
    .locator(selector)
    .first()
    .evaluate((one) => {
      const lane = one.parentElement?.getBoundingClientRect() ?? new DOMRect();
      const { left, right } = one.getBoundingClientRect();
      return [left, right].map((x) => Math.round(((x - lane.left) / lane.width) * 100));
    });

test('a hold shades the lanes of its host from its beginning to its end', async ({ open }) => {
  const { page } = await open(sample.at('#/timeline'));
  await timeline(page);
  expect(await shaded(page, 'hold')).toEqual(['cache-1/metrics', 'cache-1/redis']);
  const [from = 0, to = 0] = await partOf(page, '.lane > .lane-time > .hold');
  // Of 105 s, from 48.7 s to 66.4 s.
  expect(Math.abs(from - 46)).toBeLessThan(2);
  expect(Math.abs(to - 63)).toBeLessThan(2);
});

test('a brake shades the lanes of its zone', async ({ open }) => {
  const { page } = await open(sample.at('#/timeline'));
  await timeline(page);
  expect(await shaded(page, 'brake')).toEqual([
    'batch-1/worker',
    'edge-1/proxy',
    'web-1/web',
    'web-2/web',
    'web-3/web',
  ]);
});

test('a blind collector shades all lanes', async ({ open }) => {
  const { page } = await open(sample.at('#/timeline'));
  await timeline(page);
  expect(await shaded(page, 'blind')).toEqual([]);
  const height = async (selector: string) =>
    (await page.locator(selector).first().boundingBox())?.height ?? Number.NaN;
  const lanes = await height('.lanes');
  expect(lanes).toBeGreaterThan(100);
  expect(Math.abs((await height('.lanes > .cursor .blind')) - lanes)).toBeLessThan(2);
  const [from = 0, to = 0] = await partOf(page, '.lanes > .cursor .blind');
  expect(from).toBe(0);
  expect(to).toBeLessThan(22);
});
