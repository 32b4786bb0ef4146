import { Fault } from '../../domain/fault.ts';
import type { KeyValueEntry } from '../../domain/records/stored-record.ts';
import type { CommitOutcome, Registry } from '../../ports/registry.ts';
import { assertValidCommit, store } from './server/commits.ts';
import type { MemoryServer } from './server/memory-server.ts';
import { keyOfRecord, recordSubject, recordsOf } from './server/subjects.ts';
import { NoReplyError, requestOver, type Transport } from './server/transport.ts';
import { entryOf, watchStream } from './server/watch.ts';

export function memoryRegistry(server: MemoryServer, transport: Transport): Registry {
  const stream = server.registry;
  return {
    read: (key) => requestOver(transport, `reading ${key}`, () => readRecord(server, key)),

    list: (filters, atLeast) =>
      requestOver(transport, `listing ${filters.join(' ')}`, () => {
        if (stream.lastSeq < atLeast)
          throw new Fault('store-unavailable', `the stream has not reached ${atLeast} yet`);
        return stream.after(0, recordsOf(filters)).map((message) => entryOf(message, keyOfRecord));
      }),

    async commit(commit): Promise<CommitOutcome> {
      assertValidCommit(commit);
      try {
        const revisions = await transport.carry(() => store(server, commit));
        if (revisions === 'conflict') return { outcome: 'conflict' };
        return { outcome: 'committed', revisions };
      } catch (cause) {
        if (!(cause instanceof NoReplyError)) throw cause;
        return { outcome: cause.sent ? 'unknown' : 'unavailable', why: cause.message };
      }
    },

    watch: (filters, signal) =>
      watchStream(
        { stream, wants: recordsOf(filters), keyOf: keyOfRecord },
        { transport, server },
        signal,
      ),
  };
}

function readRecord({ registry }: MemoryServer, key: string): KeyValueEntry {
  const last = registry.last(recordSubject(key));
  return { key, revision: last?.seq ?? 0, text: last?.text };
}
