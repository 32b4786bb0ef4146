import { parseAuditEvent } from '../../domain/events/audit-entry.ts';
import type { Hash } from '../../domain/events/hash-chain.ts';
import { allAgents, slotOfKey } from '../../domain/identity/registry-keys.ts';
import { encodeSubjectToken } from '../../domain/identity/subject-token.ts';
import { LossLedger } from '../../domain/losses/loss-ledger.ts';
import type { LostAgent } from '../../domain/losses/losses.ts';
import type { History } from '../../ports/audit.ts';
import type { Registry } from '../../ports/registry.ts';

/** Filters of one read. The server compares each subject of the history with them. */
const filtersAtOnce = 50;

/**
 * The agents that were lost in the last 24 hours, as {@link readLosses} finds them, without reading the whole
 * history: the tombstones of removed agent records name the candidates, and only their events are read.
 * @throws {Fault} `store-unavailable`; `store-refused` for a user who may not read the history
 */
export async function readRecentLosses(
  { registry, audit }: { readonly registry: Pick<Registry, 'list'>; readonly audit: History },
  signal: AbortSignal,
  hash?: Hash,
): Promise<readonly LostAgent[]> {
  const removed = (await registry.list([allAgents], 0))
    .filter(({ text }) => text === undefined)
    .map(({ key }) => slotOfKey(key));
  const ledger = new LossLedger();
  const take = (filters: readonly string[]) => takeAll(ledger, audit, filters, signal, hash);
  await take(removed.map((slot) => `${slot}.*.*`));
  const lost = ledger.lost();
  await take(
    lost.map(({ host, agent, run }) =>
      [host, agent, run].map(encodeSubjectToken).concat('*.*.*').join('.'),
    ),
  );
  // Another agent may have registered an instance since, and may have removed it in good order.
  const instances = ledger.lost().flatMap((one) => one.instances);
  await take(
    instances.map(({ service, id }) =>
      ['*.*.*', encodeSubjectToken(service), encodeSubjectToken(id), '*'].join('.'),
    ),
  );
  return ledger.lost();
}

async function takeAll(
  ledger: LossLedger,
  audit: History,
  filters: readonly string[],
  signal: AbortSignal,
  hash: Hash | undefined,
): Promise<void> {
  for (let from = 0; from < filters.length; from += filtersAtOnce) {
    for await (const stored of audit.read(0, filters.slice(from, from + filtersAtOnce))) {
      signal.throwIfAborted();
      const read = parseAuditEvent(stored, hash);
      if (read.kind === 'event') ledger.take(read.event, read.storedAt);
    }
  }
}
