import { describe, expect, it } from 'vitest';
import { Duration, DurationOrMillis } from '../../../src/composition/time/duration.ts';

describe('a duration that people write', () => {
  it.each([
    ['15s', 15_000],
    ['1m 30s', 90_000],
    ['1m30s', 90_000],
    ['500ms', 500],
    ['1.5s', 1500],
    [' 10 min ', 600_000],
    ['2 hours', 7_200_000],
    ['0s', 0],
    ['0.57h', 2_052_000],
    ['1s 400us', 1000],
    ['2s 1500us', 2002],
  ])('%j means %d ms', (text, expected) => {
    expect(Duration.parse(text)).toBe(expected);
  });

  it.each([
    '15',
    '',
    ' ',
    's',
    'soon',
    '15 foo',
    '-5s',
    '15s!!',
    'PT5S',
    '1h30',
    '1h 30x',
    '1h30mn',
    '10m 5seconds 3foo',
    '1e3s',
    '1,000ms',
    'Infinity s',
  ])('%j is refused as ambiguous', (text) => {
    expect(Duration.safeParse(text).success).toBe(false);
  });

  it('without a unit is refused', () => {
    expect(Duration.safeParse(15).success).toBe(false);
  });

  it('is refused if it exceeds the largest number', () => {
    expect(Duration.safeParse(`${'9'.repeat(400)}y`).success).toBe(false);
  });

  it('may be a number of milliseconds in a program', () => {
    expect([DurationOrMillis.parse(1500), DurationOrMillis.parse('1.5s')]).toEqual([1500, 1500]);
    expect(DurationOrMillis.safeParse(-1).success).toBe(false);
    expect(DurationOrMillis.safeParse(Number.NaN).success).toBe(false);
  });
});
