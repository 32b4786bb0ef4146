import type { Divergence } from '../../../domain/replay/divergence.ts';
import type { RecordUpdate } from '../../../domain/replay/fold.ts';
import { chainOfRecord } from '../../../domain/replay/record-chain.ts';
import type { Gap } from '../../../domain/store-history/loss-timeline.ts';
import type { Checkpoint } from '../verifier/checkpoint.ts';

/**
 * The first record of a keyframe behind a gap that the lost events cannot have written; undefined: none.
 *
 * A record that no event after the gap explains must be older than the first of them, and its chain must be
 * where the record says. `known`: the records that the events after the gap explain.
 */
export function checkRegistryRecords(
  { seq, records, chains: { open } }: Pick<Checkpoint, 'seq' | 'records' | 'chains'>,
  known: ReadonlyMap<string, RecordUpdate>,
  { begun = Number.POSITIVE_INFINITY }: Pick<Gap, 'begun'>,
): Divergence | undefined {
  const chains = new Map(open);
  for (const { entry } of records) {
    if (known.has(entry.key)) continue;
    const at = { seq, entity: entry.key, check: 'keyframe' } as const;
    if (entry.revision >= begun) {
      const found = `one of revision ${entry.revision}, without an event`;
      return { ...at, expected: `a record from before revision ${begun}`, found };
    }
    const chain = chainOfRecord(entry);
    const state = chain && chains.get(chain.name);
    if (chain && state?.n === chain.n && state.hash === chain.hash) continue;
    return { ...at, expected: 'a record and its chain', found: 'another position of its chain' };
  }
  return undefined;
}
