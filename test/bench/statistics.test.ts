import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { median, percentile, summarize } from '../../tools/bench/statistics.ts';

const samples = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 });

describe('the median', () => {
  it.each([
    ['of one is that one', [7], 7],
    ['of an odd number is the one in the middle', [9, 1, 5], 5],
    ['of an even number is between the two in the middle', [4, 1, 10, 2], 3],
    ['is not moved by one that is far out', [1, 2, 3, 4, 1e6], 3],
  ])('is correct for %s', (_, of, is) => {
    expect(median(of)).toBe(is);
  });

  test('has as many samples below as above', () => {
    fc.assert(
      fc.property(samples, (some) => {
        const middle = median(some);
        const below = some.filter((sample) => sample < middle).length;
        const above = some.filter((sample) => sample > middle).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(some.length / 2);
      }),
    );
  });
});

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);

  it.each([
    [0, 1],
    [1, 1],
    [50, 50],
    [99, 99],
    [100, 100],
  ])('is a sample: %i of 1 to 100 is %i', (percent, is) => {
    expect(percentile(hundred, percent)).toBe(is);
  });

  it('of 99 has one of 101 samples above it, and none of 99 samples', () => {
    expect(percentile([...hundred, 101], 99)).toBe(100);
    expect(percentile(hundred.slice(1), 99)).toBe(99);
  });

  test('is one of the samples', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 0, max: 100 }), (some, percent) => {
        expect(some).toContain(percentile(some, percent));
      }),
    );
  });
});

describe('a summary', () => {
  it('has the count, the median and the range', () => {
    expect(summarize([3, 1, 2, 10])).toEqual({ n: 4, median: 2.5, min: 1, max: 10, p99: 10 });
  });

  it('of no samples is refused, because 0 would be false', () => {
    expect(() => summarize([])).toThrow(RangeError);
  });

  it('keeps the order of the samples', () => {
    const some = [3, 1, 2];
    summarize(some);
    expect(some).toEqual([3, 1, 2]);
  });
});
