import { registrationsPerBatch } from '../../domain/policy/lease-policy.ts';
import {
  type Desired,
  diffInstances,
  type ReconcileAction,
} from '../../domain/records/desired-instances.ts';
import type { Ports } from '../../ports/ports.ts';
import { retryDelay } from '../support/retry.ts';
import {
  registerInstance,
  removeInstance,
  transitionInstance,
} from '../transitions/instance-changes.ts';
import type { Change } from '../transitions/record-change.ts';
import { transitionRun } from '../transitions/run-changes.ts';
import type { OwnedRecords, OwnershipLost } from './owned-records.ts';

export type ReconcileResult = 'reconciled' | 'suspected' | OwnershipLost;

/**
 * Makes the records under the slot's prefix equal to what really runs, each write conditional; then,
 * the first time, announces the run as live.
 *
 * Whatever refuses a write is answered by reading again, the slot's record first: a run that lost its
 * slot learns it here. After a write of unknown outcome the slot's record is rewritten before anything
 * is read: instance writes are fenced on it, so nothing that is still under way can land later.
 * @throws {Fault} `store-unavailable`; reconcile again
 */
export async function reconcile(
  holding: OwnedRecords,
  desired: () => Desired,
  ports: Pick<Ports, 'clock' | 'entropy'>,
  signal: AbortSignal,
): Promise<ReconcileResult | undefined> {
  let known = holding.instances.size > 0;
  while (!signal.aborted) {
    const mine = holding.agent ?? (await holding.check());
    if ('ended' in mine) return mine;
    const settled = !holding.hasUnknownCommit;
    if (settled && !known) await holding.list();
    known = settled;
    const changes = settled ? nextChanges(holding, desired()) : ownMove(holding, 'confirmed');
    if (changes.length === 0 && mine.record.phase !== 'registering') return 'reconciled';
    const { outcome } = await holding.commit(
      changes.length > 0 ? changes : ownMove(holding, 'announced'),
    );
    if (outcome === 'committed') continue;
    known = false;
    const after = await holding.check();
    if ('ended' in after) return after;
    if (after.record.suspect) return 'suspected';
    await retryDelay(ports, signal);
  }
  return undefined;
}

function nextChanges(holding: OwnedRecords, desired: Desired): readonly Change[] {
  const { me, instances } = holding;
  return diffInstances(me, me.run, instances, desired)
    .slice(0, registrationsPerBatch)
    .map((repair) => changeOf(holding, repair))
    .filter((change) => change !== 'ignored');
}

function ownMove(holding: OwnedRecords, type: 'announced' | 'confirmed'): readonly Change[] {
  if (!holding.agent) return [];
  const change = transitionRun(holding.author, holding.agent, { type });
  return change === 'ignored' ? [] : [change];
}

function changeOf(holding: OwnedRecords, repair: ReconcileAction): Change | 'ignored' {
  const { author, chainHeads: heads, agent } = holding;
  // What is done before the run is announced is done because it started.
  const because = agent?.record.phase === 'registering' ? { cause: agent.record.hash } : {};
  switch (repair.do) {
    case 'register':
      return registerInstance(
        author,
        repair.desired,
        repair.existing,
        heads.get(repair.existing.key),
        because,
      );
    case 'change':
      return transitionInstance(author, repair.stored, {
        type: 'changed',
        spec: repair.desired.spec,
      });
    case 'turn':
      return transitionInstance(author, repair.stored, turnTo(repair));
    case 'remove':
      return removeInstance(author, repair.stored, 'deregistered', because);
    default:
      return repair satisfies never;
  }
}

function turnTo({ desired: { health } }: ReconcileAction & { do: 'turn' }) {
  switch (health.state) {
    case 'serving':
      return { type: 'recovered' } as const;
    case 'failing':
      return { type: 'failed', detail: health.detail } as const;
    case 'draining':
      return { type: 'drained' } as const;
    default:
      return health satisfies never;
  }
}
