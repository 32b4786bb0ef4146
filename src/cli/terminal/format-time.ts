import { AsyncLocalStorage } from 'node:async_hooks';
import prettyMs from 'pretty-ms';
import type { Millis, WallTime } from '../../domain/time.ts';

const timeZone = new AsyncLocalStorage<Intl.DateTimeFormat>();

/**
 * Does work for a reader in another time zone (`Europe/Berlin`): `clockTime` and `dateTime` write the times of that
 * zone instead of those of this process.
 * @throws {RangeError} no such time zone
 */
export const inTimeZone = <T>(zone: string, work: () => T): T =>
  timeZone.run(
    // Swedish times are written like those of ISO 8601.
    new Intl.DateTimeFormat('sv', { dateStyle: 'short', timeStyle: 'medium', timeZone: zone }),
    work,
  );

/** The local time as if it were UTC. */
function local(at: WallTime): Date {
  const zone = timeZone.getStore();
  if (!zone || Number.isNaN(new Date(at).getTime()))
    return new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  const whole = Math.floor(at / 1000) * 1000;
  return new Date(Date.parse(`${zone.format(whole).replace(' ', 'T')}Z`) + at - whole);
}

/** `12:03:04` in local time. */
export const clockTime = (at: WallTime): string =>
  dateTime(at).split(' ')[1]?.slice(0, 8) ?? String(at);

/** `2026-01-31 12:03:04.123` in local time. */
export function dateTime(at: WallTime): string {
  const time = local(at);
  // At the limits of `Date` the time zone offset may exceed its range.
  if (Number.isNaN(time.getTime())) return String(at);
  return time.toISOString().replace('T', ' ').replace('Z', '');
}

/** The name of the time zone of these times, as the dashboard names it: `UTC`, `CET`, `GMT+2`. */
export function zoneName(at: WallTime): string {
  const zone = timeZone.getStore()?.resolvedOptions().timeZone;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZoneName: 'short',
    ...(zone !== undefined && { timeZone: zone }),
  });
  if (Number.isNaN(new Date(at).getTime())) return 'UTC';
  return format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC';
}

/** Date and time of day with the zone: `2026-01-31 12:03:04 UTC`. */
export const fullTime = (at: WallTime): string => `${dateTime(at).slice(0, 19)} ${zoneName(at)}`;

/** Time of day with the zone, and the date if it is not today: `12:03:04 UTC`. */
export function when(then: WallTime, now: WallTime): string {
  const full = fullTime(then);
  return full.slice(0, 10) === dateTime(now).slice(0, 10) ? full.slice(11) : full;
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
