import { expect } from 'vitest';
import type { KeyValueEntry } from '../../src/domain/records/stored-record.ts';
import type { Revision } from '../../src/domain/time.ts';
import type { StoredEvent } from '../../src/ports/audit.ts';
import type { Store } from '../../src/ports/ports.ts';
import type { Commit, EventWrite, Fence, Write } from '../../src/ports/registry.ts';

export const write = (key: string, expect: Revision, text = `${key}@${expect}`): Write => ({
  key,
  expectedRevision: expect,
  text,
});
export const removal = (key: string, expect: Revision): Write => ({
  key,
  expectedRevision: expect,
  text: undefined,
});
export const fence = (key: string, expect: Revision): Fence => ({ key, expectedRevision: expect });
export const event = (subject: string, text = `{"of":"${subject}"}`): EventWrite => ({
  subject,
  text,
});

/** A commit that must succeed; the revision of each key. */
export async function committed(
  store: Store,
  ...parts: readonly (Write | EventWrite)[]
): Promise<ReadonlyMap<string, Revision>> {
  const outcome = await store.registry.commit(commitOf(...parts));
  if (outcome.outcome !== 'committed') expect.fail(JSON.stringify(outcome));
  return outcome.revisions;
}

export const commitOf = (...parts: readonly (Write | EventWrite)[]): Commit => ({
  writes: parts.filter((part) => 'key' in part),
  events: parts.filter((part) => 'subject' in part),
});

/** Writes one key and returns its revision. */
export async function written(store: Store, part: Write): Promise<Revision> {
  return revisionIn(await committed(store, part), part.key);
}

export function revisionIn(revisions: ReadonlyMap<string, Revision>, key: string): Revision {
  const revision = revisions.get(key);
  if (revision === undefined) expect.fail(`no revision came back for ${key}`);
  return revision;
}

/** The revision of a lease request that must succeed. */
export async function held(
  taken: Promise<{ revision: Revision } | 'taken' | 'lost'>,
): Promise<Revision> {
  const lease = await taken;
  if (typeof lease === 'string') expect.fail(`the lease is ${lease}`);
  return lease.revision;
}

export async function auditOf(store: Store, filters?: readonly string[]): Promise<StoredEvent[]> {
  return allOf(store.audit.read(0, filters));
}

/** All values of an iteration until it ends by itself. */
export async function allOf<T>(from: AsyncIterable<T>, into: T[] = []): Promise<T[]> {
  for await (const each of from) into.push(each);
  return into;
}

export const byKey = (entries: Iterable<KeyValueEntry>): KeyValueEntry[] =>
  [...entries]
    // Not every list knows when an entry was removed.
    .map(({ removedAt: _, ...entry }) => entry)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
