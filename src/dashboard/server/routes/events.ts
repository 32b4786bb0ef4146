import { ApiError } from '../../../adapters/http-server/api-error.ts';
import { chainSubject } from '../../../domain/events/event-subjects.ts';
import { matchesSubject } from '../../../domain/identity/subject-filter.ts';
import type { Revision } from '../../../domain/time.ts';
import type { History, StoredEvent } from '../../../ports/audit.ts';
import type { Source } from '../history/live-source.ts';

/** A stored event: its position, and its text as JSON. Text that is not JSON stays text. */
export function eventDocument({
  seq,
  origin,
  storedAt,
  subject,
  text,
  illegible,
}: StoredEvent): object {
  const position = { seq, origin, storedAt, subject };
  if (illegible !== undefined) return { ...position, text, why: illegible };
  try {
    return { ...position, event: JSON.parse(text) };
  } catch {
    return { ...position, text };
  }
}

/** @throws {ApiError} `not-found` */
export async function eventAt(history: History, seq: Revision): Promise<StoredEvent> {
  for await (const stored of history.read(seq)) {
    if (stored.seq === seq) return stored;
    break;
  }
  throw new ApiError('not-found', `there is no event ${seq}`);
}

/**
 * The last events of an entity before a sequence, newest first. The index knows their sequences, so
 * only the range between the oldest and the newest is read.
 */
export async function eventsOf(
  source: Source,
  filters: readonly string[],
  before: Revision,
  limit: number,
): Promise<readonly StoredEvent[]> {
  const index = source.index();
  const wants = matchesSubject(filters);
  // The subject of an event is the subject of its chain and a number.
  const meant = index.entitiesThat((of) => wants(`${chainSubject(of)}.1`));
  const sequences: Revision[] = [];
  for (const { seq, entity } of index.rowsBefore(before)) {
    if (meant.has(entity)) sequences.push(seq);
    if (sequences.length === limit) break;
  }
  const oldest = sequences.at(-1);
  if (oldest === undefined) return [];
  const left = new Set(sequences);
  const found: StoredEvent[] = [];
  for await (const stored of source.history.read(oldest, filters)) {
    if (stored.seq >= before) break;
    if (left.delete(stored.seq)) found.push(stored);
    if (left.size === 0) break;
  }
  return found.reverse();
}
