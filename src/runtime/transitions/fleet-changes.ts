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

const steps = {
  hold: new MemoizedMachine(hold),
  brake: new MemoizedMachine(brake),
  policy: new MemoizedMachine(policy),
};

/** Where a new record goes: over nothing, or over the tombstone of what stood there. */
export type EmptyKey = Pick<RecordRead<never>, 'key' | 'revision'>;

/** What is planned: for whom, until when, and why. */
export interface PlannedHold {
  readonly host: HostId;
  readonly agent?: AgentName;
  readonly until: WallTime;
  readonly why?: string;
}

/** Plans a silence where none is planned. `run`: the new hold's id. */
export function buildHold(author: Author, at: EmptyKey, run: RunId, plan: PlannedHold): Change {
  const { host, agent, until, why } = plan;
  const of: ChainRef = { entity: 'hold', host, ...(agent !== undefined && { agent }), run };
  const { entity: _, ...names } = of;
  const body = {
    ...{ v: recordVersion, ...names, state: 'planned', until },
    ...(why !== undefined && { why }),
    by: author.actor,
  };
  return beginning(author, at, hold, of, 'planned', body);
}

/** Gives a hold that stands another end, or another reason. */
export function extendHold(author: Author, stored: StoredHold, plan: PlannedHold): Change {
  const { why: _, ...rest } = stored.record;
  const body = {
    ...rest,
    until: plan.until,
    ...(plan.why !== undefined && { why: plan.why }),
    by: author.actor,
  };
  return moving(author, stored, steps.hold, holdChain(stored.record), { type: 'extended' }, body);
}

/** Ends a hold: somebody's wish, or its time has passed. */
export function endHold(
  author: Author,
  stored: StoredHold,
  type: 'released' | 'ran-out',
  because: Provenance = {},
): Change {
  const of = holdChain(stored.record);
  return moving(author, stored, steps.hold, of, { type }, undefined, because);
}

const holdChain = ({ host, agent, run }: HoldRecord): ChainRef => ({
  ...{ entity: 'hold', host, run },
  ...(agent !== undefined && { agent }),
});

/** Brakes a zone. `run`: the new braking's id. */
export function startBrake(
  author: Author,
  at: EmptyKey,
  { zone, run }: { readonly zone: ZoneName; readonly run: RunId },
  count: ZoneCount,
  because: Provenance,
): Change {
  const body = { v: recordVersion, zone, run, state: 'braked', ...count, expired: 0 };
  return beginning(author, at, brake, { entity: 'brake', zone, run }, 'tripped', body, because);
}

/** Lets so many runs of the zone expire: stored in one commit with their expiries. */
export function countAdmittedExpiries(
  author: Author,
  stored: StoredBrake,
  runs: number,
  { seen, suspect }: ZoneCount,
): Change {
  const { record } = stored;
  const body = { ...record, seen, suspect, expired: record.expired + runs };
  const event = { type: 'let-through', runs };
  return moving(author, stored, steps.brake, brakeChain(stored), event, body);
}

export function releaseBrake(author: Author, stored: StoredBrake, because: Provenance): Change {
  const of = brakeChain(stored);
  return moving(author, stored, steps.brake, of, { type: 'released' }, undefined, because);
}

const brakeChain = ({ record: { zone, run } }: StoredBrake): ChainRef => ({
  entity: 'brake',
  zone,
  run,
});

/** Says for the first time what the fleet goes by. `run`: the policy's own id. */
export function adoptPolicy(author: Author, at: EmptyKey, run: RunId, said: FleetPolicy): Change {
  const of: ChainRef = { entity: 'policy', run };
  const body = { v: recordVersion, run, state: 'standing', policy: said, by: author.actor };
  return beginning(author, at, policy, of, 'adopted', body);
}

/** Says it anew. */
export function changePolicy(author: Author, stored: StoredPolicy, said: FleetPolicy): Change {
  const of: ChainRef = { entity: 'policy', run: stored.record.run };
  const body = { ...stored.record, policy: said, by: author.actor };
  return moving(author, stored, steps.policy, of, { type: 'changed' }, body);
}

function beginning(
  author: Author,
  at: EmptyKey,
  steppable: CompiledMachine,
  of: ChainRef,
  type: string,
  names: object,
  because: Provenance = {},
): Change {
  const body = { ...names, since: author.ports.clock.wall(), n: 1 };
  const link = { of, n: 1, prev: null };
  const sealed = chainEvent(
    author,
    link,
    steppable,
    initialTransition(steppable),
    { type },
    body,
    because,
  );
  return updateRecord(at, { ...body, hash: sealed.head.hash }, sealed);
}

/** One more transition of a record that stands; without a `body`, its end. */
function moving(
  author: Author,
  stored: StoredRecord<{ n: number; hash: string; state: string }>,
  stepper: MemoizedMachine,
  of: ChainRef,
  event: MachineEvent,
  body: (object & { readonly hash: string }) | undefined,
  because: Provenance = {},
): Change {
  const taken = transitionOrThrow(stepper, stored.record.state, event);
  const link = { of, n: stored.record.n + 1, prev: stored.record.hash };
  const record = body && without(body, link.n);
  const sealed = chainEvent(author, link, stepper.compiled, taken, event, record ?? null, because);
  return updateRecord(stored, record && { ...record, hash: sealed.head.hash }, sealed);
}

function without({ hash: _, ...rest }: object & { readonly hash: string }, n: number) {
  return { ...rest, n };
}
