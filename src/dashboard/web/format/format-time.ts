import { isUtc, shownZone } from './time-zone.ts';

/** One shared formatter: `toLocaleString` builds one per call, which costs more than the rest of a row. */
const number = new Intl.NumberFormat('en-GB');
const formats = (zone: { readonly timeZone?: 'UTC' }) => ({
  clock: new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', ...zone }),
  day: new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', ...zone }),
});
const [local, utc] = [formats({}), formats({ timeZone: 'UTC' })];
const shown = () => (isUtc.value ? utc : local);

/** Time of day. */
export const clockTime = (at: number): string => shown().clock.format(at);

/** Day and time of day. */
export const dayTime = (at: number): string => `${shown().day.format(at)} ${clockTime(at)}`;

/** A time, or two with a dash between; with the day if it is not today. */
export function formatSpan(from: number, to: number): string {
  const isToday = shown().day.format(from) === shown().day.format(Date.now());
  const [start, end] = [isToday ? clockTime(from) : dayTime(from), clockTime(to)];
  return clockTime(from) === end ? start : `${start}–${end}`;
}

/** Time of day, with the day if it is not today. */
export const when = (at: number): string => formatSpan(at, at);

/** A duration in at most two units: `0.4 s`, `17 s`, `4 m 12 s`, `3 h 5 m`, `2 d 4 h`. */
export function formatDuration(to: number, from = 0): string {
  const s = Math.floor(to / 1000) - Math.floor(from / 1000);
  if (to - from < 1000) return `0.${Math.max(0, Math.floor((to - from) / 100))} s`;
  if (s < 60) return `${s} s`;
  if (s < 3600) return two(Math.floor(s / 60), 'm', s % 60, 's');
  if (s < 86_400) return two(Math.floor(s / 3600), 'h', Math.floor((s % 3600) / 60), 'm');
  return two(Math.floor(s / 86_400), 'd', Math.floor((s % 86_400) / 3600), 'h');
}

const two = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;

/** The time left until `until`, or `due now`. `now` is null while the data is stale. */
export function timeLeft(until: number, now: number | null): string {
  if (now === null) return '—';
  return until <= now ? 'due now' : `in ${formatDuration(until, now)}`;
}

/** The time left and the clock time, with the day unless that is today: `in 3 m, 14:03:10 UTC`. */
export function countdown(until: number, now: number | null): string {
  const left = timeLeft(until, now);
  return left === 'due now' ? left : `${left}, ${when(until)} ${shownZone(until)}`;
}

/** The time since `from`. `now` is null while the data is stale. */
export const since = (from: number, now: number | null): string =>
  now === null ? '—' : formatDuration(now, from);

export const formatNumber = (value: number): string => number.format(value);

export const formatCount = (count: number, one: string, many = `${one}s`): string =>
  `${formatNumber(count)} ${count === 1 ? one : many}`;
