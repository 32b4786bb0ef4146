import { Fault } from '../../domain/fault.ts';
import type { StoreLoss } from '../../domain/store-history/store-loss.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Author } from '../transitions/record-change.ts';
import { recordLosses } from './record-losses.ts';

/**
 * Repairs what the store has lost and records it, on behalf of an operator: also the losses of the audit,
 * which nothing can bring back.
 * @returns the recorded losses
 * @throws {Fault} `store-unavailable`, `store-refused`
 */
export async function repairStore(
  author: Author,
  ports: Pick<Ports, 'audit'>,
): Promise<readonly StoreLoss[]> {
  await ports.audit.tidy().catch((cause: unknown) => {
    // The reason to be here: nothing is trimmed before the loss is recorded.
    if (!(cause instanceof Fault) || cause.code !== 'history-lost') throw cause;
  });
  return recordLosses(author, ports, () => true);
}
