import type { MemoryServer } from '../../src/adapters/memory/server/memory-server.ts';
import { recordSubject } from '../../src/adapters/memory/server/subjects.ts';
import type { KeyValueEntry } from '../../src/domain/records/stored-record.ts';

/** The records in the registry now, below a key prefix. */
export function recordsIn({ registry }: MemoryServer, prefix: string): readonly KeyValueEntry[] {
  const subject = recordSubject(prefix);
  return registry
    .after(0, (one) => one.startsWith(subject))
    .filter(({ text }) => text !== undefined)
    .map(({ subject, seq, text }) => ({
      key: subject.slice(recordSubject('').length),
      revision: seq,
      text,
    }));
}
