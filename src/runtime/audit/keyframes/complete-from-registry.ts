import type { AuditEntry, UnreadableEvent } from '../../../domain/events/audit-entry.ts';
import { allKeys } from '../../../domain/identity/registry-keys.ts';
import type { KeyValueEntry } from '../../../domain/records/stored-record.ts';
import type { Divergence } from '../../../domain/replay/divergence.ts';
import { registryKeyOf } from '../../../domain/replay/fold.ts';
import type { RegistrySource } from '../../../domain/replay/keyframe-format.ts';
import { chainOfRecord } from '../../../domain/replay/record-chain.ts';
import { sameRecord } from '../../../domain/replay/record-diff.ts';
import type { Gap } from '../../../domain/store-history/loss-timeline.ts';
import type { Ports } from '../../../ports/ports.ts';
import { catchUpTimeout, pollEvery } from '../verifier/catch-up-time.ts';
import type { ChainState } from '../verifier/chain-index.ts';
import type { Checkpoint } from '../verifier/checkpoint.ts';
import type { Verifier } from '../verifier/verifier.ts';
import { checkRegistryRecords } from './check-registry-records.ts';

/** Reads the history on to its present end, and calls this for each event; `false` if it was stopped. */
type ReadOn = (passed: (recorded: AuditEntry | UnreadableEvent) => void) => Promise<boolean>;

/**
 * Completes the state of a history behind a gap: events after the gap tell of the records that they changed,
 * and all other records are still as the lost events left them, in the registry.
 *
 * The registry is listed first, and then the history is read beyond everything that the registry had. So a
 * listed record that no event after the gap changed was in that state from the gap on. The verifier
 * continues from the completed state, and knows everything again.
 *
 * @returns where the state comes from; a divergence if the registry has records that the lost events cannot
 * have written; undefined if the audit does not catch up, or it was stopped
 * @throws {Fault} `store-unavailable`
 */
export async function completeFromRegistry(
  verifier: Verifier,
  gapOf: () => Gap | undefined,
  { audit, registry, clock }: Pick<Ports, 'audit' | 'registry' | 'clock'>,
  readOn: ReadOn,
  signal: AbortSignal,
): Promise<RegistrySource | Divergence | undefined> {
  const listed = await registry.list([allKeys], 0);
  const until = clock.monotonic() + catchUpTimeout;
  while (await audit.isBehind()) {
    if (clock.monotonic() >= until || signal.aborted) return undefined;
    await clock.sleep(pollEvery, signal);
  }
  const changed = new Set<string>();
  const isRead = await readOn((recorded) => {
    const key = recorded.kind === 'event' ? registryKeyOf(recorded.event) : undefined;
    if (key !== undefined) changed.add(key);
  });
  const gap = gapOf();
  if (!isRead || !gap) return undefined;
  const source: RegistrySource = {
    kind: 'registry',
    revision: verifier.position.origin,
    after: gap.after,
  };
  const completed = completedWith(
    verifier.checkpoint(),
    listed.filter(({ key }) => !changed.has(key)),
  );
  const divergence = checkRegistryRecords(completed, verifier.records, gap);
  if (divergence) return divergence;
  verifier.resume(completed);
  return source;
}

/** `listed`: the records of the registry that no event changed since they were listed. */
function completedWith(known: Checkpoint, listed: readonly KeyValueEntry[]): Checkpoint {
  const { trimmed: _, ...state } = known;
  const records = new Map(known.records.map((update) => [update.entry.key, update]));
  const open = new Map(known.chains.open);
  const forgetful = new Set(known.chains.forgetful);
  for (const { key, revision, text } of listed) {
    const chain = chainOfRecord({ key, revision, text });
    if (text === undefined || !chain) continue;
    const entry = { key, revision, text };
    const update = records.get(key);
    // The revision of a record whose commit began in the gap is known only to the registry.
    if (update) {
      if (sameRecord(update.entry.text, text)) records.set(key, { ...update, entry });
      continue;
    }
    const { name, run, ...position } = chain;
    records.set(key, { run, seq: 0, entry });
    const state: ChainState = { seq: 0, ...position, done: false, unsure: true };
    if (!open.has(name)) open.set(name, state);
  }
  // Instances that a run removed in the gap can be registered again, in the same chain.
  for (const { entry, run } of records.values()) {
    if (entry.key.startsWith('agent.')) forgetful.add(`${entry.key.slice('agent.'.length)}.${run}`);
  }
  // So can processes go on that wrote nothing since.
  const lost = Math.max(1, known.chains.lost);
  const chains = { ...known.chains, open: [...open], forgetful: [...forgetful], lost };
  return { ...state, records: [...records.values()], chains };
}
