import { Fault } from '../../domain/fault.ts';
import { matchesSubject } from '../../domain/identity/subject-filter.ts';
import { tombstoneTtl } from '../../domain/policy/lease-policy.ts';
import type { KeyValueEntry } from '../../domain/records/stored-record.ts';
import type { Millis, Revision } from '../../domain/time.ts';
import type { Leases } from '../../ports/leases.ts';
import type { MemoryServer } from './server/memory-server.ts';
import { LinkDown, requestOver, type Transport } from './server/transport.ts';
import { feed } from './server/watch.ts';

/** A write is tried as often as reading the key shows that it may be; then nobody knows. */
const tries = 3;

interface Put {
  readonly key: string;
  readonly expect: Revision;
  readonly text: string | undefined;
  readonly ttl: Millis;
}

export function memoryLeases(world: MemoryServer, link: Transport): Leases {
  const stream = world.leases;

  const read = (key: string): Promise<KeyValueEntry> =>
    requestOver(link, `reading ${key}`, () => {
      const last = stream.last(key);
      return { key, revision: last?.seq ?? 0, text: last?.text };
    });

  /** The write's revision; where it was refused or nothing came back, what stands there instead. */
  async function put({ key, expect, text, ttl }: Put): Promise<Revision | KeyValueEntry> {
    try {
      const held = await link.carry(() =>
        stream.seqOf(key) === expect ? stream.append(key, text, ttl) : undefined,
      );
      return held ?? (await read(key));
    } catch (cause) {
      if (cause instanceof LinkDown && cause.sent) return read(key);
      if (cause instanceof LinkDown) {
        throw new Fault('store-unavailable', `no answer: writing ${key}`, { cause });
      }
      throw cause;
    }
  }

  return {
    read,

    async create(key, text, ttl) {
      let expect = 0;
      for (let n = 0; n < tries; n += 1) {
        const created = await put({ key, expect, text, ttl });
        if (typeof created === 'number') return { revision: created };
        if (created.text !== undefined && created.text !== text) return 'taken';
        expect = created.revision;
      }
      throw new Fault('store-unavailable', `no answer: creating ${key}`);
    },

    async renew(key, text, at, ttl) {
      // Expecting absence would create it.
      if (at === 0) return 'lost';
      let expect = at;
      for (let n = 0; n < tries; n += 1) {
        const renewed = await put({ key, expect, text, ttl });
        if (typeof renewed === 'number') return { revision: renewed };
        // Nothing written since: it is ours, although what stands there still says something older.
        if (renewed.text !== text && renewed.revision !== expect) return 'lost';
        expect = renewed.revision;
      }
      throw new Fault('store-unavailable', `no answer: renewing ${key}`);
    },

    async release(key, at) {
      for (let n = 0; n < tries; n += 1) {
        const left = await put({ key, expect: at, text: undefined, ttl: tombstoneTtl });
        if (typeof left === 'number') return 'released';
        if (left.revision !== at) return left.text === undefined ? 'released' : 'lost';
      }
      throw new Fault('store-unavailable', `no answer: releasing ${key}`);
    },

    list: (filter) =>
      requestOver(link, `listing ${filter}`, () =>
        stream
          .after(0, matchesSubject([filter]))
          .filter(({ text }) => text !== undefined)
          .map(({ subject, seq, text }) => ({ key: subject, revision: seq, text })),
      ),

    watch: (filters, signal) =>
      feed(
        { stream, wants: matchesSubject(filters), keyOf: (subject) => subject },
        { link, world },
        signal,
      ),
  };
}
