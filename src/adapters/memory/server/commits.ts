import { tombstoneTtl } from '../../../domain/policy/lease-policy.ts';
import type { Revision } from '../../../domain/time.ts';
import type { Commit } from '../../../ports/registry.ts';
import type { MemoryServer } from './memory-server.ts';
import { mendRegistry } from './store-history.ts';
import { eventSubject, recordSubject } from './subjects.ts';

const maxMessages = 1000;

/** Stores a commit completely or not at all. Returns the revision of each key, or `conflict`. */
export function store(
  server: MemoryServer,
  commit: Commit,
): ReadonlyMap<string, Revision> | 'conflict' {
  const conditions = [...commit.writes, ...(commit.fences ?? [])];
  const { registry } = server;
  mendRegistry(server);
  if (
    conditions.some(
      ({ key, expectedRevision }) => registry.seqOf(recordSubject(key)) !== expectedRevision,
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
  server.audit.catchUp();
  return revisions;
}

/** A commit that breaks the rules of the port is a bug of the caller; NATS would refuse it too. */
export function assertValidCommit({ writes, events, fences = [] }: Commit): void {
  const messages = writes.length + Math.max(events.length, fences.length);
  const keys = [...writes, ...fences].map(({ key }) => key);
  const problem =
    writes.length + events.length === 0 || messages > maxMessages
      ? `${messages} messages`
      : new Set(keys).size < keys.length
        ? 'a key occurs twice'
        : undefined;
  if (problem) throw new Error(`invalid commit: ${problem}`);
}
