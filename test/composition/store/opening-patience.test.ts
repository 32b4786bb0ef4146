import { expect, test } from 'vitest';
import { OpeningPatience } from '../../../src/composition/store/opening-patience.ts';

test('an attempt to open the store may take twice as long as the one that timed out, at most a minute', () => {
  const patience = new OpeningPatience();
  const limits = Array.from({ length: 7 }, () => {
    const { within } = patience;
    const pause = patience.pauseAfter(within);
    expect(pause).toBeLessThan(16_000);
    return within;
  });
  expect(limits).toEqual([3000, 6000, 12_000, 24_000, 48_000, 60_000, 60_000]);
});

test('an attempt that was refused at once is made again after about a second', () => {
  const patience = new OpeningPatience();
  patience.pauseAfter(patience.within);
  const pause = patience.pauseAfter(5);
  expect(pause).toBeGreaterThanOrEqual(500);
  expect(pause).toBeLessThanOrEqual(1000);
  expect(patience.within).toBe(3000);
});
