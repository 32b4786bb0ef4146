import type { Millis, WallTime } from './time.ts';

// Without a module for it, which the library would open at its start.
const hour: Millis = 3_600_000;

/** The texts and the days of the local time zone: what `Date` has, without its clock. */
interface Calendar {
  new (at: WallTime): { toISOString(): string; getTimezoneOffset(): number };
  parse(text: string): WallTime;
}

/** In which time zone times are shown: those without a zone are read in it. */
export interface ShownZone {
  readonly calendar: Calendar;
  /** UTC instead of the local time zone. */
  readonly isUtc?: boolean;
  /** Its name at a time: `CET`. A time may end with it. */
  nameAt(at: WallTime): string;
}

const shape =
  /^(yesterday|\d{4}-\d\d-\d\d|\d\d? [a-z]{3,9}(?: \d{4})?)?(?:(?:^|[ t]+)(\d\d?:\d\d(?::\d\d(?:[.,]\d{1,9})?)?))?(?: *(z|utc|[+-]\d\d:?\d\d)| +([a-z][\w+:-]*))?$/;
const months = 'janfebmaraprmayjunjulaugsepoctnovdec';

/** Whether a text is a time of day without a day, or begins with one. */
export const isTimeOfDay = (text: string): boolean => /^\d\d?:/.test(text.trim());

/**
 * A time by day and clock, in milliseconds since 1970; undefined if it is none: `14:03`, `yesterday 14:03:10`,
 * `2026-11-29 14:03:10`, `29 Nov 14:03:10`, `2026-11-29T14:03:10.5Z`, each with the name of the shown zone, `UTC` or
 * an offset.
 *
 * Without a day it is the last such time before `now`, or with `isAfter` the first one after it. Without a year it is
 * the nearest such day.
 */
export function parseClockTime(
  text: string,
  now: WallTime,
  { calendar, isUtc = false, nameAt }: ShownZone,
  isAfter = false,
): WallTime | undefined {
  const [, day = '', time = '', offset = isUtc ? 'z' : '', name = ''] =
    shape.exec(text.trim().toLowerCase()) ?? [];
  if (time === '' && !/^\d/.test(day)) return undefined;
  const suffix = offset.replace('utc', 'z').toUpperCase();
  const clock = `${time[1] === ':' ? '0' : ''}${time.replace(',', '.') || '00:00'}`;
  /** What the zone adds to UTC. */
  const shift = (at: WallTime): number =>
    suffix === ''
      ? new calendar(at).getTimezoneOffset() * -60_000
      : -calendar.parse(`1970-01-01T00:00${suffix}`);
  const dateOf = (at: WallTime) => new calendar(at + shift(at)).toISOString().slice(0, 10);
  /** The time on a date: twice where clocks go back, and never on 31 February. */
  const on = (date: string): readonly WallTime[] => {
    const first = calendar.parse(`${date}T${clock}${suffix}`);
    if (!(first >= 0) || dateOf(first) !== date) return [];
    const later = shift(first + 3 * hour);
    const second = first + shift(first) - later;
    return [first, second].filter(
      (at) =>
        (at === first || (at > first && shift(at) === later)) &&
        (name === '' || nameAt(at).toLowerCase() === name),
    );
  };
  /** The date some days after today. Days are counted, because one may have 23 or 25 hours. */
  const dateIn = (count: number) =>
    new calendar(calendar.parse(`${dateOf(now)}T12:00Z`) + count * 24 * hour)
      .toISOString()
      .slice(0, 10);
  if (day === 'yesterday') return on(dateIn(-1))[0];
  if (day.includes('-')) return on(day)[0];
  if (day !== '') {
    const [date = '', month = '', year] = day.split(' ');
    const number = `${months.indexOf(month.slice(0, 3)) / 3 + 1}`;
    const monthAndDate = `${number.padStart(2, '0')}-${date.padStart(2, '0')}`;
    const thisYear = Number(dateOf(now).slice(0, 4));
    return (year === undefined ? [-1, 0, 1].map((count) => `${thisYear + count}`) : [year])
      .flatMap((one) => on(`${one}-${monthAndDate}`).slice(0, 1))
      .sort((a, b) => Math.abs(a - now) - Math.abs(b - now))[0];
  }
  const times = [-1, 0, 1].flatMap((count) => on(dateIn(count)));
  return isAfter ? times.find((at) => at > now) : times.findLast((at) => at <= now);
}

/**
 * Whether a time, or the beginning of a range, was written without a day and comes within an hour: then the day before,
 * which was found for it, is hardly meant.
 */
export const isSoon = (text: string, found: WallTime, now: WallTime): boolean =>
  isTimeOfDay(text) && now - found > 23 * hour;
