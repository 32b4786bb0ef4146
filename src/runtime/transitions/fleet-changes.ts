import type { ZoneCount } from '../../domain/collection/brake.ts';
import type { ChainRef } from '../../domain/events/event-schema.ts';
import type { AgentName, HostId, RunId, ZoneName } from '../../domain/identity/names.ts';
import type { FleetPolicy } from '../../domain/policy/fleet-policy.ts';
import { type HoldRecord, recordVersion } from '../../domain/records/schemas.ts';
import type {
  RecordRead,
  StoredBrake,
  StoredHold,
  StoredPolicy,
  StoredRecord,
} from '../../domain/records/stored-record.ts';
import type { WallTime } from '../../domain/time.ts';
import { brake, hold, policy } from './machine-set.ts';
import { MemoizedMachine } from './memoized-transition.ts';
import {
  type Author,
  type Change,
  chainEvent,
  type MachineEvent,
  type Provenance,
  transitionOrThrow,
  updateRecord,
} from './record-change.ts';
import { type CompiledMachine, initialTransition } from './transition.ts';

const machines = {
  hold: new MemoizedMachine(hold),
  brake: new MemoizedMachine(brake),
  policy: new MemoizedMachine(policy),
};

/** The key of a new record: one that never existed, or the tombstone of a removed record. */
export type EmptyKey = Pick<RecordRead<never>, 'key' | 'revision'>;

/** The target of a hold, its end and its reason. */
export interface PlannedHold {
  readonly host: HostId;
  readonly agent?: AgentName;
  readonly until: WallTime;
  readonly why?: string;
}

/** Creates a hold on a target that has none. `run`: the id of the new hold. */
export function buildHold(author: Author, key: EmptyKey, run: RunId, plan: PlannedHold): Change {
  const { host, agent, until, why } = plan;
  const of: ChainRef = { entity: 'hold', host, ...(agent !== undefined && { agent }), run };
  const { entity: _, ...fields } = of;
  const body = {
    ...{ v: recordVersion, ...fields, state: 'planned', until },
    ...(why !== undefined && { why }),
    by: author.actor,
  };
  return firstChange(author, key, hold, of, 'planned', body);
}

/** Changes the end or the reason of an existing hold. */
export function extendHold(author: Author, stored: StoredHold, plan: PlannedHold): Change {
  const { why: _, ...rest } = stored.record;
  const body = {
    ...rest,
    until: plan.until,
    ...(plan.why !== undefined && { why: plan.why }),
    by: author.actor,
  };
  return nextChange(
    author,
    stored,
    machines.hold,
    holdChain(stored.record),
    { type: 'extended' },
    body,
  );
}

/** Ends a hold, by an operator or because its time is over. */
export function endHold(
  author: Author,
  stored: StoredHold,
  type: 'released' | 'ran-out',
  provenance: Provenance = {},
): Change {
  const of = holdChain(stored.record);
  return nextChange(author, stored, machines.hold, of, { type }, undefined, provenance);
}

const holdChain = ({ host, agent, run }: HoldRecord): ChainRef => ({
  ...{ entity: 'hold', host, run },
  ...(agent !== undefined && { agent }),
});

/** Starts the brake of a zone. `run`: the id of this brake. */
export function startBrake(
  author: Author,
  key: EmptyKey,
  { zone, run }: { readonly zone: ZoneName; readonly run: RunId },
  count: ZoneCount,
  provenance: Provenance,
): Change {
  const body = { v: recordVersion, zone, run, state: 'braked', ...count, expired: 0 };
  return firstChange(
    author,
    key,
    brake,
    { entity: 'brake', zone, run },
    'tripped',
    body,
    provenance,
  );
}

/** Counts `runs` expiries that the brake admits. Stored in one commit with these expiries. */
export function countAdmittedExpiries(
  author: Author,
  stored: StoredBrake,
  runs: number,
  { seen, suspect }: ZoneCount,
): Change {
  const { record } = stored;
  const body = { ...record, seen, suspect, expired: record.expired + runs };
  const event = { type: 'let-through', runs };
  return nextChange(author, stored, machines.brake, brakeChain(stored), event, body);
}

export function releaseBrake(author: Author, stored: StoredBrake, provenance: Provenance): Change {
  const of = brakeChain(stored);
  return nextChange(
    author,
    stored,
    machines.brake,
    of,
    { type: 'released' },
    undefined,
    provenance,
  );
}

const brakeChain = ({ record: { zone, run } }: StoredBrake): ChainRef => ({
  entity: 'brake',
  zone,
  run,
});

/** Creates the policy record of a fleet that has none. `run`: the id of the policy. */
export function adoptPolicy(
  author: Author,
  key: EmptyKey,
  run: RunId,
  fleetPolicy: FleetPolicy,
): Change {
  const of: ChainRef = { entity: 'policy', run };
  const body = { v: recordVersion, run, state: 'standing', policy: fleetPolicy, by: author.actor };
  return firstChange(author, key, policy, of, 'adopted', body);
}

/** Changes an existing policy record. */
export function changePolicy(
  author: Author,
  stored: StoredPolicy,
  fleetPolicy: FleetPolicy,
): Change {
  const of: ChainRef = { entity: 'policy', run: stored.record.run };
  const body = { ...stored.record, policy: fleetPolicy, by: author.actor };
  return nextChange(author, stored, machines.policy, of, { type: 'changed' }, body);
}

/** The first transition of a new record. */
export function firstChange(
  author: Author,
  key: EmptyKey,
  machine: CompiledMachine,
  of: ChainRef,
  type: string,
  fields: object,
  provenance: Provenance = {},
): Change {
  const body = { ...fields, since: author.ports.clock.wall(), n: 1 };
  const position = { of, n: 1, prev: null };
  const first = chainEvent(
    author,
    position,
    machine,
    initialTransition(machine),
    { type },
    body,
    provenance,
  );
  return updateRecord(author, key, body, first);
}

/** One more transition of an existing record; without a `body`, its last one. */
export function nextChange(
  author: Author,
  stored: StoredRecord<{ n: number; hash: string; state: string }>,
  machine: MemoizedMachine,
  of: ChainRef,
  event: MachineEvent,
  body: (object & { readonly hash: string }) | undefined,
  provenance: Provenance = {},
): Change {
  const step = transitionOrThrow(machine, stored.record.state, event);
  const position = { of, n: stored.record.n + 1, prev: stored.record.hash };
  const record = body && withoutHash(body, position.n);
  const next = chainEvent(
    author,
    position,
    machine.compiled,
    step,
    event,
    record ?? null,
    provenance,
  );
  return updateRecord(author, stored, record, next);
}

function withoutHash({ hash: _, ...rest }: object & { readonly hash: string }, n: number) {
  return { ...rest, n };
}
