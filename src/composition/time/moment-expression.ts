import type { Revision, WallTime } from '../../domain/time.ts';
import { Duration } from './duration.ts';

/** A moment of a history as a user writes it. `event`: a hash or an event id, searched in the history. */
export type MomentExpression =
  | { readonly kind: 'time'; readonly at: WallTime }
  | { readonly kind: 'seq'; readonly seq: Revision; readonly before: boolean }
  | { readonly kind: 'event'; readonly id: string; readonly before: boolean };

export const momentRule =
  "a sequence (120), a time (2026-01-31T12:03:10Z, '2026-01-31 12:03:10', 12:03:10, '10m ago', now), or before:EVENT (a sequence, a hash or an event id)";

/**
 * Parses a moment; undefined if the text is none.
 *
 * A time without a zone is local, as commands print it. A time without a date is the last such time in
 * the past.
 */
export function parseMoment(text: string, now: WallTime): MomentExpression | undefined {
  const [, prefix, rest = ''] = /^(before:)?#?(.*)$/s.exec(text.trim()) ?? [];
  const before = prefix === 'before:';
  if (/^[1-9]\d{0,15}$/.test(rest)) return { kind: 'seq', seq: Number(rest), before };
  if (isEventName(rest)) return { kind: 'event', id: rest.toLowerCase(), before };
  if (prefix !== undefined) return undefined;
  const at = timeNamed(rest, now);
  return at === undefined ? undefined : { kind: 'time', at };
}

/** A hash, the first part of one that cannot be a sequence, or an event id. */
const isEventName = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text) ||
  (/^[0-9a-f]{8,64}$/i.test(text) && /[a-f]/i.test(text)) ||
  /^[0-9a-f]{64}$/i.test(text);

const iso =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)\s*(Z|UTC|[+-]\d\d:?\d\d)?)?$/i;
const clock = /^\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?$/;

function timeNamed(text: string, now: WallTime): WallTime | undefined {
  if (text === 'now') return now;
  const relative = /^(.*\S)\s+ago$/.exec(text)?.[1];
  if (relative !== undefined) {
    const duration = Duration.safeParse(relative);
    return duration.success ? now - duration.data : undefined;
  }
  if (clock.test(text)) {
    const today = instantOf(`${localDate(now)}T${text}`);
    if (today === undefined || today <= now) return today;
    return instantOf(`${localDate(now - 24 * 3_600_000)}T${text}`);
  }
  const [, date, time = '00:00', zone = ''] = iso.exec(text) ?? [];
  if (date === undefined || !isOnCalendar(date)) return undefined;
  return instantOf(`${date}T${time}${zone.toUpperCase().replace('UTC', 'Z')}`);
}

function instantOf(text: string): WallTime | undefined {
  const at = Date.parse(text.replace(',', '.'));
  return Number.isNaN(at) ? undefined : at;
}

/** `Date.parse` reads 31 February as 3 March. */
const isOnCalendar = (date: string): boolean => {
  const at = Date.parse(date);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date);
};

function localDate(at: WallTime): string {
  const date = new Date(at);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
