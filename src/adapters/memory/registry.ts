import { Fault } from '../../domain/fault.ts';
import type { KeyValueEntry } from '../../domain/records/stored-record.ts';
import type { CommitOutcome, Registry } from '../../ports/registry.ts';
import { requireSound, store } from './server/commits.ts';
import type { MemoryWorld } from './server/memory-server.ts';
import { keyOfRecord, recordSubject, recordsOf } from './server/subjects.ts';
import { answerOver, type Link, LinkDown } from './server/transport.ts';
import { feed } from './server/watch.ts';

export function memoryRegistry(world: MemoryWorld, link: Link): Registry {
  const stream = world.registry;
  return {
    read: (key) => answerOver(link, `reading ${key}`, () => readRecord(world, key)),

    list: (filters, atLeast) =>
      answerOver(link, `listing ${filters.join(' ')}`, () => {
        if (stream.lastSeq < atLeast) throw new Fault('store-unavailable', `not at ${atLeast} yet`);
        return stream
          .after(0, recordsOf(filters))
          .map(({ subject, seq, text }) => ({ key: keyOfRecord(subject), revision: seq, text }));
      }),

    async commit(commit): Promise<CommitOutcome> {
      requireSound(commit);
      try {
        const revisions = await link.carry(() => store(world, commit));
        if (revisions === 'conflict') return { outcome: 'conflict' };
        return { outcome: 'committed', revisions };
      } catch (cause) {
        if (!(cause instanceof LinkDown)) throw cause;
        return { outcome: cause.sent ? 'unknown' : 'unavailable', why: cause.message };
      }
    },

    watch: (filters, signal) =>
      feed({ stream, wants: recordsOf(filters), keyOf: keyOfRecord }, { link, world }, signal),
  };
}

function readRecord({ registry }: MemoryWorld, key: string): KeyValueEntry {
  const last = registry.last(recordSubject(key));
  return { key, revision: last?.seq ?? 0, text: last?.text };
}
