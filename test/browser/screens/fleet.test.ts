import { expect } from 'vitest';
import { withRecording } from '../harness/dashboard.ts';
import { settled, test } from '../harness/visit.ts';

const sample = withRecording();

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
