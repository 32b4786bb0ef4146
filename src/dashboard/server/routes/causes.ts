import { hash } from 'node:crypto';
import { ApiError } from '../../../adapters/http-server/api-error.ts';
import { parseAuditEvent } from '../../../domain/events/audit-entry.ts';
import type { AuditEvent } from '../../../domain/events/event-schema.ts';
import { isOfSlot } from '../../../domain/events/event-schema.ts';
import { agentMapKey } from '../../../domain/identity/registry-keys.ts';
import type { Revision } from '../../../domain/time.ts';
import type { ApiCauses, ApiRelatedEvent } from '../../api-types.ts';
import type { HistoryIndex } from '../history/history-index.ts';
import type { Source } from '../history/live-source.ts';

/** Maximum number of a slot's events and of history rows that are searched in each direction. */
const events = 2000;
const rows = 200_000;
/** Maximum number of effects in the response. The others are counted. */
const named = 100;

/**
 * The cause of an event, and its effects.
 *
 * An event names its cause by hash. Cause and effect belong to the same slot, so only that slot's events
 * are read, up to a limit in each direction. `far`: the cause is beyond that limit.
 * @throws {ApiError} `not-found`
 */
export async function causesOf(source: Source, seq: Revision): Promise<ApiCauses> {
  const index = source.index();
  const found = index.rows(seq).next().value;
  if (!found || found.seq !== seq) throw new ApiError('not-found', `there is no event ${seq}`);
  const of = index.entity(found.entity);
  if (!isOfSlot(of)) return { seq, by: null, cause: null, far: false, led: [], more: 0 };
  const slot = agentMapKey(of);
  const isMeant = (entity: number): boolean => {
    const one = index.entity(entity);
    return isOfSlot(one) && one.host === of.host && one.agent === of.agent;
  };
  const [first, last] = reachOf(index, seq, isMeant);
  const seen = new Map<string, ApiRelatedEvent>();
  const led: ApiRelatedEvent[] = [];
  let [more, own, because] = [0, '', undefined as string | undefined];
  let by: string | null = null;
  for await (const stored of source.history.read(first, [`${slot}.>`])) {
    if (stored.seq > last) break;
    const read = parseAuditEvent(stored, (text) => hash('sha256', text));
    if (read.kind !== 'event') continue;
    const { event } = read;
    const doer = `${event.actor.host}/${event.actor.agent}`;
    const related = {
      seq: read.seq,
      at: read.storedAt,
      entity: event.of,
      type: event.event.type,
      by: doer,
    };
    if (read.seq < seq) seen.set(read.hash, related);
    else if (read.seq === seq) [own, because, by] = [read.hash, event.cause, doer];
    else if (isBecauseOf(event, own)) {
      if (led.length < named) led.push(related);
      else more += 1;
    }
  }
  const cause = because === undefined ? null : (seen.get(because) ?? null);
  return { seq, by, cause, far: because !== undefined && !cause, led, more };
}

const isBecauseOf = ({ cause }: AuditEvent, own: string): boolean => own !== '' && cause === own;

/** The first and the last sequence of the slot's events that are searched around one event. */
function reachOf(
  index: HistoryIndex,
  seq: Revision,
  isMeant: (entity: number) => boolean,
): readonly [Revision, Revision] {
  const farthest = (all: Iterable<{ readonly seq: Revision; readonly entity: number }>) => {
    let [last, looked, met] = [seq, 0, 0];
    for (const row of all) {
      if (looked === rows || met === events) break;
      looked += 1;
      if (!isMeant(row.entity)) continue;
      met += 1;
      last = row.seq;
    }
    return last;
  };
  return [farthest(index.rowsBefore(seq)), farthest(index.rows(seq + 1))];
}
