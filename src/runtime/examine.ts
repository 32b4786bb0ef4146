import { type Read, readAgent, type StoredAgent } from '../domain/entry.ts';
import { Fault } from '../domain/fault.ts';
import { judgeRun, type RunEvidence, type RunVerdict } from '../domain/judge.ts';
import { agentKey, leaseKey } from '../domain/keys.ts';
import type { RunRef } from '../domain/names.ts';
import type { AgentRecord } from '../domain/records.ts';
import { type Millis, seconds } from '../domain/time.ts';
import type { Ports } from '../ports/ports.ts';
import type { Sightings } from './sightings.ts';

/** What this observer's own clocks say about a run. */
export interface Clocks {
  readonly sightings: Sightings;
  /** How long it has known of the run's suspicion. */
  suspectFor(record: AgentRecord): Millis;
}

export interface Examined {
  readonly verdict: RunVerdict;
  readonly evidence: RunEvidence;
  /** The record that was judged; a write is conditional on its revision. */
  readonly judged: StoredAgent;
}

/** What a verdict on a run was based on, as the audit keeps it: from it alone a person can tell why. */
export const evidenceOfVerdict = (
  { judged: { record, revision }, evidence }: Examined,
  { sightings }: Clocks,
): Record<string, unknown> => ({
  judged: revision,
  lastRenewal: sightings.lastOf(leaseKey(record)) ?? null,
  countingSince: sightings.countingSince,
  silentFor: Math.round(evidence.silentFor),
  suspectFor: Math.round(evidence.suspectFor),
  lease: evidence.lease,
  probe: evidence.probe,
  policy: { ttl: record.ttl, grace: record.grace },
});

/** A late run may be reconnecting: it is asked again after so long before it counts as unreachable. */
const reconnectWithin: Millis = seconds(1);
const probeWithin: Millis = seconds(1);

/** What the view alone says about a run, without asking anybody. */
export const glance = ({ record }: StoredAgent, clocks: Clocks): RunVerdict =>
  judgeRun(evidenceOf(record, clocks), record);

/**
 * Judges a run by what the leader says: its record first, then its lease, so that a lease taken before
 * a record was rewritten is never missed; the run itself is asked where the verdict wants it.
 */
export async function examine(
  seen: StoredAgent,
  clocks: Clocks,
  ports: Pick<Ports, 'registry' | 'leases' | 'probe' | 'clock'>,
  signal: AbortSignal,
): Promise<Examined | undefined> {
  const judged: Read<AgentRecord> = readAgent(await ports.registry.read(agentKey(seen.record)));
  if (judged.kind !== 'stored' || judged.record.run !== seen.record.run) return undefined;
  const { record } = judged;
  let evidence = evidenceOf(record, clocks);
  for (;;) {
    const verdict = judgeRun(evidence, record);
    if (verdict.do === 'look') {
      evidence = { ...evidence, lease: await readLease(record, ports) };
    } else if (verdict.do === 'ask') {
      evidence = { ...evidence, probe: await askTwice(record, clocks, ports, signal) };
    } else {
      return { verdict, evidence, judged };
    }
    // Asking takes time, in which the run may have been heard.
    evidence = { ...evidence, silentFor: clocks.sightings.silenceOf(leaseKey(record)) };
    if (signal.aborted) return undefined;
  }
}

const evidenceOf = (record: AgentRecord, clocks: Clocks): RunEvidence => ({
  phase: record.phase,
  suspect: record.suspect !== undefined,
  silentFor: clocks.sightings.silenceOf(leaseKey(record)),
  suspectFor: clocks.suspectFor(record),
  lease: 'unread',
  probe: 'unasked',
});

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

async function askTwice(
  record: AgentRecord,
  { sightings }: Clocks,
  { probe, clock }: Pick<Ports, 'probe' | 'clock'>,
  signal: AbortSignal,
): Promise<RunEvidence['probe']> {
  const key = leaseKey(record);
  const before = sightings.revisionOf(key);
  // No question may still be waiting for an answer when the ttl decides.
  const left = () => Math.max(50, record.ttl - sightings.silenceOf(key));
  if (record.suspect) return ask(record, probeWithin, probe);
  const first = await ask(record, Math.min(probeWithin, left()), probe);
  if (first !== 'no-responders') return first;
  await clock.sleep(Math.min(reconnectWithin, left()), signal);
  if (sightings.revisionOf(key) !== before) return 'answered';
  return ask(record, Math.min(probeWithin, left()), probe);
}

async function ask(
  run: RunRef,
  limit: Millis,
  probe: Ports['probe'],
): Promise<RunEvidence['probe']> {
  try {
    const answer = await probe.ask(run, limit);
    return typeof answer === 'string' ? answer : 'answered';
  } catch (error) {
    if (error instanceof Fault) return 'unknown';
    throw error;
  }
}
