import { zoneOf } from '../../../domain/collection/brake.ts';
import { judgeRun, type RunEvidence, type RunVerdict } from '../../../domain/collection/judge.ts';
import { Fault } from '../../../domain/fault.ts';
import type { RunRef, Slot } from '../../../domain/identity/names.ts';
import { agentKey, brakeKey, holdKey, leaseKey } from '../../../domain/identity/registry-keys.ts';
import type { AgentRecord } from '../../../domain/records/schemas.ts';
import {
  type RecordRead,
  readAgent,
  type StoredAgent,
} from '../../../domain/records/stored-record.ts';
import { type Millis, seconds } from '../../../domain/time.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { Fence } from '../../../ports/registry.ts';
import type { LeaseObservations } from './lease-observations.ts';
import type { ClosedConnection } from './recent-disconnects.ts';

/** What one observer knows by itself about a run. */
export interface Observer {
  readonly observations: LeaseObservations;
  /** How long it has known of the run's suspicion, as far as that counts; `held`: not now. */
  suspicionAge(record: AgentRecord, held: boolean): Millis;
  /** How its process's connection closed, if it did since the run was last heard. */
  disconnectOf(record: AgentRecord): ClosedConnection | undefined;
  /** Whether a hold covers the slot, as the view has it. */
  isOnHold(slot: Slot): boolean;
  brakeStateOf(record: AgentRecord): RunEvidence['brake'];
}

export interface Judgement {
  readonly verdict: RunVerdict;
  readonly evidence: RunEvidence;
  /** The record that was judged; a write is conditional on its revision. */
  readonly judged: StoredAgent;
  /** The holds, and the brake, that were not there: an expiry is conditional on their absence. */
  readonly fences: readonly Fence[];
}

/** What a verdict on a run was based on, as the audit keeps it: from it alone a person can tell why. */
export const evidenceOfVerdict = (
  { judged: { record, revision }, evidence }: Judgement,
  { observations: sightings }: Pick<Observer, 'observations'>,
): Record<string, unknown> => ({
  judged: revision,
  lastRenewal: sightings.lastRenewal(leaseKey(record)) ?? null,
  countingSince: sightings.countingSince,
  silentFor: Math.round(evidence.silentFor),
  suspectFor: Math.round(evidence.suspectFor),
  lease: evidence.lease,
  probe: evidence.probe,
  connection: evidence.connection,
  hold: evidence.hold,
  brake: evidence.brake,
  policy: { ttl: record.ttl, grace: record.grace },
});

/** A late run may be reconnecting: it is asked again after so long before it counts as unreachable. */
const reconnectWithin: Millis = seconds(1);
const probeWithin: Millis = seconds(1);

/** What the observer alone says about a run, without asking anybody. */
export const judgeLocally = ({ record }: StoredAgent, observer: Observer): RunVerdict =>
  judgeRun(evidenceOf(record, observer), record);

/**
 * Judges a run by what the leader says: its record first, then its lease, so that a lease taken before
 * a record was rewritten is never missed; the run itself is asked where the verdict wants it.
 */
export async function judgeAtLeader(
  seen: StoredAgent,
  observer: Observer,
  ports: Pick<Ports, 'registry' | 'leases' | 'messaging' | 'clock'>,
  signal: AbortSignal,
): Promise<Judgement | undefined> {
  const judged: RecordRead<AgentRecord> = readAgent(
    await ports.registry.read(agentKey(seen.record)),
  );
  if (judged.kind !== 'stored' || judged.record.run !== seen.record.run) return undefined;
  const { record } = judged;
  let evidence = evidenceOf(record, observer);
  let fences: readonly Fence[] = [];
  for (;;) {
    const verdict = judgeRun(evidence, record);
    if (verdict.do === 'read-lease') {
      // The hold matters to a suspect only; the lease is read last, right before the write.
      if (evidence.suspect) {
        const { hold, brake, fences: found } = await readHindrances(record, observer, ports);
        evidence = { ...evidence, hold, brake };
        fences = found;
      }
      evidence = { ...evidence, lease: await readLease(record, ports) };
    } else if (verdict.do === 'ping') {
      evidence = { ...evidence, probe: await askTwice(record, observer, ports, signal) };
      // So many may have closed meanwhile that it says nothing any more.
      evidence = { ...evidence, connection: connectionOf(record, observer) };
    } else {
      return { verdict, evidence, judged, fences };
    }
    // Asking takes time, in which the run may have been heard.
    evidence = { ...evidence, silentFor: observer.observations.timeSinceRenewal(leaseKey(record)) };
    if (signal.aborted) return undefined;
  }
}

function evidenceOf(record: AgentRecord, observer: Observer): RunEvidence {
  const held = observer.isOnHold(record);
  return {
    phase: record.phase,
    suspect: record.suspect !== undefined,
    silentFor: observer.observations.timeSinceRenewal(leaseKey(record)),
    suspectFor: observer.suspicionAge(record, held),
    lease: 'unread',
    probe: 'unasked',
    connection: connectionOf(record, observer),
    hold: held ? 'stands' : 'unread',
    brake: record.suspect === undefined ? 'off' : observer.brakeStateOf(record),
  };
}

function connectionOf(record: AgentRecord, observer: Observer): RunEvidence['connection'] {
  const closed = observer.disconnectOf(record);
  if (!closed) return 'open';
  return closed.how === 'closed-by-client' ? 'closed-by-client' : 'closed';
}

/** The lease at the leader; a leader that does not answer says nothing about the run. */
export async function readLease(
  run: RunRef,
  { leases }: Pick<Ports, 'leases'>,
): Promise<'stands' | 'absent' | 'unknown'> {
  try {
    return (await leases.read(leaseKey(run))).text === undefined ? 'absent' : 'stands';
  } catch (error) {
    if (error instanceof Fault) return 'unknown';
    throw error;
  }
}

/** A key at the leader: at which revision, and whether anything stands there, readable or not. */
interface Standing extends Fence {
  readonly stands: boolean;
}

async function readStanding(
  keys: readonly string[],
  { registry }: Pick<Ports, 'registry'>,
): Promise<readonly Standing[] | 'unknown'> {
  try {
    const entries = await Promise.all(keys.map((key) => registry.read(key)));
    return entries.map(({ key, revision, text }) => ({
      ...{ key, expectedRevision: revision, stands: text !== undefined },
    }));
  } catch (error) {
    if (error instanceof Fault) return 'unknown';
    throw error;
  }
}

/** What the leader says of the holds on a suspect and of its zone's brake, and what an expiry stands on. */
async function readHindrances(
  record: AgentRecord,
  observer: Observer,
  ports: Pick<Ports, 'registry'>,
): Promise<Pick<RunEvidence, 'hold' | 'brake'> & { readonly fences: readonly Fence[] }> {
  const { host, agent } = record;
  const [holds, brakes] = await Promise.all([
    readStanding([holdKey(host), holdKey(host, agent)], ports),
    readStanding([brakeKey(zoneOf(record))], ports),
  ]);
  const isOff = brakes !== 'unknown' && brakes.every(({ stands }) => !stands);
  const standing = observer.brakeStateOf(record);
  const fences = [
    ...(holds === 'unknown' ? [] : holds),
    ...(standing === 'off' && isOff ? brakes : []),
  ];
  return {
    hold: holds === 'unknown' ? holds : holds.some(({ stands }) => stands) ? 'stands' : 'absent',
    // Tripped meanwhile, or before the view had it: it lets through only whom it was asked for.
    brake: standing === 'off' && !isOff ? 'waits' : standing,
    fences: fences.map(({ key, expectedRevision }) => ({ key, expectedRevision })),
  };
}

async function askTwice(
  record: AgentRecord,
  observer: Observer,
  { messaging, clock }: Pick<Ports, 'messaging' | 'clock'>,
  signal: AbortSignal,
): Promise<RunEvidence['probe']> {
  const { observations: sightings } = observer;
  const key = leaseKey(record);
  const before = sightings.revisionOf(key);
  // No question may still be waiting for an answer when the ttl decides.
  const left = () => Math.max(50, record.ttl - sightings.timeSinceRenewal(key));
  if (record.suspect) return ask(record, probeWithin, messaging);
  const first = await ask(record, Math.min(probeWithin, left()), messaging);
  if (first !== 'no-responders') return first;
  // A process that closed its own connection is not on its way back.
  if (connectionOf(record, observer) === 'closed-by-client') return first;
  await clock.sleep(Math.min(reconnectWithin, left()), signal);
  if (sightings.revisionOf(key) !== before) return 'answered';
  return ask(record, Math.min(probeWithin, left()), messaging);
}

async function ask(
  run: RunRef,
  limit: Millis,
  messaging: Ports['messaging'],
): Promise<RunEvidence['probe']> {
  try {
    const answer = await messaging.ping(run, limit);
    return typeof answer === 'string' ? answer : 'answered';
  } catch (error) {
    if (error instanceof Fault) return 'unknown';
    throw error;
  }
}
