import { wanted } from '../../src/domain/identity/subject-filter.ts';
import type { StoredEvent } from '../../src/ports/audit.ts';
import type { History } from '../../src/runtime/history.ts';

/** A history of exactly these events, in this order. */
export const historyOf = (events: readonly StoredEvent[]): History => ({
  async *read(from, filters = ['>']) {
    const wants = wanted(filters);
    for (const event of events) if (event.seq >= from && wants(event.subject)) yield event;
  },
  range: async () => ({
    first: events[0]?.seq ?? 0,
    last: Math.max(0, ...events.map(({ seq }) => seq)),
  }),
});

export async function eventsOf(history: Pick<History, 'read'>): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const event of history.read(0)) events.push(event);
  return events;
}
