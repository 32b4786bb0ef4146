import type { Window } from './time-scale.ts';
import { isUtc } from './time-zone.ts';

/** What {@link parseTime} understands, for people. */
export const timeRule = 'a time like 14:03, yesterday 14:03, 2026-11-29 14:03:10 or 10m ago';

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const clock =
  /^(?:(yesterday|\d{4}-\d\d-\d\d)[ t]+)?(\d\d?:\d\d(?::\d\d(?:\.\d{1,3})?)?) *(z|utc)?$/;

/**
 * A time as a person writes it, in milliseconds since 1970; undefined if it is none. Without `UTC` or `Z` it
 * is in the time zone that the page shows. A time of day without a day is the last one before `now`, or with
 * `isAfter` the first one after it.
 */
export function parseTime(text: string, now: number, isAfter = false): number | undefined {
  const words = text.trim().toLowerCase();
  if (words === 'now') return now;
  const [, ago] = /^((?:\d+(?:\.\d+)? *[smhd][a-z]* *)+)ago$/.exec(words) ?? [];
  if (ago !== undefined) {
    const parts = ago.matchAll(/([\d.]+) *([smhd])/g);
    return (
      now - [...parts].reduce((sum, [, n, unit = '']) => sum + Number(n) * (units[unit] ?? 0), 0)
    );
  }
  const [, day, time = '', zone] = clock.exec(words) ?? [];
  if (time === '') return undefined;
  const inUtc = zone !== undefined || isUtc.value;
  const offset = (at: number) => (inUtc ? 0 : new Date(at).getTimezoneOffset() * 60_000);
  /** So many days after today. Days are counted, because one may have 23 or 25 hours. */
  const on = (days: number) => {
    const local = new Date(now - offset(now));
    local.setUTCDate(local.getUTCDate() + days);
    const date = day?.startsWith('2') ? day : local.toISOString().slice(0, 10);
    return Date.parse(`${date}T${time[1] === ':' ? '0' : ''}${time}${inUtc ? 'Z' : ''}`);
  };
  /** When clocks go back, a time of day comes twice: then the second one. */
  const again = (first: number) => {
    const second = first + offset(now) - offset(first);
    return offset(second) === offset(now) ? second : first;
  };
  if (day !== undefined) return on(day === 'yesterday' ? -1 : 0) || undefined;
  const times = [on(-1), on(0), again(on(0)), on(1)];
  return isAfter ? times.find((at) => at > now) : times.findLast((at) => at <= now);
}

/**
 * A range of time, as `14:00 - 14:30`; undefined if it is none. An end without a day is the first such time after
 * the beginning, which may still be to come; a beginning without a day is the last one before an end with a day.
 */
export function parseRange(text: string, now: number): Window | undefined {
  const [start, end, ...more] = text.split(/ *(?:–| - | to ) */);
  if (start === undefined || end === undefined || more.length > 0) return undefined;
  const last = isClock.test(end) ? now : parseTime(end, now);
  const from = parseTime(start, (isClock.test(start) && last) || now);
  const to = isClock.test(end) && from ? parseTime(end, from, true) : last;
  return from && to && from < to ? { from, to } : undefined;
}

/**
 * Whether a time, or the beginning of a range, was written without a day and comes within an hour: then the day before,
 * which was found for it, is hardly meant.
 */
export const isSoon = (text: string, found: number, now: number): boolean =>
  isClock.test(text.trim()) && now - found > 23 * 3_600_000;

/** A time of day without a day. */
const isClock = /^\d\d?:/;
