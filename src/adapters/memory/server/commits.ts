import { tombstoneTtl } from '../../../domain/policy/lease-policy.ts';
import type { Revision } from '../../../domain/time.ts';
import type { Commit } from '../../../ports/registry.ts';
import type { MemoryServer } from './memory-server.ts';
import { eventSubject, recordSubject } from './subjects.ts';

const mostMessages = 1000;

/** Stores all of the commit, or nothing of it: the revision of each key, or `conflict`. */
export function store(
  world: MemoryServer,
  commit: Commit,
): ReadonlyMap<string, Revision> | 'conflict' {
  const conditions = [...commit.writes, ...(commit.fences ?? [])];
  const { registry } = world;
  if (
    conditions.some(
      ({ key, expectedRevision: expect }) => registry.seqOf(recordSubject(key)) !== expect,
    )
  ) {
    return 'conflict';
  }
  const revisions = new Map<string, Revision>();
  for (const { key, text } of commit.writes) {
    const ttl = text === undefined ? tombstoneTtl : undefined;
    revisions.set(key, registry.append(recordSubject(key), text, ttl));
  }
  for (const { subject, text } of commit.events) registry.append(eventSubject(subject), text);
  world.audit.catchUp();
  return revisions;
}

/** A commit that breaks the port's rules is a bug of its author, and would be refused by NATS too. */
export function assertValidCommit({ writes, events, fences = [] }: Commit): void {
  const messages = writes.length + Math.max(events.length, fences.length);
  const keys = [...writes, ...fences].map(({ key }) => key);
  const wrong =
    writes.length + events.length === 0 || messages > mostMessages
      ? `${messages} messages`
      : new Set(keys).size < keys.length
        ? 'a key twice'
        : undefined;
  if (wrong) throw new Error(`not a commit: ${wrong}`);
}
