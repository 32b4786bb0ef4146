import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  clockTime,
  countdown,
  dayTime,
  formatSpan,
  when,
} from '../../../../src/dashboard/web/format/format-time.ts';
import { parseRange, parseTime } from '../../../../src/dashboard/web/format/parse-time.ts';
import { isUtc, shownZone } from '../../../../src/dashboard/web/format/time-zone.ts';
import { isSoon } from '../../../../src/domain/parse-clock-time.ts';

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
    ['2 hours 5 seconds ago', '2026-11-29T08:47:07'],
    ['28 Nov 14:03:10', '2026-11-28T14:03:10'],
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

  it.each([
    '',
    '25:03',
    '14',
    'tomorrow 14:03',
    '10 ago',
    '2026-13-01 10:00',
    '14:03 CET',
    'x',
    '1 month ago',
    '5 ms ago',
  ])('%j is none', (text) => {
    expect(parseTime(text, now)).toBeUndefined();
  });

  it.each([
    ['10:30 - 10:50', '2026-11-29T10:30:00', '2026-11-29T10:50:00'],
    ['yesterday 14:00 - 14:30', '2026-11-28T14:00:00', '2026-11-28T14:30:00'],
    ['2026-11-02 14:00 to 0:30', '2026-11-02T14:00:00', '2026-11-03T00:30:00'],
    ['1h ago - 10m ago', '2026-11-29T09:47:12', '2026-11-29T10:37:12'],
    ['10:00 - now', '2026-11-29T10:00:00', '2026-11-29T10:47:12'],
  ])('%s is a range, whose end may be to come', (text, from, to) => {
    expect(parseRange(text, now)).toEqual({ from: local(from), to: local(to) });
  });

  it.each([
    ['10:48', true],
    ['11:47', true],
    ['11:48', false],
    ['10:47', false],
    ['10:48 - 10:50', true],
    ['yesterday 10:48', false],
    ['24h ago', false],
  ])('%s without a day is soon: %s', (text, expected) => {
    const found = parseRange(text, now)?.from ?? parseTime(text, now) ?? Number.NaN;
    expect(isSoon(text, found, now)).toBe(expected);
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

describe('a time as the page shows it', () => {
  const zones = { 'local time': false, UTC: true };
  it.each(Object.entries(zones))('can be written into the field, in %s', (_, shown) => {
    isUtc.value = shown;
    try {
      fc.assert(
        fc.property(fc.nat(170 * 86_400_000), fc.nat(3_600_000), (ago, length) => {
          const present = Date.now();
          const at = present - 3_600_000 - ago;
          const second = Math.floor(at / 1000) * 1000;
          const zone = shownZone(at);
          for (const text of [dayTime(at), `${dayTime(at)} ${zone}`, when(at), `${second}`])
            expect([text, parseTime(text, present)]).toEqual([text, second]);
          expect(parseTime(clockTime(at), at)).toBe(second);
          expect(parseTime(`${clockTime(at)} ${zone}`, at)).toBe(second);
          expect(parseTime(new Date(at).toISOString(), present)).toBe(at);
          const [, until = ''] = countdown(at, at - 5000).split(', ');
          expect(parseTime(until, present)).toBe(second);
          const to = Math.floor((at + length) / 1000) * 1000;
          if (to === second) return;
          const range = { from: second, to };
          expect(parseRange(`${dayTime(at)} → ${dayTime(to)}`, present)).toEqual(range);
          expect(parseRange(formatSpan(at, to), present)).toEqual(range);
        }),
      );
    } finally {
      isUtc.value = false;
    }
  });

  it('has its day unless that is today', () => {
    const now = Date.now();
    expect(when(now)).toBe(clockTime(now));
    expect(when(now - 86_400_000)).toBe(dayTime(now - 86_400_000));
  });
});

describe('when clocks change', () => {
  // In Berlin, 2026-03-29 has 23 hours: no 2:30. 2026-10-25 has 25: 2:30 comes twice, at 0:30 and 1:30 UTC.
  let before: string | undefined;
  beforeAll(() => {
    before = process.env['TZ'];
    process.env['TZ'] = 'Europe/Berlin';
  });
  afterAll(() => {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  });

  it.each([
    ['yesterday 14:03', '2026-03-30T00:15+02:00', '2026-03-29T14:03+02:00'],
    ['yesterday 1:30', '2026-03-30T00:15+02:00', '2026-03-29T01:30+01:00'],
    ['23:59', '2026-03-30T00:15+02:00', '2026-03-29T23:59+02:00'],
    ['yesterday 14:03', '2026-10-25T23:45+01:00', '2026-10-24T14:03+02:00'],
    ['yesterday 14:03', '2026-10-26T00:15+01:00', '2026-10-25T14:03+01:00'],
    ['23:50', '2026-10-25T23:45+01:00', '2026-10-24T23:50+02:00'],
    ['2:30', '2026-10-25T02:40+02:00', '2026-10-25T02:30+02:00'],
    ['2:30', '2026-10-25T02:20+01:00', '2026-10-25T02:30+02:00'],
    ['2:30', '2026-10-25T02:40+01:00', '2026-10-25T02:30+01:00'],
    ['0:30 UTC', '2026-10-25T02:40+01:00', '2026-10-25T02:30+02:00'],
    ['1h ago', '2026-10-25T02:40+01:00', '2026-10-25T02:40+02:00'],
  ])('%s at %s is %s', (text, at, expected) => {
    const found = parseTime(text, Date.parse(at));
    expect(found && new Date(found).toISOString()).toBe(new Date(expected).toISOString());
  });

  it('a range ends at the first such time after its beginning', () => {
    const at = Date.parse('2026-10-26T12:00+01:00');
    expect(parseRange('2026-10-25 0:50 - 0:40', at)).toEqual({
      from: Date.parse('2026-10-25T00:50+02:00'),
      to: Date.parse('2026-10-26T00:40+01:00'),
    });
  });

  it('yesterday is the day before in UTC while the page shows UTC', () => {
    isUtc.value = true;
    try {
      const at = Date.parse('2026-10-26T00:15+01:00');
      expect(parseTime('yesterday 14:03', at)).toBe(Date.parse('2026-10-24T14:03Z'));
    } finally {
      isUtc.value = false;
    }
  });
});
