import { withInstanceTransition } from '../../domain/events/apply-transition.ts';
import type { ChainRef } from '../../domain/events/event-schema.ts';
import type { ChainHead } from '../../domain/events/hash-chain.ts';
import { instanceKey } from '../../domain/identity/registry-keys.ts';
import type { DesiredInstance } from '../../domain/records/desired-instances.ts';
import { type InstanceRecord, recordVersion } from '../../domain/records/schemas.ts';
import type { RecordRead, StoredInstance } from '../../domain/records/stored-record.ts';
import { instance } from './machine-set.ts';
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
import { initialTransition, transition } from './transition.ts';

/** Remembered: one step ends a thousand instances at once, and costs more than the rest of an event. */
const steps = new MemoizedMachine(instance);

const instanceChain = ({ host, agent, run, service, id }: InstanceRecord): ChainRef => ({
  entity: 'instance',
  host,
  agent,
  run,
  service,
  id,
});

/**
 * Registers an instance over whatever stands there; a record of an earlier run is adopted: its chain
 * ends and the new one starts with its hash.
 *
 * `before` is where this run's own chain for it ended, if it has owned it already: the chain goes on
 * from there, so that no event ever has another one's subject.
 */
export function registerInstance(
  author: Author,
  { spec }: DesiredInstance,
  over: RecordRead<InstanceRecord>,
  before: ChainHead | undefined,
  because: Provenance = {},
): Change {
  const { host, agent, run: owner } = author.actor;
  const adopted =
    over.kind === 'stored' ? endInstance(author, over, { type: 'adopted' }, because) : undefined;
  const at = author.ports.clock.wall();
  const n = (before?.n ?? 0) + 1;
  const body = {
    v: recordVersion,
    host,
    agent,
    run: owner,
    ...defined(spec),
    token: 0,
    state: 'serving',
    registeredAt: at,
    since: at,
    n,
  } as const;
  const of: ChainRef = {
    entity: 'instance',
    host,
    agent,
    run: owner,
    service: spec.service,
    id: spec.id,
  };
  const sealed = chainEvent(
    author,
    { of, n, prev: adopted?.head.hash ?? before?.hash ?? null },
    instance,
    initialTransition(instance),
    { type: 'registered' },
    body,
    because,
  );
  return {
    write: {
      key: instanceKey(of),
      expectedRevision: over.revision,
      text: JSON.stringify({ ...body, hash: sealed.head.hash }),
    },
    events: [...(adopted ? [adopted.write] : []), sealed.write],
    head: sealed.head,
  };
}

export type InstanceTransition =
  | { type: 'changed'; spec: DesiredInstance['spec'] }
  | { type: 'failed'; detail: string }
  | { type: 'recovered' | 'drained' };

/** One transition of an instance that keeps its record. */
export function transitionInstance(
  author: Author,
  stored: StoredInstance,
  move: InstanceTransition,
  because: Provenance = {},
): Change | 'ignored' {
  const taken = transition(instance, { value: stored.record.state }, move);
  if (taken === 'ignored') return 'ignored';
  const at = author.ports.clock.wall();
  const {
    hash: prev,
    detail,
    ...moved
  } = withInstanceTransition(stored.record, stored.revision, taken.to, at);
  const stillFailing = taken.to === 'failing' && detail !== undefined;
  const kept = stillFailing ? { ...moved, detail } : moved;
  const body = { ...withMove(kept, move), n: stored.record.n + 1 };
  const event = move.type === 'changed' ? { type: move.type } : move;
  const link = { of: instanceChain(stored.record), n: body.n, prev };
  const sealed = chainEvent(author, link, instance, taken, event, body, because);
  return updateRecord(stored, { ...body, hash: sealed.head.hash }, sealed);
}

function withMove(
  record: Record<string, unknown>,
  move: InstanceTransition,
): Record<string, unknown> {
  if (move.type === 'failed') return { ...record, detail: move.detail };
  if (move.type !== 'changed') return record;
  const { address: _, port: __, ...rest } = record;
  return { ...rest, ...defined(move.spec) };
}

/** The end of an instance's chain, its record removed. */
export function removeInstance(
  author: Author,
  stored: StoredInstance,
  why: string,
  because: Provenance = {},
): Change {
  const sealed = endInstance(author, stored, { type: 'removed', why }, because);
  return updateRecord(stored, undefined, sealed);
}

function endInstance(
  author: Author,
  stored: StoredInstance,
  event: MachineEvent,
  because: Provenance,
) {
  const taken = transitionOrThrow(steps, stored.record.state, event);
  const link = {
    of: instanceChain(stored.record),
    n: stored.record.n + 1,
    prev: stored.record.hash,
  };
  return chainEvent(author, link, instance, taken, event, null, because);
}

const defined = <T extends object>(spec: T): T =>
  Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined)) as T;
