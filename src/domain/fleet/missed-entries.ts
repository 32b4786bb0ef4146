import type { Revision } from '../time.ts';

/** A view of a watch: the revision of each existing key, and how far the watch has reported. */
export interface ViewContents {
  readonly revisions: ReadonlyMap<string, Revision>;
  readonly upTo: Revision;
}

interface KeyAtRevision {
  readonly key: string;
  readonly revision: Revision;
}

/** A later snapshot of the same keys. `removals`: the tombstones that still exist. */
export interface CompleteContents {
  readonly entries: Iterable<KeyAtRevision>;
  readonly removals?: Iterable<KeyAtRevision> | undefined;
}

/**
 * The keys that a watch had wrong: they differ from a later snapshot, and no write after the view's last
 * position explains it. A watch that works has none. `lapses`: keys also disappear without a
 * tombstone, as leases do, so an absent key is no difference.
 */
export function missedEntries(
  view: ViewContents,
  snapshot: CompleteContents,
  { lapses }: { readonly lapses: boolean },
): readonly string[] {
  const missed: string[] = [];
  const explained = new Set<string>();
  for (const { key, revision } of snapshot.entries) {
    explained.add(key);
    if (revision <= view.upTo && view.revisions.get(key) !== revision) missed.push(key);
  }
  if (lapses) return missed;
  for (const { key, revision } of snapshot.removals ?? []) {
    if (revision > view.upTo) explained.add(key);
  }
  for (const key of view.revisions.keys()) if (!explained.has(key)) missed.push(key);
  return missed;
}
