import { expect } from 'vitest';
import { withRecording } from '../harness/dashboard.ts';
import { settled, test } from '../harness/visit.ts';

const sample = withRecording();

test('each click on the theme changes what one sees, and the choice of the browser is followed again', async ({
  open,
}) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page, another } = await open(sample.at(), { colorScheme });
    await settled(page);
    const colour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const [other, own] = [colorScheme === 'light' ? 'dark' : 'light', 'auto'];
    const first = await colour();
    await page.getByRole('button', { name: `Theme: ${own}` }).click();
    const second = await colour();
    expect(second).not.toBe(first);
    const again = await another();
    await again.getByRole('button', { name: `Theme: ${other}` }).waitFor();
    await page.getByRole('button', { name: `Theme: ${other}` }).click();
    expect(await colour()).toBe(first);
    await page.getByRole('button', { name: `Theme: ${own}` }).waitFor();
  }
});
