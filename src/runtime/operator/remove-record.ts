import { parseAuditEvent } from '../../domain/events/audit-entry.ts';
import { chainSubject } from '../../domain/events/event-subjects.ts';
import { Fault } from '../../domain/fault.ts';
import type { InstanceRef, RunId } from '../../domain/identity/names.ts';
import {
  agentKey,
  agentMapKey,
  leaseKey,
  parseRegistryKey,
  type RegistryKey,
} from '../../domain/identity/registry-keys.ts';
import { encodeSubjectToken } from '../../domain/identity/subject-token.ts';
import { InstanceRecord } from '../../domain/records/schemas.ts';
import {
  type KeyValueEntry,
  type RecordRead,
  readAgent,
  readInstance,
  type StoredAgent,
  type StoredInstance,
} from '../../domain/records/stored-record.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Commit } from '../../ports/registry.ts';
import { removeInstance } from '../transitions/instance-changes.ts';
import type { Author } from '../transitions/record-change.ts';
import { sealCommit } from '../transitions/seal-changes.ts';
import { type ControlKey, lastChange, ownCommandOf } from './remove-control.ts';

/** What the removal of one record would do. */
export type RecordRemoval =
  | { readonly kind: 'absent' }
  /** It belongs to a live run, or another command ends it. `hint`: which. */
  | { readonly kind: 'refused'; readonly why: string; readonly hint: string }
  | {
      readonly kind: 'possible';
      /** What is removed, and why that is safe. */
      readonly what: string;
      /** Whether an event ends a chain of the history with the record. */
      readonly isAudited: boolean;
      readonly commit: Commit;
    };

type RemovalPorts = Pick<Ports, 'registry' | 'leases' | 'audit'>;

const refused = (why: string, hint: string): RecordRemoval => ({ kind: 'refused', why, hint });

/**
 * Looks whether one record of the registry may be removed by an operator, and prepares that. A record may be
 * removed if no live run owns it: the commit expects that neither it nor the record of its slot changes.
 *
 * A record that cannot be read is removed too, also one of the fleet, such as a hold. If the history has an open chain for its key, the removal ends
 * it, so that `audit verify` agrees; a record that no event ever told of needs no event.
 * @throws {Fault} `store-unavailable`
 */
export async function planRecordRemoval(
  author: Author,
  key: string,
  ports: RemovalPorts,
): Promise<RecordRemoval> {
  const entry = await ports.registry.read(key);
  if (entry.text === undefined) return { kind: 'absent' };
  const parsed = parsedKey(key);
  if (parsed?.kind === 'instance') return planInstance(author, entry, parsed, ports);
  if (parsed === undefined) return withoutHistory(entry, 'this version has no such kind of key');
  if (parsed.kind === 'agent') {
    const agent = readAgent(entry);
    return agent.kind === 'stored'
      ? refused(
          `the run ${agent.record.run} has the slot, and is ${agent.record.phase}`,
          'a collector removes the agent when it has declared it dead: rollcall gc plan, rollcall gc run',
        )
      : refused(
          'the record of a slot cannot be read, and it may belong to a live run',
          'start the agent with this host and name: it takes the slot, and its chain goes on',
        );
  }
  return await planControl(author, entry, parsed, ports);
}

/** A record of the fleet that can be read has a command of its own; one that cannot would stay for ever. */
async function planControl(
  author: Author,
  entry: KeyValueEntry,
  parsed: ControlKey,
  { audit }: Pick<Ports, 'audit'>,
): Promise<RecordRemoval> {
  const { kind } = parsed;
  const command = ownCommandOf(entry, parsed);
  if (command !== undefined)
    return refused(`a ${kind} is no record of a run`, `to end or change it: ${command}`);
  const change = await lastChange(author, entry, parsed, audit);
  if (change === undefined) return withoutHistory(entry, `a ${kind} that cannot be read`);
  return {
    kind: 'possible',
    what:
      kind === 'policy'
        ? 'what is stored as the policy and cannot be read: the policy is again that of the last event'
        : `the ${kind} ${entry.key}, which cannot be read`,
    isAudited: true,
    commit: sealCommit([change]),
  };
}

/**
 * Removes what was planned.
 * @returns `changed`: the record or its slot has changed since; nothing was removed
 * @throws {Fault} `store-unavailable`: it may have been removed or not; look again
 */
export async function removeRecord(
  { commit }: Extract<RecordRemoval, { kind: 'possible' }>,
  { registry }: Pick<Ports, 'registry'>,
): Promise<'removed' | 'changed'> {
  const result = await registry.commit(commit);
  if (result.outcome === 'committed') return 'removed';
  if (result.outcome === 'conflict') return 'changed';
  const [write] = commit.writes;
  throw new Fault('store-unavailable', `it is not known whether ${write?.key} was removed`, {
    hint: `${result.why}; run the command again: it reports whether the record is gone`,
  });
}

function parsedKey(key: string): RegistryKey | undefined {
  try {
    return parseRegistryKey(key);
  } catch {
    return undefined;
  }
}

async function planInstance(
  author: Author,
  entry: KeyValueEntry,
  ref: InstanceRef,
  ports: RemovalPorts,
): Promise<RecordRemoval> {
  const read = readInstance(entry);
  const slotKey = agentKey(ref);
  const slot = readAgent(await ports.registry.read(slotKey));
  if (slot.kind === 'unreadable') {
    return refused(
      `the record of its slot cannot be read: ${slot.why}`,
      'start the agent with this host and name first: it takes the slot',
    );
  }
  const stored = read.kind === 'stored' ? read : await lastKnown(entry, ref, ports);
  const fence = { key: slotKey, expectedRevision: slot.revision };
  if (stored === undefined) {
    const plain = withoutHistory(entry, read.kind === 'unreadable' ? read.why : 'it has no chain');
    return { ...plain, commit: { ...plain.commit, fences: [fence] } };
  }
  const { run } = stored.record;
  const blocked = await liveOwner(ref, run, slot, ports);
  if (blocked) return blocked;
  const why = reasonFor(run, slot);
  const evidence = {
    holder: slot.kind === 'stored' ? slot.record.run : null,
    lease: 'absent',
    through: 'gc remove',
  };
  const change = removeInstance(author, stored, why, { evidence });
  return {
    kind: 'possible',
    what: `${ref.service}/${ref.id} of ${ref.host}/${ref.agent}, registered by the run ${run} (${why}), whose lease is absent`,
    isAudited: true,
    commit: { ...sealCommit([change]), fences: [fence] },
  };
}

/** Refuses while the owner may live: it has its lease, or it has its slot and was not declared dead. */
async function liveOwner(
  ref: InstanceRef,
  run: RunId,
  slot: RecordRead<StoredAgent['record']>,
  { leases }: Pick<Ports, 'leases'>,
): Promise<RecordRemoval | undefined> {
  if (slot.kind === 'stored' && slot.record.run === run && slot.record.phase !== 'expired') {
    return refused(
      `the run ${run} owns it, has its slot, and was not declared dead`,
      'let its agent remove it, or stop the agent; a collector removes what a dead run leaves',
    );
  }
  const lease = await leases.read(leaseKey({ ...ref, run }));
  if (lease.text === undefined) return undefined;
  return refused(
    `the run ${run} owns it, and still has its lease`,
    'stop that process; its lease ends within its ttl',
  );
}

const reasonFor = (run: RunId, slot: RecordRead<StoredAgent['record']>): string => {
  if (slot.kind !== 'stored') return 'orphan';
  return slot.record.run === run ? 'owner-expired' : 'superseded';
};

/** Removes a record that no event ever told of: the registry then agrees with the history again. */
const withoutHistory = (
  { key, revision }: KeyValueEntry,
  why: string,
): Extract<RecordRemoval, { kind: 'possible' }> => ({
  kind: 'possible',
  what: `${key}, which no event in the history tells of (${why})`,
  isAudited: false,
  commit: { writes: [{ key, expectedRevision: revision, text: undefined }], events: [] },
});

/** The record as the last event of its key has it, if the chain of that event is open. */
async function lastKnown(
  entry: KeyValueEntry,
  ref: InstanceRef,
  { audit }: Pick<Ports, 'audit'>,
): Promise<StoredInstance | undefined> {
  const name = `${encodeSubjectToken(ref.service)}.${encodeSubjectToken(ref.id)}`;
  let last: StoredInstance | undefined;
  for await (const event of audit.read(0, [`${agentMapKey(ref)}.*.${name}.*`])) {
    const parsed = parseAuditEvent(event);
    if (parsed.kind !== 'event' || parsed.event.of.entity !== 'instance') continue;
    if (!event.subject.startsWith(`${chainSubject(parsed.event.of)}.`)) continue;
    const record = InstanceRecord.safeParse({ ...parsed.event.record, hash: parsed.hash });
    last = record.success
      ? { kind: 'stored', key: entry.key, revision: entry.revision, record: record.data }
      : undefined;
  }
  return last;
}
