import prettyMs from 'pretty-ms';
import type { Millis, WallTime } from '../../domain/time.ts';

/** `12:03:04` in local time. */
export const clockTime = (at: WallTime): string => new Date(at).toTimeString().slice(0, 8);

/** `2026-01-31 12:03:04.123` in local time. */
export function dateTime(at: WallTime): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  // At the limits of `Date` the time zone offset may exceed its range.
  if (Number.isNaN(local.getTime())) return String(at);
  return local.toISOString().replace('T', ' ').replace('Z', '');
}

/** `12 s`, `3 min`, `2 h`: the largest unit only. */
export function formatRounded(duration: Millis): string {
  if (duration < 1000) return '<1 s';
  return prettyMs(duration, { compact: true, unitCount: 1 })
    .replace(/^(\d+)m$/, '$1 min')
    .replace(/^(\d+)([a-z])$/, '$1 $2');
}

/** Time since `at`; never negative, as the clock of another machine may be ahead. */
export const ago = (at: WallTime, now: WallTime): string => formatRounded(now - at);

/** A duration as it is written in a setting: `15s`, `1m 30s`. */
export const formatSetting = (duration: Millis): string => prettyMs(duration);

/** Elapsed time; below a minute with tenths of a second: `15.2 s`, `3 min`. */
export const formatElapsed = (duration: Millis): string =>
  duration < 60_000 ? `${(duration / 1000).toFixed(1)} s` : formatRounded(duration);
