import { parseAuditEvent } from '../../domain/events/audit-entry.ts';
import type { Hash } from '../../domain/events/hash-chain.ts';
import { LossLedger } from '../../domain/losses/loss-ledger.ts';
import type { History } from '../../ports/audit.ts';

/**
 * The subjects of the events of runs, `host.agent.run.n`; of instances, with `service.id` before `n`, and of their
 * drains, which have as many tokens; and of the drains of hosts.
 */
const filters = ['*.*.*.*', '*.*.*.*.*.*', '=drain.*.*.drain.*'];

/**
 * What a history tells of losses up to its end. It reads the events of runs, instances and drains only. An event
 * that cannot be read is skipped (G12).
 * @throws {Fault} `store-unavailable`
 */
export async function readLosses(
  history: History,
  signal: AbortSignal,
  hash?: Hash,
): Promise<LossLedger> {
  const ledger = new LossLedger();
  for await (const stored of history.read(0, filters)) {
    signal.throwIfAborted();
    const read = parseAuditEvent(stored, hash);
    if (read.kind === 'event') ledger.take(read.event, read.storedAt);
  }
  return ledger;
}
