import { Fault } from '../../domain/fault.ts';
import { matchesSubject } from '../../domain/identity/subject-filter.ts';
import { tombstoneTtl } from '../../domain/policy/lease-policy.ts';
import type { KeyValueEntry } from '../../domain/records/stored-record.ts';
import type { Millis, Revision } from '../../domain/time.ts';
import type { Leases } from '../../ports/leases.ts';
import type { MemoryServer } from './server/memory-server.ts';
import { NoReplyError, requestOver, type Transport } from './server/transport.ts';
import { watchStream } from './server/watch.ts';

/** Maximum number of maxTries of a write whose acknowledgement was lost; then its outcome is unknown. */
const maxTries = 3;

interface Put {
  readonly key: string;
  readonly expected: Revision;
  readonly text: string | undefined;
  readonly ttl: Millis;
}

export function memoryLeases(server: MemoryServer, transport: Transport): Leases {
  const stream = server.leases;

  const read = (key: string): Promise<KeyValueEntry> =>
    requestOver(transport, `reading ${key}`, () => {
      const last = stream.last(key);
      return { key, revision: last?.seq ?? 0, text: last?.text };
    });

  /** The revision of the write; or the stored entry, if it was refused or its reply was lost. */
  async function put({ key, expected, text, ttl }: Put): Promise<Revision | KeyValueEntry> {
    try {
      const revision = await transport.carry(() =>
        stream.seqOf(key) === expected ? stream.append(key, text, ttl) : undefined,
      );
      return revision ?? (await read(key));
    } catch (cause) {
      if (cause instanceof NoReplyError && cause.sent) return read(key);
      if (cause instanceof NoReplyError) {
        throw new Fault('store-unavailable', `no answer: writing ${key}`, { cause });
      }
      throw cause;
    }
  }

  return {
    read,

    async create(key, text, ttl) {
      let expected = 0;
      for (let n = 0; n < maxTries; n += 1) {
        const created = await put({ key, expected, text, ttl });
        if (typeof created === 'number') return { revision: created };
        if (created.text !== undefined && created.text !== text) return 'taken';
        expected = created.revision;
      }
      throw new Fault('store-unavailable', `no answer: creating ${key}`);
    },

    async renew(key, text, revision, ttl) {
      // Revision 0 would create the lease.
      if (revision === 0) return 'lost';
      let expected = revision;
      for (let n = 0; n < maxTries; n += 1) {
        const renewed = await put({ key, expected, text, ttl });
        if (typeof renewed === 'number') return { revision: renewed };
        // At the expected revision it is still ours, even with an older text.
        if (renewed.text !== text && renewed.revision !== expected) return 'lost';
        expected = renewed.revision;
      }
      throw new Fault('store-unavailable', `no answer: renewing ${key}`);
    },

    async release(key, revision) {
      for (let n = 0; n < maxTries; n += 1) {
        const entry = await put({ key, expected: revision, text: undefined, ttl: tombstoneTtl });
        if (typeof entry === 'number') return 'released';
        if (entry.revision !== revision) return entry.text === undefined ? 'released' : 'lost';
      }
      throw new Fault('store-unavailable', `no answer: releasing ${key}`);
    },

    list: (filter) =>
      requestOver(transport, `listing ${filter}`, () =>
        stream
          .after(0, matchesSubject([filter]))
          .filter(({ text }) => text !== undefined)
          .map(({ subject, seq, text }) => ({ key: subject, revision: seq, text })),
      ),

    watch: (filters, signal) =>
      watchStream(
        { stream, wants: matchesSubject(filters), keyOf: (subject) => subject },
        { transport, server },
        signal,
      ),
  };
}
