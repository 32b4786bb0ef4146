import { withInstanceTransition } from '../../domain/events/apply-transition.ts';
import type { ChainRef } from '../../domain/events/event-schema.ts';
import type { ChainHead } from '../../domain/events/hash-chain.ts';
import { instanceKey } from '../../domain/identity/registry-keys.ts';
import { type DesiredInstance, healthAtStart } from '../../domain/records/desired-instances.ts';
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

/**
 * Memoized: a thousand instances take the same transition, and computing it costs more than the rest of
 * the event.
 */
const machine = new MemoizedMachine(instance);

const instanceChain = ({ host, agent, run, service, id }: InstanceRecord): ChainRef => ({
  entity: 'instance',
  host,
  agent,
  run,
  service,
  id,
});

/**
 * Registers an instance over whatever the key contains. A record of an earlier run is adopted: its
 * chain ends, and the new chain starts with the hash of its last event. A record of this run, which
 * drains, is deregistered and registered again in one commit, so that no consumer sees it missing.
 *
 * `previousHead`: the head of this run's own chain for the instance, if it has owned it before. The
 * chain continues from there, so that no two events have the same subject.
 *
 * An instance that fails or drains from the start has another event in the same commit, so that no
 * consumer sees it as serving.
 */
export function registerInstance(
  author: Author,
  { spec, health }: DesiredInstance,
  over: RecordRead<InstanceRecord>,
  previousHead: ChainHead | undefined,
  provenance: Provenance = {},
): Change {
  const { host, agent, run: owner } = author.actor;
  const before = over.kind === 'stored' ? over.record : undefined;
  const isOwn = before?.run === owner;
  const ended =
    over.kind === 'stored'
      ? endInstance(author, over, isOwn ? deregistered : { type: 'adopted' }, provenance)
      : undefined;
  const at = author.ports.clock.wall();
  const n = ((isOwn ? ended?.n : previousHead?.n) ?? 0) + 1;
  const body = {
    v: recordVersion,
    host,
    agent,
    run: owner,
    ...withoutUndefined(spec),
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
  const first = chainEvent(
    author,
    { of, n, prev: previousHead?.hash ?? null },
    instance,
    machine.initialTransition(),
    { type: 'registered' },
    body,
    provenance,
  );
  const key = instanceKey(of);
  const registered: Change = {
    author,
    key,
    expectedRevision: over.revision,
    record: body,
    events: [...(ended ? [ended] : []), first],
  };
  const start = healthAtStart(health, before);
  if (start.state === 'serving') return registered;
  const turned = transitionInstance(
    author,
    // Revision 0: the token of the record is the revision of this very write. The hash follows with the signature.
    { kind: 'stored', key, revision: 0, record: { ...body, hash: '' } },
    start.state === 'failing' ? { type: 'failed', detail: start.detail } : { type: 'drained' },
    provenance,
  );
  if (turned === 'ignored') throw new Error('an instance that is registered can fail and drain');
  return {
    ...turned,
    expectedRevision: over.revision,
    events: [...registered.events, ...turned.events],
  };
}

const deregistered = { type: 'removed', why: 'deregistered' } as const;

export type InstanceTransition =
  /** Another address or other labels, or a failing instance fails for another reason. */
  | ({ type: 'changed' } & DesiredInstance)
  | { type: 'failed'; detail: string }
  | { type: 'recovered' | 'drained' };

/** One transition of an instance whose record remains. */
export function transitionInstance(
  author: Author,
  stored: StoredInstance,
  move: InstanceTransition,
  provenance: Provenance = {},
): Change | 'ignored' {
  const step = machine.transition({ value: stored.record.state }, move);
  if (step === 'ignored') return 'ignored';
  const at = author.ports.clock.wall();
  const {
    hash: prev,
    detail,
    ...rest
  } = withInstanceTransition(stored.record, stored.revision, step.to, at);
  const stillFailing = step.to === 'failing' && detail !== undefined;
  const withDetail = stillFailing ? { ...rest, detail } : rest;
  const body = { ...applyMove(withDetail, move), n: stored.record.n + 1 };
  const event = move.type === 'changed' ? { type: move.type } : move;
  const position = { of: instanceChain(stored.record), n: body.n, prev };
  const next = chainEvent(author, position, instance, step, event, body, provenance);
  return updateRecord(author, stored, body, next);
}

function applyMove(
  record: Record<string, unknown>,
  move: InstanceTransition,
): Record<string, unknown> {
  if (move.type === 'failed') return { ...record, detail: move.detail };
  if (move.type !== 'changed') return record;
  const { address: _, port: __, ...rest } = record;
  const { spec, health } = move;
  const detail =
    rest['state'] === 'failing' && health.state === 'failing' && !health.isInitial
      ? { detail: health.detail }
      : {};
  return { ...rest, ...withoutUndefined(spec), ...detail };
}

/** The last transition of an instance, which removes its record. */
export function removeInstance(
  author: Author,
  stored: StoredInstance,
  why: string,
  provenance: Provenance = {},
): Change {
  const removed = endInstance(author, stored, { type: 'removed', why }, provenance);
  return updateRecord(author, stored, undefined, removed);
}

function endInstance(
  author: Author,
  stored: StoredInstance,
  event: MachineEvent,
  provenance: Provenance,
) {
  const step = transitionOrThrow(machine, stored.record.state, event);
  const position = {
    of: instanceChain(stored.record),
    n: stored.record.n + 1,
    prev: stored.record.hash,
  };
  return chainEvent(author, position, instance, step, event, null, provenance);
}

function withoutUndefined<T extends object>(spec: T): T {
  const given: Partial<T> = {};
  for (const name in spec) if (spec[name] !== undefined) given[name] = spec[name];
  return given as T;
}
