import type { DrainTarget } from '../../domain/identity/names.ts';
import { drainKey } from '../../domain/identity/registry-keys.ts';
import { readDrain } from '../../domain/records/stored-record.ts';
import {
  buildDrain,
  changeDrain,
  endDrain,
  type PlannedDrain,
} from '../transitions/drain-changes.ts';
import type { Author } from '../transitions/record-change.ts';
import { commitUntilStored, type OperatorPorts, unreadable } from './operator-actions.ts';

/**
 * Starts a drain, or changes the end and the reason of the existing one.
 * @returns whether it is new
 * @throws {Fault} `store-unavailable`, `store-refused`, `record-unreadable`
 */
export function planDrain(
  author: Author,
  plan: PlannedDrain,
  ports: OperatorPorts,
  signal: AbortSignal,
): Promise<'planned' | 'changed'> {
  const key = drainKey(plan.target);
  /** Ids of drains that this call wrote: they identify the drain if the acknowledgement was lost. */
  const ownIds = new Set<string>();
  return commitUntilStored(ports, signal, async () => {
    const current = readDrain(await ports.registry.read(key));
    if (current.kind === 'unreadable') throw unreadable(current);
    if (current.kind === 'absent') {
      const id = ports.entropy.runId();
      ownIds.add(id);
      return { change: buildDrain(author, current, id, plan), result: 'planned' };
    }
    const { until, why, run } = current.record;
    if (ownIds.has(run)) return { result: 'planned' };
    if (until === plan.until && why === plan.why) return { result: 'changed' };
    return { change: changeDrain(author, current, plan), result: 'changed' };
  });
}

/**
 * Ends a drain.
 * @returns `absent` if there is none
 * @throws {Fault} as {@link planDrain}
 */
export function endDrainNow(
  author: Author,
  target: DrainTarget,
  ports: OperatorPorts,
  signal: AbortSignal,
): Promise<'ended' | 'absent'> {
  const key = drainKey(target);
  /** The drain that this call tried to end: a later one belongs to another operator. */
  let attempted: string | undefined;
  return commitUntilStored(ports, signal, async () => {
    const current = readDrain(await ports.registry.read(key));
    if (current.kind === 'unreadable') throw unreadable(current);
    if (current.kind === 'absent') return { result: attempted ? 'ended' : 'absent' };
    const { run } = current.record;
    if (attempted !== undefined && attempted !== run) return { result: 'ended' };
    attempted = run;
    return { change: endDrain(author, current, 'ended'), result: 'ended' };
  });
}
