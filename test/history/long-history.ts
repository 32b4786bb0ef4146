import { type HistoryOptions, history } from '../../src/bench/history/synthetic-history.ts';
import type { StoredEvent } from '../../src/ports/audit.ts';

/** A true history of any length, event by event; the same seed gives the same one. */
export function* longHistory(
  events: number,
  options?: HistoryOptions,
): Generator<StoredEvent, void, undefined> {
  for (const commit of history(events, options)) yield* commit.events;
}
