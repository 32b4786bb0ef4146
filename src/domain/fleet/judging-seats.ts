import { defaultLease } from '../policy/lease-policy.ts';
import { type KeyValueEntry, readSeat } from '../records/stored-record.ts';
import type { Millis } from '../time.ts';

/** The ttl of a seat; the default, if its holder does not say it. */
export const ttlOfSeat = ({ text }: Pick<KeyValueEntry, 'text'>): Millis =>
  readSeat(text)?.ttl ?? defaultLease.ttl;

/**
 * The seats whose holders judge. A blind holder notices no failure, so its seat counts as free when the
 * question is whether the fleet is observed. A value without `judges`, or an unreadable one, is of another
 * version and counts as held.
 */
export const judgingSeats = (seats: readonly KeyValueEntry[]): readonly KeyValueEntry[] =>
  seats.filter(({ text }) => readSeat(text)?.judges !== false);
