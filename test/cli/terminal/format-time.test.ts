import { describe, expect, it } from 'vitest';
import {
  ago,
  clockTime,
  dateTime,
  formatRounded,
  formatSetting,
  fullTime,
  inTimeZone,
  when,
} from '../../../src/cli/terminal/format-time.ts';

describe('a duration', () => {
  it.each([
    [0, '<1 s'],
    [999, '<1 s'],
    [1000, '1 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_599_999, '59 min'],
    [3_600_000, '1 h'],
    [90_000_000, '1 d'],
    [40_000_000_000, '1 y'],
  ])('of %d ms is shown as %s', (duration, text) => {
    expect(formatRounded(duration)).toBe(text);
  });

  it('since a moment is never negative: another machine’s clock may run ahead', () => {
    expect(ago(5000, 0)).toBe('<1 s');
    expect(ago(0, 5000)).toBe('5 s');
  });

  it('that is a ttl is printed as in the settings', () => {
    expect([formatSetting(15_000), formatSetting(90_000), formatSetting(2000)]).toEqual([
      '15s',
      '1m 30s',
      '2s',
    ]);
  });
});

describe('a time', () => {
  it('has the date and the milliseconds', () => {
    expect(dateTime(1_700_000_000_123)).toMatch(/^2023-11-1[45] \d\d:\d\d:20\.123$/);
  });

  it('in a text names its zone, and the day if it is another one', () => {
    const [then, later] = [Date.UTC(2026, 0, 31, 23, 30, 5), Date.UTC(2026, 0, 31, 23, 50)];
    const texts = (zone: string) => inTimeZone(zone, () => [when(then, later), fullTime(then)]);
    expect(texts('UTC')).toEqual(['23:30:05 UTC', '2026-01-31 23:30:05 UTC']);
    expect(texts('Europe/Berlin')).toEqual(['00:30:05 CET', '2026-02-01 00:30:05 CET']);
    expect(texts('Asia/Kolkata')[0]).toBe('05:00:05 GMT+5:30');
    expect(inTimeZone('UTC', () => when(then, later + 86_400_000))).toBe('2026-01-31 23:30:05 UTC');
    expect(when(1e300, 0)).toContain('1e+300');
  });

  it('is shown unchanged if it is invalid', () => {
    expect(dateTime(1e300)).toBe('1e+300');
    expect(inTimeZone('Asia/Tokyo', () => dateTime(1e300))).toBe('1e+300');
  });

  it('is that of the reader, also with summer time, half hours and another day', async () => {
    const [winter, summer] = [Date.UTC(2026, 0, 31, 23, 30, 5, 123), Date.UTC(2026, 6, 1, 12)];
    const read = (zone: string) =>
      inTimeZone(zone, async () => [dateTime(winter), clockTime(winter), clockTime(summer)]);
    expect(await read('UTC')).toEqual(['2026-01-31 23:30:05.123', '23:30:05', '12:00:00']);
    expect(await read('Europe/Berlin')).toEqual([
      '2026-02-01 00:30:05.123',
      '00:30:05',
      '14:00:00',
    ]);
    expect((await read('Asia/Kolkata'))[0]).toBe('2026-02-01 05:00:05.123');
    expect((await read('America/St_Johns'))[0]).toBe('2026-01-31 20:00:05.123');
    expect(() => inTimeZone('Mars/Olympus', () => 0)).toThrow(RangeError);
  });
});
