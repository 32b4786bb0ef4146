import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { withRecording } from './harness/dashboard.ts';
import { settled, test } from './harness/visit.ts';

const sample = withRecording();

const screens = {
  fleet: '#/fleet',
  'fleet in the past': '#/fleet?at=seq:100',
  timeline: '#/timeline',
  machines: '#/machines',
  gc: '#/gc',
} as const;

for (const scheme of ['light', 'dark'] as const) {
  for (const [name, hash] of Object.entries(screens)) {
    test(`${name}, ${scheme}: nothing that keeps somebody out, contrast included`, async ({
      open,
    }) => {
      const { page } = await open(sample.at(hash), { colorScheme: scheme });
      await settled(page);
      if (name === 'machines') await page.locator('.chart svg').waitFor();
      expect(await serious(page)).toEqual([]);
    });
  }

  test(`the browser's wish for ${scheme} is followed`, async ({ open }) => {
    const { page } = await open(sample.at(), { colorScheme: scheme });
    await settled(page);
    const light = await lightness(page);
    if (scheme === 'dark') expect(light).toBeLessThan(64);
    else expect(light).toBeGreaterThan(192);
  });
}

test('a chosen theme holds against the wish of the browser, and is remembered', async ({
  open,
}) => {
  const { page } = await open(sample.at(), { colorScheme: 'light' });
  await settled(page);
  const button = page.getByRole('button', { name: /^Theme/ });
  await button.click();
  await button.click();
  await expect.poll(() => lightness(page)).toBeLessThan(64);
  await page.reload();
  await settled(page);
  expect(await lightness(page)).toBeLessThan(64);
});

test('who wants no motion gets none', async ({ open }) => {
  const { page } = await open(sample.at(), { reducedMotion: 'reduce' });
  await settled(page);
  const moving = await page.evaluate(
    () =>
      document
        .getAnimations()
        .filter(({ effect }) => Number(effect?.getComputedTiming().activeDuration) > 20).length,
  );
  expect(moving).toBe(0);
});

test('a state is told by a sign and a word, never by its colour alone', async ({ open }) => {
  const { page } = await open(sample.at('#/fleet?at=seq:100'));
  await aProblem(page);
  const told = await page
    .locator('.tallies .tally')
    .evaluateAll((tallies) =>
      tallies.map((one) => [
        one.querySelector('.glyph')?.textContent?.trim() ?? '',
        /[a-z]+/.exec(one.textContent)?.[0] ?? '',
      ]),
    );
  expect(told.length).toBeGreaterThanOrEqual(2);
  for (const [sign, word] of told) expect([sign, word]).not.toContain('');
});

for (const type of ['achromatopsia', 'deuteranopia', 'protanopia', 'tritanopia'] as const) {
  test(`to an eye with ${type} suspect and live differ in what is drawn`, async ({ open }) => {
    const { page } = await open(sample.at('#/fleet?at=seq:100'));
    await aProblem(page);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Emulation.setEmulatedVisionDeficiency', { type });
    const [live, suspect] = await Promise.all(
      ['live', 'suspect'].map((word) => page.locator(`.tally.s-${word} .glyph`).screenshot()),
    );
    expect(suspect?.equals(live ?? Buffer.alloc(0))).toBe(false);
  });
}

/** Goes on to a moment at which somebody is suspect. */
async function aProblem(page: Page): Promise<void> {
  await settled(page);
  await page.getByTestId('past').waitFor();
  await page.keyboard.press('n');
  await page.locator('.tally.s-suspect').waitFor();
}

/** What axe-core calls serious or critical, with where it is. */
async function serious(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ['violations'] }),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.slice(0, 5).map(({ html, any }) => `${id}: ${html.slice(0, 120)} ${any[0]?.message}`),
    );
}

/** How bright the page's ground is, 0 to 255. */
function lightness(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.createElement('canvas').getContext('2d');
    if (!canvas) return Number.NaN;
    canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
    canvas.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = canvas.getImageData(0, 0, 1, 1).data;
    return (red + green + blue) / 3;
  });
}
