import { isTimeOfDay, parseClockTime } from '../../../domain/parse-clock-time.ts';
import type { Window } from './time-scale.ts';
import { isUtc, shownZone } from './time-zone.ts';

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * A time as a person writes it or as the page shows it, in milliseconds since 1970; undefined if it is none. Without
 * `UTC` or `Z` it is in the time zone that the page shows. `isAfter`: see {@link parseClockTime}.
 */
export function parseTime(text: string, now: number, isAfter = false): number | undefined {
  const words = text.trim().toLowerCase();
  if (words === 'now') return now;
  // As records have it.
  if (/^\d{13}$/.test(words)) return Number(words);
  const [, ago] = /^((?:\d+(?:\.\d+)? *(?:[shd]|m(?![os]))[a-z]* *)+)ago$/.exec(words) ?? [];
  if (ago !== undefined) {
    const parts = ago.matchAll(/([\d.]+) *([smhd])/g);
    return (
      now - [...parts].reduce((sum, [, n, unit = '']) => sum + Number(n) * (units[unit] ?? 0), 0)
    );
  }
  const shown = { calendar: Date, isUtc: isUtc.value, nameAt: shownZone };
  return parseClockTime(words, now, shown, isAfter);
}

/**
 * A range of time, as `14:00 - 14:30`; undefined if it is none. An end without a day is the first such time after
 * the beginning, which may still be to come; a beginning without a day is the last one before an end with a day.
 */
export function parseRange(text: string, now: number): Window | undefined {
  const [start, end, ...more] = text.split(/ *(?:[–→]| - | to ) */);
  if (start === undefined || end === undefined || more.length > 0) return undefined;
  const last = isTimeOfDay(end) ? now : parseTime(end, now);
  const from = parseTime(start, (isTimeOfDay(start) && last) || now);
  const to = isTimeOfDay(end) && from ? parseTime(end, from, true) : last;
  return from && to && from < to ? { from, to } : undefined;
}
