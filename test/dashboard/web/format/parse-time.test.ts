import { describe, expect, it } from 'vitest';
import { clockTime } from '../../../../src/dashboard/web/format/format-time.ts';
import { parseRange, parseTime } from '../../../../src/dashboard/web/format/parse-time.ts';
import { isUtc, shownZone } from '../../../../src/dashboard/web/format/time-zone.ts';

const local = (text: string): number => new Date(text).getTime();
const now = local('2026-11-29T10:47:12');

describe('a time as a person writes it', () => {
  it.each([
    ['now', '2026-11-29T10:47:12'],
    ['9:03', '2026-11-29T09:03:00'],
    ['10:47:12', '2026-11-29T10:47:12'],
    ['14:03', '2026-11-28T14:03:00'],
    ['yesterday 14:03', '2026-11-28T14:03:00'],
    ['Yesterday  9:03', '2026-11-28T09:03:00'],
    ['2026-11-02 14:03:10.5', '2026-11-02T14:03:10.500'],
    ['10m ago', '2026-11-29T10:37:12'],
    ['1h 30 min ago', '2026-11-29T09:17:12'],
  ])('%s is %s, local time', (text, expected) => {
    expect(parseTime(text, now)).toBe(local(expected));
  });

  it('is UTC if it says so', () => {
    const utc = Date.parse('2026-11-29T10:47:12Z');
    expect(parseTime('10:40 UTC', utc)).toBe(Date.parse('2026-11-29T10:40:00Z'));
    expect(parseTime('2026-11-02T14:03:10Z', utc)).toBe(Date.parse('2026-11-02T14:03:10Z'));
  });

  it('is UTC while the page shows UTC', () => {
    isUtc.value = true;
    try {
      const at = Date.parse('2026-11-29T09:03:00Z');
      expect(parseTime('9:03', Date.parse('2026-11-29T10:47:12Z'))).toBe(at);
      expect(clockTime(at)).toBe('09:03:00');
      expect(shownZone(at)).toBe('UTC');
    } finally {
      isUtc.value = false;
    }
  });

  it.each(['', '25:03', '14', 'tomorrow 14:03', '10 ago', '2026-13-01 10:00', '14:03 CET', 'x'])(
    '%j is none',
    (text) => {
      expect(parseTime(text, now)).toBeUndefined();
    },
  );

  it.each([
    ['10:30 - 10:50', '2026-11-29T10:30:00', '2026-11-29T10:50:00'],
    ['yesterday 14:00 - 14:30', '2026-11-28T14:00:00', '2026-11-28T14:30:00'],
    ['2026-11-02 14:00 to 0:30', '2026-11-02T14:00:00', '2026-11-03T00:30:00'],
    ['1h ago - 10m ago', '2026-11-29T09:47:12', '2026-11-29T10:37:12'],
    ['10:00 - now', '2026-11-29T10:00:00', '2026-11-29T10:47:12'],
  ])('%s is a range, whose end may be to come', (text, from, to) => {
    expect(parseRange(text, now)).toEqual({ from: local(from), to: local(to) });
  });

  it('may be a range, whose end has the day', () => {
    const range = { from: local('2026-11-28T23:50:00'), to: local('2026-11-29T00:10:00') };
    expect(parseRange('23:50 - 0:10', now)).toEqual(range);
    expect(parseRange('10:00', now)).toBeUndefined();
    expect(parseRange('10:10 - 2026-11-02 10:00', now)).toMatchObject({
      to: local('2026-11-02T10:00:00'),
    });
  });
});
