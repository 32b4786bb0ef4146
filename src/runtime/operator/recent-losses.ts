import { parseAuditEvent } from '../../domain/events/audit-entry.ts';
import type { Hash } from '../../domain/events/hash-chain.ts';
import { allAgents, slotOfKey } from '../../domain/identity/registry-keys.ts';
import { encodeSubjectToken } from '../../domain/identity/subject-token.ts';
import { LossLedger } from '../../domain/losses/loss-ledger.ts';
import type { LostAgent } from '../../domain/losses/losses.ts';
import { type KeyValueEntry, readAgent, termOf } from '../../domain/records/stored-record.ts';
import type { Revision } from '../../domain/time.ts';
import type { History } from '../../ports/audit.ts';
import type { Registry } from '../../ports/registry.ts';

/** Filters of one read. The server compares each subject of the history with them. */
const filtersAtOnce = 50;

/**
 * The losses of the last 24 hours, as {@link readLosses} finds them, without reading the whole history: the
 * tombstones of removed agent records name the candidates, and only their events are read. Of the zones with a
 * loss, also those of the agents whose runs began after the first one: they may have come back.
 * @throws {Fault} `store-unavailable`; `store-refused` for a user who may not read the history
 */
export async function readRecentLosses(
  { registry, audit }: { readonly registry: Pick<Registry, 'list'>; readonly audit: History },
  signal: AbortSignal,
  hash?: Hash,
): Promise<LossLedger> {
  const entries = await registry.list([allAgents], 0);
  const tombstones = entries.filter(({ text }) => text === undefined);
  const ledger = new LossLedger();
  const take = (filters: readonly string[]) => takeAll(ledger, audit, filters, signal, hash);
  await take(tombstones.map(({ key }) => `${slotOfKey(key)}.*.*`));
  const lost = ledger.lost();
  await take(returnedSince(firstRemovals(lost, tombstones), entries).map((key) => `${key}.*.*`));
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
  return ledger;
}

/** Of each zone with a loss, the revision at which the first record of a lost agent was removed. */
function firstRemovals(
  lost: readonly LostAgent[],
  tombstones: readonly KeyValueEntry[],
): ReadonlyMap<string, Revision> {
  const removedAt = new Map(tombstones.map(({ key, revision }) => [slotOfKey(key), revision]));
  const first = new Map<string, Revision>();
  for (const { host, agent, zone } of lost) {
    const revision = removedAt.get([host, agent].map(encodeSubjectToken).join('.'));
    if (revision === undefined) continue;
    first.set(zone, Math.min(revision, first.get(zone) ?? revision));
  }
  return first;
}

/** The slots whose run took them after the first loss of their zone. */
const returnedSince = (
  first: ReadonlyMap<string, Revision>,
  entries: readonly KeyValueEntry[],
): readonly string[] =>
  entries.flatMap((entry) => {
    const read = readAgent(entry);
    if (read.kind !== 'stored') return [];
    const since = first.get(read.record.zone ?? '');
    return since !== undefined && termOf(read) > since ? [slotOfKey(entry.key)] : [];
  });

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
