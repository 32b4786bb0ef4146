import { parseClockTime, type ShownZone } from '../../domain/parse-clock-time.ts';
import type { Revision, WallTime } from '../../domain/time.ts';
import { Duration } from './duration.ts';

/** A moment of a history as a user writes it. `event`: a hash or an event id, searched in the history. */
export type MomentExpression =
  | { readonly kind: 'time'; readonly at: WallTime }
  | { readonly kind: 'seq'; readonly seq: Revision; readonly before: boolean }
  | { readonly kind: 'event'; readonly id: string; readonly before: boolean };

export const momentRule =
  "a sequence (120), a time (2026-01-31T12:03:10Z, '2026-01-31 12:03:10', '31 Jan 12:03:10', 'yesterday 12:03', 12:03:10, '10m ago', now), or before:EVENT (a sequence, a hash or an event id)";

/**
 * Parses a moment; undefined if the text is none.
 *
 * A time without a zone is local, as commands print it; see {@link parseClockTime}.
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

function timeNamed(text: string, now: WallTime): WallTime | undefined {
  if (text === 'now') return now;
  const relative = /^(.*\S)\s+ago$/.exec(text)?.[1];
  if (relative !== undefined) {
    const duration = Duration.safeParse(relative);
    return duration.success ? now - duration.data : undefined;
  }
  return parseClockTime(text, now, localZone);
}

const localZone: ShownZone = {
  calendar: Date,
  nameAt: (at) =>
    new Date(at).toLocaleTimeString('en-GB', { timeZoneName: 'short' }).split(' ').at(-1) ?? '',
};
