import type { RunId, RunRef } from '../../domain/identity/names.ts';
import { agentKey, leaseKey, leasesOfAgentFilter } from '../../domain/identity/registry-keys.ts';
import type { Desired } from '../../domain/records/desired-instances.ts';
import type { AgentRecord } from '../../domain/records/schemas.ts';
import { type RecordRead, readAgent } from '../../domain/records/stored-record.ts';
import { type Millis, type Revision, seconds } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import type { CommitOutcome } from '../../ports/registry.ts';
import { LeaseMovements } from '../support/lease-movements.ts';
import { retryDelay } from '../support/retry.ts';
import type { Provenance } from '../transitions/record-change.ts';
import { buildClaim, type Claim, transitionRun } from '../transitions/run-changes.ts';
import type { OwnedRecords } from './owned-records.ts';
import { takeSlotAtOnce } from './take-slot.ts';

export type ClaimResult =
  | { readonly type: 'claimed' }
  /** Outcome unknown, and the record does not name the run: its id must not be used again (G3). */
  | { readonly type: 'spent' }
  | ({ readonly type: 'refused' } & SlotRefusal);

/** Why an active run kept the slot, and where that run is. */
export interface SlotRefusal {
  readonly why: string;
  readonly where: HolderPlace;
}

/** Where the run is that holds the slot, as seen from this process. */
export type HolderPlace = 'here' | 'other-container' | 'other-machine';

export interface ClaimOptions {
  readonly claim: Claim;
  /** Take the slot over from an active run. */
  readonly takeover: boolean;
  /** Earlier runs of this process. */
  readonly previousRuns: ReadonlySet<RunId>;
  readonly desired: () => Desired;
  /** Called with what waits for the run that holds the slot: a process can let its other agents start meanwhile. */
  readonly whileWaiting?: (<T>(wait: () => Promise<T>) => Promise<T>) | undefined;
}

/** A run without a listener is taken over after two checks this far apart. */
const secondCheckAfter: Millis = seconds(3);
const pingTimeout: Millis = seconds(1);

/**
 * Takes the slot for this run, whatever its record is now.
 * @throws {Fault} `store-unavailable`; try again, the state of the slot is read again
 */
export async function claimSlot(
  records: OwnedRecords,
  options: ClaimOptions,
  ports: Pick<Ports, 'registry' | 'leases' | 'messaging' | 'clock' | 'entropy' | 'processes'>,
  signal: AbortSignal,
): Promise<ClaimResult | undefined> {
  const key = agentKey(records.self);
  let failures = 0;
  while (!signal.aborted) {
    // One view of the record and the instances is all that the commit needs, unless another write comes between.
    const looked = failures === 0 ? await records.look(options.desired().keys()) : undefined;
    // A view may be behind: only the leader's record says that an active run keeps the slot.
    const current = looked && isFree(looked) ? looked : readAgent(await ports.registry.read(key));
    const isListed = looked?.revision === current.revision && current.kind !== 'unreadable';
    if (current.kind === 'stored' && current.record.run === records.self.run) {
      records.forgetInstances();
      return (await confirm(records, ports, signal)) ? { type: 'claimed' } : { type: 'spent' };
    }
    if (records.isRunIdSpent) return { type: 'spent' };
    const permission = await checkPermission(current, records.self, options, ports, signal);
    if (permission === undefined) continue;
    if ('refused' in permission) {
      const where = placeOf(current, options.claim.process);
      return { type: 'refused', why: permission.refused, where };
    }
    const provenance = { evidence: { taken: permission.reason } };
    const outcome = isListed
      ? await takeSlotAtOnce(records, current, options, provenance, ports, signal)
      : await takeSlot(records, current, options, provenance, signal);
    if (outcome === 'committed') {
      if (current.kind === 'stored') ports.messaging.notify(current.record, 'superseded');
      // The run before may have registered another instance after they were listed; from now on it cannot.
      if (!isListed || !isFree(current)) records.forgetInstances();
      return { type: 'claimed' };
    }
    records.isRunIdSpent = outcome === 'unknown';
    failures += 1;
    // Gives a write in progress time to arrive, and keeps an agent that restarts from spinning.
    if (outcome !== 'conflict') await retryDelay(ports, signal, failures);
  }
  return undefined;
}

/** Whether no other run can write instances under the slot: its writes are fenced on another record. */
const isFree = (current: RecordRead<AgentRecord>): boolean =>
  current.kind === 'absent' || (current.kind === 'stored' && current.record.phase === 'expired');

async function takeSlot(
  records: OwnedRecords,
  over: RecordRead<AgentRecord>,
  { claim }: ClaimOptions,
  provenance: Provenance,
  signal: AbortSignal,
): Promise<CommitOutcome['outcome']> {
  const change = buildClaim(records.author, over, claim, provenance);
  return (await records.commit([change], signal)).outcome;
}

function placeOf(holder: RecordRead<AgentRecord>, own: AgentRecord['process']): HolderPlace {
  if (holder.kind !== 'stored') return 'here';
  const { boot, namespace } = holder.record.process;
  if (boot !== own.boot) return 'other-machine';
  return namespace === own.namespace ? 'here' : 'other-container';
}

/** The write that took the slot was stored, but not acknowledged: rewrites the record once. */
async function confirm(
  records: OwnedRecords,
  ports: Pick<Ports, 'clock' | 'entropy'>,
  signal: AbortSignal,
): Promise<boolean> {
  for (let failures = 1; !signal.aborted; failures += 1) {
    const own = await records.check();
    if ('ended' in own) return false;
    // It was rewritten since: only the write that took the slot has no term.
    if (own.record.term !== 0) return true;
    const change = transitionRun(records.author, own, { type: 'confirmed' });
    if (change === 'ignored') return true;
    const { outcome } = await records.commit([change], signal);
    if (outcome === 'committed') return true;
    await retryDelay(ports, signal, failures);
  }
  return false;
}

type Permission = { readonly reason: string } | { readonly refused: string };

/** Whether the slot may be taken from its current holder; undefined: check again. */
async function checkPermission(
  current: RecordRead<AgentRecord>,
  self: RunRef,
  { takeover, previousRuns, whileWaiting = (wait) => wait() }: ClaimOptions,
  ports: Pick<Ports, 'leases' | 'messaging' | 'clock' | 'processes'>,
  signal: AbortSignal,
): Promise<Permission | undefined> {
  if (current.kind === 'absent') return { reason: 'free' };
  if (current.kind === 'unreadable') return checkUnreadable(current.why, self, ports);
  const { record } = current;
  if (record.phase === 'expired') return { reason: 'expired' };
  if (previousRuns.has(record.run)) return { reason: 'former-run-of-this-process' };
  if (takeover) return { reason: 'takeover' };
  return whileWaiting(() => checkHolder(record, ports, signal));
}

async function checkUnreadable(
  why: string,
  self: RunRef,
  { leases }: Pick<Ports, 'leases'>,
): Promise<Permission> {
  const others = (await leases.list(leasesOfAgentFilter(self))).filter(
    ({ key }) => key !== leaseKey(self),
  );
  return others.length === 0
    ? { reason: 'unreadable-and-no-lease' }
    : { refused: `the slot's record cannot be read (${why}) and ${others[0]?.key} exists` };
}

/**
 * Asks the holder first, even if the process table has no such process: on a machine restored from a snapshot, the
 * process of the record is gone, while its twin on the original machine holds the slot and answers.
 */
async function checkHolder(
  record: AgentRecord,
  ports: Pick<Ports, 'leases' | 'messaging' | 'clock' | 'processes'>,
  signal: AbortSignal,
): Promise<Permission | undefined> {
  const { leases, messaging, clock } = ports;
  const key = leaseKey(record);
  const leaseBefore = await leases.read(key);
  const firstReply = await messaging.ping(record, pingTimeout);
  if (firstReply === 'no-responders') {
    if (ports.processes.isGone(record.process)) return { reason: 'process-gone' };
    await clock.sleep(secondCheckAfter, signal);
    if (signal.aborted) return undefined;
    const secondReply = await messaging.ping(record, pingTimeout);
    const leaseAfter = await leases.read(key);
    const renewed = leaseAfter.text !== undefined && leaseAfter.revision !== leaseBefore.revision;
    return secondReply === 'no-responders' && !renewed ? { reason: 'nobody-answers' } : undefined;
  }
  if (firstReply === 'no-answer') return waitForLease(record, ports, signal);
  return { refused: `run ${record.run} holds the slot and answers (${firstReply.state})` };
}

/** A process listens but does not answer; it may be frozen. Its lease decides, unless it is killed. */
async function waitForLease(
  record: AgentRecord,
  {
    leases,
    messaging,
    clock,
    processes,
  }: Pick<Ports, 'leases' | 'messaging' | 'clock' | 'processes'>,
  signal: AbortSignal,
): Promise<Permission | undefined> {
  const began = clock.monotonic();
  const movements = new LeaseMovements(clock);
  let first: Revision | undefined;
  while (!signal.aborted) {
    const asked = clock.monotonic();
    const lease = await leases.read(leaseKey(record));
    if (lease.text === undefined) return { reason: 'lease-lapsed' };
    movements.record([lease]);
    if (movements.isUnmoved(lease, record.ttl, asked)) return { reason: 'lease-unmoved' };
    first ??= lease.revision;
    const isRenewed = lease.revision !== first;
    if (isRenewed && clock.monotonic() - began >= record.ttl + seconds(5)) {
      return { refused: `run ${record.run} does not answer, but its lease is renewed` };
    }
    const reply = await messaging.ping(record, pingTimeout);
    if (reply === 'no-responders' && processes.isGone(record.process)) {
      return { reason: 'process-gone' };
    }
    if (typeof reply === 'object') {
      return { refused: `run ${record.run} holds the slot and answers (${reply.state})` };
    }
    await clock.sleep(seconds(0.5), signal);
  }
  return undefined;
}
