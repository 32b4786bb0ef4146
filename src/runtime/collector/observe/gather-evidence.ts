import { zoneOf } from '../../../domain/collection/brake.ts';
import {
  judgeRun,
  type LeaseState,
  type RunEvidence,
  type RunVerdict,
} from '../../../domain/collection/judge.ts';
import { Fault } from '../../../domain/fault.ts';
import type { RunRef, Slot } from '../../../domain/identity/names.ts';
import { agentKey, brakeKey, holdKey, leaseKey } from '../../../domain/identity/registry-keys.ts';
import type { AgentRecord } from '../../../domain/records/schemas.ts';
import {
  type RecordRead,
  readAgent,
  readLeaseTtl,
  type StoredAgent,
} from '../../../domain/records/stored-record.ts';
import { type Millis, seconds } from '../../../domain/time.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { Fence } from '../../../ports/registry.ts';
import { type LeaseObservations, leaseKeyOf } from './lease-observations.ts';
import type { RecentDisconnect } from './recent-disconnects.ts';

/** What one observer knows about a run without a request. */
export interface Observer {
  readonly observations: LeaseObservations;
  /** How long the suspicion of the run counts; under a hold (`isOnHold`) it does not count. */
  suspicionAge(record: AgentRecord, onHold: boolean): Millis;
  /** The closed connection of the run's process, if it closed after the last renewal. */
  disconnectOf(record: AgentRecord): RecentDisconnect | undefined;
  /** Whether a hold covers the slot, as the registry cache shows it. */
  isOnHold(slot: Slot): boolean;
  brakeStateOf(record: AgentRecord): RunEvidence['brake'];
  /** Stops judging, which aborts the signal of every judgement, if this process did not run for a while. */
  checkSight(): void;
}

export interface Judgement {
  readonly verdict: RunVerdict;
  readonly evidence: RunEvidence;
  /** The judged record; every write is conditional on its revision. */
  readonly judged: StoredAgent;
  /** The keys of holds and brake that were absent: an expiry is conditional on their absence. */
  readonly fences: readonly Fence[];
}

/** The evidence of a verdict on a run, as the audit keeps it: it alone tells a reader why. */
export const evidenceOfVerdict = (
  { judged: { record, revision }, evidence }: Judgement,
  { observations }: Pick<Observer, 'observations'>,
): Record<string, unknown> => ({
  judged: revision,
  lastRenewal: observations.lastRenewal(leaseKey(record)) ?? null,
  countingSince: observations.countingSince,
  silentFor: Math.round(evidence.silentFor),
  suspectFor: Math.round(evidence.suspectFor),
  lease: evidence.lease,
  probe: evidence.probe,
  connection: evidence.connection,
  hold: evidence.hold,
  brake: evidence.brake,
  policy: { ttl: record.ttl, grace: record.grace },
});

/**
 * A late run may be reconnecting: it is asked a second time after this, before it counts as
 * unreachable.
 */
const reconnectDelay: Millis = seconds(1);
const pingTimeout: Millis = seconds(1);

/** The verdict on a run from what the observer knows, without a request. */
export const judgeLocally = ({ record }: StoredAgent, observer: Observer): RunVerdict =>
  judgeRun(evidenceOf(record, observer), record);

/**
 * Judges a run by the data of the stream leader: first its record, then its lease, so that a lease
 * acquired before the record was rewritten is never missed. The run itself is asked if the verdict
 * requires it.
 */
export async function judgeAtLeader(
  known: StoredAgent,
  observer: Observer,
  ports: Pick<Ports, 'registry' | 'leases' | 'messaging' | 'clock'>,
  signal: AbortSignal,
): Promise<Judgement | undefined> {
  const judged: RecordRead<AgentRecord> = readAgent(
    await ports.registry.read(agentKey(known.record)),
  );
  if (judged.kind !== 'stored' || judged.record.run !== known.record.run) return undefined;
  const { record } = judged;
  let evidence = evidenceOf(record, observer);
  let fences: readonly Fence[] = [];
  for (;;) {
    const verdict = judgeRun(evidence, record);
    if (verdict.do === 'read-lease') {
      // Only a suspect needs the hold. The lease is read last, right before the write.
      if (evidence.suspect) {
        const {
          hold,
          brake,
          fences: fencesAtLeader,
        } = await readHoldsAndBrake(record, observer, ports);
        evidence = { ...evidence, hold, brake };
        fences = fencesAtLeader;
      }
      evidence = {
        ...evidence,
        lease: await readMovingLease(record, observer.observations, ports),
      };
    } else if (verdict.do === 'ping') {
      evidence = { ...evidence, probe: await pingTwice(record, observer, ports, signal) };
      // So many connections may have closed meanwhile that one of them tells nothing.
      evidence = { ...evidence, connection: connectionOf(record, observer) };
    } else {
      return { verdict, evidence, judged, fences };
    }
    // The run may have renewed while it was asked.
    evidence = { ...evidence, silentFor: observer.observations.timeSinceRenewal(leaseKey(record)) };
    // This process may have been stopped while it waited for an answer, and the next sweep is not yet due.
    observer.checkSight();
    if (signal.aborted) return undefined;
  }
}

function evidenceOf(record: AgentRecord, observer: Observer): RunEvidence {
  const onHold = observer.isOnHold(record);
  return {
    phase: record.phase,
    suspect: record.suspect !== undefined,
    silentFor: observer.observations.timeSinceRenewal(leaseKeyOf(record)),
    suspectFor: observer.suspicionAge(record, onHold),
    lease: 'unread',
    probe: 'unasked',
    connection: connectionOf(record, observer),
    hold: onHold ? 'stands' : 'unread',
    brake: record.suspect === undefined ? 'off' : observer.brakeStateOf(record),
  };
}

function connectionOf(record: AgentRecord, observer: Observer): RunEvidence['connection'] {
  const closed = observer.disconnectOf(record);
  if (!closed) return 'open';
  return closed.how === 'closed-by-client' ? 'closed-by-client' : 'closed';
}

/** The lease at the leader; `unknown` if the leader does not answer. */
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

/**
 * The lease of a run at the leader, and whether it moves. Without `ttl` it tells its own, or (older agents) it stands while it exists.
 */
export async function readMovingLease(
  { ttl: known, ...run }: RunRef & { readonly ttl?: Millis },
  observations: LeaseObservations,
  { leases, clock }: Pick<Ports, 'leases' | 'clock'>,
): Promise<LeaseState> {
  const asked = clock.monotonic();
  try {
    const entry = await leases.read(leaseKey(run));
    if (entry.text === undefined) return 'absent';
    const ttl = known ?? readLeaseTtl(entry.text);
    return ttl !== undefined && observations.isUnmoved(entry, ttl, asked) ? 'unmoved' : 'stands';
  } catch (error) {
    if (error instanceof Fault) return 'unknown';
    throw error;
  }
}

/** A key at the leader: its revision, and whether it has a value, readable or not. */
interface KeyState extends Fence {
  readonly isPresent: boolean;
}

async function readKeyStates(
  keys: readonly string[],
  { registry }: Pick<Ports, 'registry'>,
): Promise<readonly KeyState[] | 'unknown'> {
  try {
    const entries = await Promise.all(keys.map((key) => registry.read(key)));
    return entries.map(({ key, revision, text }) => ({
      ...{ key, expectedRevision: revision, isPresent: text !== undefined },
    }));
  } catch (error) {
    if (error instanceof Fault) return 'unknown';
    throw error;
  }
}

/** The holds on a suspect and the brake of its zone at the leader, with the fences of an expiry. */
async function readHoldsAndBrake(
  record: AgentRecord,
  observer: Observer,
  ports: Pick<Ports, 'registry'>,
): Promise<Pick<RunEvidence, 'hold' | 'brake'> & { readonly fences: readonly Fence[] }> {
  const { host, agent } = record;
  const [holds, brakes] = await Promise.all([
    readKeyStates([holdKey(host), holdKey(host, agent)], ports),
    readKeyStates([brakeKey(zoneOf(record))], ports),
  ]);
  const isOff = brakes !== 'unknown' && brakes.every(({ isPresent }) => !isPresent);
  const localBrake = observer.brakeStateOf(record);
  const fences = [
    ...(holds === 'unknown' ? [] : holds),
    ...(localBrake === 'off' && isOff ? brakes : []),
  ];
  return {
    hold:
      holds === 'unknown' ? holds : holds.some(({ isPresent }) => isPresent) ? 'stands' : 'absent',
    // The brake started meanwhile, or the cache does not show it yet: only runs with a permit
    // expire.
    brake: localBrake === 'off' && !isOff ? 'waits' : localBrake,
    fences: fences.map(({ key, expectedRevision }) => ({ key, expectedRevision })),
  };
}

async function pingTwice(
  record: AgentRecord,
  observer: Observer,
  { messaging, clock }: Pick<Ports, 'messaging' | 'clock'>,
  signal: AbortSignal,
): Promise<RunEvidence['probe']> {
  const { observations } = observer;
  const key = leaseKey(record);
  const before = observations.revisionOf(key);
  // No request may still be open when the ttl decides.
  const timeLeft = () => Math.max(50, record.ttl - observations.timeSinceRenewal(key));
  if (record.suspect) return ping(record, pingTimeout, messaging);
  const firstReply = await ping(record, Math.min(pingTimeout, timeLeft()), messaging);
  if (firstReply !== 'no-responders') return firstReply;
  // A process that closed its own connection is not reconnecting.
  if (connectionOf(record, observer) === 'closed-by-client') return firstReply;
  await clock.sleep(Math.min(reconnectDelay, timeLeft()), signal);
  if (observations.revisionOf(key) !== before) return 'answered';
  return ping(record, Math.min(pingTimeout, timeLeft()), messaging);
}

async function ping(
  run: RunRef,
  timeout: Millis,
  messaging: Ports['messaging'],
): Promise<RunEvidence['probe']> {
  try {
    const reply = await messaging.ping(run, timeout);
    return typeof reply === 'string' ? reply : 'answered';
  } catch (error) {
    if (error instanceof Fault) return 'unknown';
    throw error;
  }
}
