import type { RunId, RunRef } from '../../domain/identity/names.ts';
import { agentKey, leaseKey, leasesOfAgentFilter } from '../../domain/identity/registry-keys.ts';
import type { AgentRecord } from '../../domain/records/schemas.ts';
import { type RecordRead, readAgent } from '../../domain/records/stored-record.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import { retryDelay } from '../support/retry.ts';
import { buildClaim, type Claim, transitionRun } from '../transitions/run-changes.ts';
import type { OwnedRecords } from './owned-records.ts';

export type ClaimResult =
  | { readonly type: 'claimed' }
  /** Outcome unknown, and the record does not name the run: its id is used up (G3). */
  | { readonly type: 'spent' }
  | { readonly type: 'refused'; readonly why: string };

export interface ClaimOptions {
  readonly claim: Claim;
  /** Told to take the slot over from a run that is alive. */
  readonly takeover: boolean;
  /** Runs that this very process has been and is no longer. */
  readonly previousRuns: ReadonlySet<RunId>;
}

/** A run that nobody answers for is taken over when that was seen twice, so far apart. */
const secondLook: Millis = seconds(3);
const probeWithin: Millis = seconds(1);

/**
 * Takes the slot for this run, from whatever stands there.
 * @throws {Fault} `store-unavailable`; ask again, the state of the slot is read anew
 */
export async function claimSlot(
  holding: OwnedRecords,
  options: ClaimOptions,
  ports: Pick<Ports, 'registry' | 'leases' | 'messaging' | 'clock' | 'entropy' | 'processes'>,
  signal: AbortSignal,
): Promise<ClaimResult | undefined> {
  const key = agentKey(holding.me);
  while (!signal.aborted) {
    const there = readAgent(await ports.registry.read(key));
    if (there.kind === 'stored' && there.record.run === holding.me.run) {
      return (await confirm(holding, ports, signal)) ? { type: 'claimed' } : { type: 'spent' };
    }
    if (holding.isRunIdSpent) return { type: 'spent' };
    const right = await mayTake(there, holding.me, options, ports, signal);
    if (right === undefined) continue;
    if ('refused' in right) return { type: 'refused', why: right.refused };
    const change = buildClaim(holding.author, there, options.claim, {
      evidence: { taken: right.because },
    });
    const { outcome } = await holding.commit([change]);
    if (outcome === 'committed') {
      if (there.kind === 'stored') ports.messaging.notify(there.record, 'superseded');
      return { type: 'claimed' };
    }
    holding.isRunIdSpent = outcome === 'unknown';
    // A write under way gets the time to arrive; and whoever starts over with a new run does not spin.
    if (outcome !== 'conflict') await retryDelay(ports, signal);
  }
  return undefined;
}

/** The write that took the slot was not acknowledged, but it stands: rewrite the record once, then go on. */
async function confirm(
  holding: OwnedRecords,
  ports: Pick<Ports, 'clock' | 'entropy'>,
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted) {
    const mine = await holding.check();
    if ('ended' in mine) return false;
    if (mine.record.n > 1) return true;
    const change = transitionRun(holding.author, mine, { type: 'confirmed' });
    if (change === 'ignored') return true;
    const { outcome } = await holding.commit([change]);
    if (outcome === 'committed') return true;
    await retryDelay(ports, signal);
  }
  return false;
}

type Right = { readonly because: string } | { readonly refused: string };

/** Whether the slot may be taken from what stands there; undefined: look again. */
async function mayTake(
  there: RecordRead<AgentRecord>,
  me: RunRef,
  { takeover, previousRuns: former }: ClaimOptions,
  ports: Pick<Ports, 'leases' | 'messaging' | 'clock' | 'processes'>,
  signal: AbortSignal,
): Promise<Right | undefined> {
  if (there.kind === 'absent') return { because: 'free' };
  if (there.kind === 'unreadable') return mayTakeUnreadable(there.why, me, ports);
  const { record } = there;
  if (record.phase === 'expired') return { because: 'expired' };
  if (former.has(record.run)) return { because: 'former-run-of-this-process' };
  if (ports.processes.isGone(record.process)) return { because: 'process-gone' };
  if (takeover) return { because: 'takeover' };
  return mayTakeFromHolder(record, ports, signal);
}

async function mayTakeUnreadable(
  why: string,
  me: RunRef,
  { leases }: Pick<Ports, 'leases'>,
): Promise<Right> {
  const others = (await leases.list(leasesOfAgentFilter(me))).filter(
    ({ key }) => key !== leaseKey(me),
  );
  return others.length === 0
    ? { because: 'unreadable-and-no-lease' }
    : { refused: `the slot's record cannot be read (${why}) and ${others[0]?.key} stands` };
}

async function mayTakeFromHolder(
  record: AgentRecord,
  ports: Pick<Ports, 'leases' | 'messaging' | 'clock'>,
  signal: AbortSignal,
): Promise<Right | undefined> {
  const { leases, messaging, clock } = ports;
  const key = leaseKey(record);
  const before = await leases.read(key);
  const first = await messaging.ping(record, probeWithin);
  if (first === 'no-responders') {
    await clock.sleep(secondLook, signal);
    if (signal.aborted) return undefined;
    const again = await messaging.ping(record, probeWithin);
    const after = await leases.read(key);
    const renewed = after.text !== undefined && after.revision !== before.revision;
    return again === 'no-responders' && !renewed ? { because: 'nobody-answers' } : undefined;
  }
  if (first === 'no-answer') return outlast(record, ports, signal);
  return { refused: `run ${record.run} holds the slot and answers (${first.state})` };
}

/** Somebody listens there and says nothing: a frozen process, perhaps. Its lease decides. */
async function outlast(
  record: AgentRecord,
  { leases, messaging, clock }: Pick<Ports, 'leases' | 'messaging' | 'clock'>,
  signal: AbortSignal,
): Promise<Right | undefined> {
  const until = clock.monotonic() + record.ttl + seconds(5);
  while (!signal.aborted) {
    const lease = await leases.read(leaseKey(record));
    if (lease.text === undefined) return { because: 'lease-lapsed' };
    if (clock.monotonic() >= until) {
      return { refused: `run ${record.run} does not answer, but its lease is renewed` };
    }
    const answer = await messaging.ping(record, probeWithin);
    if (typeof answer === 'object') {
      return { refused: `run ${record.run} holds the slot and answers (${answer.state})` };
    }
    await clock.sleep(seconds(0.5), signal);
  }
  return undefined;
}
