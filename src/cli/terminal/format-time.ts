import prettyMs from 'pretty-ms';
import type { Millis, WallTime } from '../../domain/time.ts';

/** `12:03:04` on the clock of this machine. */
export const clockTime = (at: WallTime): string => new Date(at).toTimeString().slice(0, 8);

/** `2026-01-31 12:03:04.123`, likewise. */
export function dateTime(at: WallTime): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  // The calendar ends, and at its ends the clock of this machine may be beyond it.
  if (Number.isNaN(local.getTime())) return String(at);
  return local.toISOString().replace('T', ' ').replace('Z', '');
}

/** `12 s`, `3 min`, `2 h`: the largest unit, which is what one reads at a glance. */
export function formatRounded(duration: Millis): string {
  if (duration < 1000) return '<1 s';
  return prettyMs(duration, { compact: true, unitCount: 1 })
    .replace(/^(\d+)m$/, '$1 min')
    .replace(/^(\d+)([a-z])$/, '$1 $2');
}

/** How long ago; clocks of other machines run ahead of ours at times. */
export const ago = (at: WallTime, now: WallTime): string => formatRounded(now - at);

/** A duration as one would write it in a setting: `15s`, `1m 30s`. */
export const formatSetting = (duration: Millis): string => prettyMs(duration);

/** How long something took, to a tenth of a second where that says something: `15.2 s`, `3 min`. */
export const formatElapsed = (duration: Millis): string =>
  duration < 60_000 ? `${(duration / 1000).toFixed(1)} s` : formatRounded(duration);
