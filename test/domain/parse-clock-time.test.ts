import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSoon, parseClockTime } from '../../src/domain/parse-clock-time.ts';

const shownZone = (isUtc: boolean) => ({
  calendar: Date,
  isUtc,
  nameAt: (at: number) =>
    new Date(at)
      .toLocaleTimeString('en-GB', { timeZoneName: 'short', ...(isUtc && { timeZone: 'UTC' }) })
      .split(' ')
      .at(-1) ?? '',
});
const read = (text: string, now: string, isUtc = false) => {
  const found = parseClockTime(text, Date.parse(now), shownZone(isUtc));
  return found === undefined ? undefined : new Date(found).toISOString();
};

describe('a time by day and clock', () => {
  let before: string | undefined;
  beforeAll(() => {
    before = process.env['TZ'];
    process.env['TZ'] = 'Europe/Berlin';
  });
  afterAll(() => {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  });

  const now = '2026-11-30T13:20:00+01:00';

  it.each([
    ['30 Nov 13:13:05', '2026-11-30T12:13:05.000Z'],
    ['3 sept 9:03', '2026-09-03T07:03:00.000Z'],
    ['30 Nov 2024 13:13:05', '2024-11-30T12:13:05.000Z'],
    ['29 Nov', '2026-11-28T23:00:00.000Z'],
    ['1 Dec 00:10', '2026-11-30T23:10:00.000Z'],
    ['13:13:05 CET', '2026-11-30T12:13:05.000Z'],
    ['1 Jul 13:13:05 CEST', '2026-07-01T11:13:05.000Z'],
    ['30 Nov 13:13:05 UTC', '2026-11-30T13:13:05.000Z'],
    ['13:13:05 UTC', '2026-11-29T13:13:05.000Z'],
    ['13:13:05Z', '2026-11-29T13:13:05.000Z'],
    ['13:13:05+02:00', '2026-11-30T11:13:05.000Z'],
    ['yesterday 14:03', '2026-11-29T13:03:00.000Z'],
    ['2026-11-29T14:03:10.123456Z', '2026-11-29T14:03:10.123Z'],
    ['2026-11-29 14:03:10,5', '2026-11-29T13:03:10.500Z'],
    ['2026-11-29', '2026-11-28T23:00:00.000Z'],
  ])('%s is read', (text, expected) => {
    expect(read(text, now)).toBe(expected);
  });

  it.each([
    ...['', 'yesterday', '30 Nev 13:13', '31 Nov 13:13', '2026-02-30', '14', 'UTC', '13:60'],
    ...['13:13:05 CEST', '13:13:05 PST', '30 13:13', '24:00', '2026-11-29 CETI'],
  ])('%j is none', (text) => {
    expect(read(text, now)).toBeUndefined();
  });

  it('without a year is on the nearest such day', () => {
    expect(read('31 Dec 23:50', '2027-01-01T00:10+01:00')).toBe('2026-12-31T22:50:00.000Z');
    expect(read('1 Jan 00:10', '2026-12-31T23:50+01:00')).toBe('2026-12-31T23:10:00.000Z');
    expect(read('29 Feb 12:00', '2028-03-01T12:00+01:00')).toBe('2028-02-29T11:00:00.000Z');
    expect(read('29 Feb 12:00', '2026-03-01T12:00+01:00')).toBeUndefined();
  });

  it('that comes twice is the one that its zone names', () => {
    const after = '2026-10-25T12:00+01:00';
    expect(read('25 Oct 02:30 CEST', after)).toBe('2026-10-25T00:30:00.000Z');
    expect(read('25 Oct 02:30 CET', after)).toBe('2026-10-25T01:30:00.000Z');
    expect(read('2:30', after)).toBe('2026-10-25T01:30:00.000Z');
    expect(read('2:30 CEST', after)).toBe('2026-10-25T00:30:00.000Z');
  });

  it('is in UTC where times are shown in UTC', () => {
    expect(read('30 Nov 12:13:05', now, true)).toBe('2026-11-30T12:13:05.000Z');
    expect(read('12:13:05 UTC', now, true)).toBe('2026-11-30T12:13:05.000Z');
    expect(read('12:13:05 CET', now, true)).toBeUndefined();
  });
});

it.each([
  ['10:48', '10:47:12', true],
  ['11:47', '10:47:12', true],
  ['11:48', '10:47:12', false],
  ['10:47', '10:47:12', false],
])('%s without a day at %s is soon: %s', (text, clock, expected) => {
  const now = Date.parse(`2026-11-29T${clock}Z`);
  const found = parseClockTime(text, now, shownZone(true)) ?? Number.NaN;
  expect(isSoon(text, found, now)).toBe(expected);
});
