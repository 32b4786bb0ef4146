import type { Divergence } from './divergence.ts';
import type { Entry } from './entry.ts';
import type { Folded } from './fold.ts';

/** Where the registry is not what the events make it; both as of one moment, tombstones aside. */
export function compareRegistry(
  folded: ReadonlyMap<string, Folded>,
  registry: ReadonlyMap<string, Entry>,
): readonly Divergence[] {
  const divergences: Divergence[] = [];
  const say = (seq: number, entity: string, expected: string, found: string) =>
    divergences.push({ seq, entity, check: 'registry', expected, found });
  for (const [key, { seq, entry }] of folded) {
    const there = registry.get(key)?.text;
    if (there === entry.text) continue;
    if (there === undefined) say(seq, key, headOf(entry.text), 'no record');
    else say(seq, key, headOf(entry.text), headOf(there));
  }
  for (const [key, { text }] of registry) {
    if (text !== undefined && !folded.has(key)) say(0, key, 'no record', headOf(text));
  }
  return divergences;
}

/** A record in a few words: where its chain stands, or how it begins where that can't be read. */
function headOf(text: string | undefined): string {
  try {
    const { n, hash, run } = JSON.parse(text ?? '');
    if (typeof hash === 'string') return `event ${n} of run ${run}, hash ${hash.slice(0, 12)}`;
  } catch {
    // Not a record of ours: shown as it begins.
  }
  return `a record that begins ${JSON.stringify(text?.slice(0, 40))}`;
}
