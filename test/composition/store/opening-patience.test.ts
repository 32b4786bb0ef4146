import { expect, test } from 'vitest';
import { OpeningPatience } from '../../../src/composition/store/opening-patience.ts';

test('an attempt to open the store may take twice as long as the one that timed out, at most a minute', () => {
  const patience = new OpeningPatience();
  const limits = Array.from({ length: 7 }, () => {
    const { within } = patience;
    const pause = patience.pauseAfter(within);
    expect(pause).toBeLessThan(61_000);
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

test('the pauses after timeouts grow to a minute, so that ten thousand clients make less than 120 attempts a second', () => {
  const longest = (timeouts: number): number => {
    const pauses = Array.from({ length: 200 }, () => {
      const patience = new OpeningPatience();
      for (let n = 1; n < timeouts; n += 1) patience.pauseAfter(3000);
      return patience.pauseAfter(3000);
    });
    return Math.max(...pauses);
  };
  expect(longest(1)).toBeLessThan(3500);
  expect(longest(10)).toBeGreaterThan(50_000);
  const patience = new OpeningPatience();
  const each = Array.from({ length: 2000 }, () => patience.within + patience.pauseAfter(60_000));
  const middle = each.reduce((sum, one) => sum + one, 0) / each.length;
  expect(10_000 / (middle / 1000)).toBeLessThan(120);
});
