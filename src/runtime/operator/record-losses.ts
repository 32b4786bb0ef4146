import { needsOperator, type StoreLoss } from '../../domain/store-history/store-loss.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Author } from '../transitions/record-change.ts';
import { lossEvent } from '../transitions/store-changes.ts';

/**
 * Records losses of the store in the history, so that a replay knows what is undone or missing.
 * The event comes first: a process that dies in between leaves a loss that is recorded already.
 * @param accepts which losses to record. An operator accepts those of the audit
 * @returns the losses that are recorded now
 * @throws {Fault} `store-unavailable`, `store-refused`
 */
export async function recordLosses(
  author: Author,
  { audit }: Pick<Ports, 'audit'>,
  accepts: (loss: StoreLoss) => boolean = (loss) => !needsOperator(loss),
): Promise<readonly StoreLoss[]> {
  const recorded: StoreLoss[] = [];
  for (const loss of (await audit.losses()).filter(accepts)) {
    await audit.append(lossEvent(author, loss));
    await audit.settle(loss);
    recorded.push(loss);
  }
  return recorded;
}
