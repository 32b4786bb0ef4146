import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { serious } from './harness/axe.ts';
import { withRecording } from './harness/dashboard.ts';
import { settled, test } from './harness/visit.ts';

const sample = withRecording();

const screens = {
  fleet: '#/fleet',
  'fleet in the past': '#/fleet?at=seq:100',
  'large cells': '#/fleet?at=seq:100&size=L',
  timeline: '#/timeline',
  machines: '#/machines',
  gc: '#/gc',
  'gc in the past': '#/gc?at=seq:106',
  services: '#/services',
  'services in the past': '#/services?at=seq:105',
  'a history': '#/entity?of=agent/db-1/postgres&with=agent/db-2/postgres&rows=46.50&open=50',
  'a comparison of two moments': '#/timeline?at=seq:105&b=60',
  'a drawer': '#/fleet?at=seq:105&sel=agent/batch-1/worker&f=label.tier=*',
  'an instance in the past': '#/entity?of=instance/jobs/a&at=seq:104',
  'a history in the past': '#/entity?of=agent/batch-1/worker&at=seq:105',
} as const;

for (const scheme of ['light', 'dark'] as const) {
  for (const [name, hash] of Object.entries(screens)) {
    test(`${name} has no serious accessibility problem in ${scheme}, contrast included`, async ({
      open,
    }) => {
      const { page } = await open(sample.at(hash), { colorScheme: scheme });
      await settled(page);
      if (name === 'machines') await page.locator('.chart svg').waitFor();
      if (name.startsWith('entity')) await page.locator('.history li').first().waitFor();
      expect(await page.getByTestId('past').count()).toBe(hash.includes('at=') ? 1 : 0);
      expect(await serious(page)).toEqual([]);
    });
  }

  test(`the page follows the browser's preference for ${scheme}`, async ({ open }) => {
    const { page } = await open(sample.at(), { colorScheme: scheme });
    await settled(page);
    const light = await lightness(page);
    if (scheme === 'dark') expect(light).toBeLessThan(64);
    else expect(light).toBeGreaterThan(192);
  });
}

test('a chosen theme overrides the preference of the browser and is remembered', async ({
  open,
}) => {
  const { page, letGo } = await open(sample.at(), { colorScheme: 'light' });
  await settled(page);
  const button = page.getByRole('button', { name: /^Theme/ });
  await button.click();
  await expect.poll(() => lightness(page)).toBeLessThan(64);
  await letGo();
  await page.reload();
  await settled(page);
  expect(await lightness(page)).toBeLessThan(64);
});

test('the page does not animate if the user prefers reduced motion', async ({ open }) => {
  for (const [reducedMotion, moves] of [
    ['no-preference', true],
    ['reduce', false],
  ] as const) {
    // Only the last edge taken is animated on this screen.
    const { page } = await open(sample.at('#/machines?sel=agent/batch-1/worker&at=seq:105'), {
      reducedMotion,
    });
    await settled(page);
    await page.locator('.chart .last .way').first().waitFor({ state: 'attached' });
    const moving = await page.evaluate(
      () =>
        document
          .getAnimations()
          .filter(({ effect }) => Number(effect?.getComputedTiming().activeDuration) > 20).length,
    );
    expect(moving > 0).toBe(moves);
  }
});

test('a state is shown by its own glyph and text, never by colour alone', async ({ open }) => {
  const { page } = await open(sample.at('#/fleet?at=seq:100'));
  await aProblem(page);
  const told = await page.locator('.tallies .tally').evaluateAll((tallies) =>
    tallies.map((one) => ({
      sign: one.querySelector('.glyph')?.textContent?.trim() ?? '',
      word: /[a-z]+/.exec(one.textContent)?.[0] ?? '',
    })),
  );
  expect(told.length).toBeGreaterThanOrEqual(2);
  expect(told.filter(({ sign, word }) => sign === '' || word === '')).toEqual([]);
  expect(new Set(told.map(({ sign }) => sign)).size).toBe(told.length);
});

for (const type of ['achromatopsia', 'deuteranopia', 'protanopia', 'tritanopia'] as const) {
  test(`every state contrasts with its background for a viewer with ${type}`, async ({ open }) => {
    const { page } = await open(sample.at('#/fleet?at=seq:100'));
    await aProblem(page);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Emulation.setEmulatedVisionDeficiency', { type });
    for (const one of await page.locator('.tallies .tally').all()) {
      const picture = (await one.screenshot()).toString('base64');
      expect(await page.evaluate(contrastIn, picture)).toBeGreaterThan(3);
    }
  });
}

/** Runs in the page: the WCAG contrast between the lightest and the darkest pixel of a picture. */
async function contrastIn(png: string): Promise<number> {
  const bytes = Uint8Array.from(atob(png), (one) => one.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
  if (!canvas) return Number.NaN;
  canvas.drawImage(image, 0, 0);
  const { data } = canvas.getImageData(0, 0, image.width, image.height);
  const linear = (part = 0) => ((part / 255 + 0.055) / 1.055) ** 2.4;
  const lights = Array.from({ length: data.length / 4 }, (_, n) => {
    const [red, green, blue] = data.subarray(4 * n, 4 * n + 3);
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  });
  return (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
}

/** Goes to a moment at which an agent is suspect. */
async function aProblem(page: Page): Promise<void> {
  await settled(page);
  await page.getByTestId('past').waitFor();
  await page.keyboard.press('n');
  await page.locator('.tally.s-suspect').waitFor();
}

/** The brightness of the page's background, 0 to 255. */
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
