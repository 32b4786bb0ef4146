import type { ChainRef } from '../../domain/events/event-schema.ts';
import type { DrainTarget, RunId } from '../../domain/identity/names.ts';
import { type DrainRecord, recordVersion } from '../../domain/records/schemas.ts';
import type { StoredDrain } from '../../domain/records/stored-record.ts';
import type { WallTime } from '../../domain/time.ts';
import { type EmptyKey, firstChange, nextChange } from './fleet-changes.ts';
import { drain } from './machine-set.ts';
import { MemoizedMachine } from './memoized-transition.ts';
import type { Author, Change, Provenance } from './record-change.ts';

const machine = new MemoizedMachine(drain);

/** The target of a drain, its end (absent: until it is ended) and its reason. */
export interface PlannedDrain {
  readonly target: DrainTarget;
  readonly until?: WallTime;
  readonly why?: string;
}

/** Starts the drain of a target that has none. `run`: the id of the new drain. */
export function buildDrain(author: Author, key: EmptyKey, run: RunId, plan: PlannedDrain): Change {
  const { target } = plan;
  const body = { v: recordVersion, target, run, state: 'draining', ...endAndReason(plan) };
  const of: ChainRef = { entity: 'drain', target, run };
  return firstChange(author, key, drain, of, 'planned', { ...body, by: author.actor });
}

/** Changes the end and the reason of an existing drain. */
export function changeDrain(author: Author, stored: StoredDrain, plan: PlannedDrain): Change {
  const { until: _, why: __, ...rest } = stored.record;
  const body = { ...rest, ...endAndReason(plan), by: author.actor };
  return nextChange(author, stored, machine, drainChain(stored.record), { type: 'changed' }, body);
}

/** Ends a drain, by an operator or because its time is over. */
export function endDrain(
  author: Author,
  stored: StoredDrain,
  type: 'ended' | 'ran-out',
  provenance: Provenance = {},
): Change {
  const of = drainChain(stored.record);
  return nextChange(author, stored, machine, of, { type }, undefined, provenance);
}

const drainChain = ({ target, run }: DrainRecord): ChainRef => ({ entity: 'drain', target, run });

const endAndReason = ({ until, why }: PlannedDrain) => ({
  ...(until !== undefined && { until }),
  ...(why !== undefined && { why }),
});
