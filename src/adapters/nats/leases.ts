import { Fault } from '../../domain/fault.ts';
import { type Millis, type Revision, seconds } from '../../domain/time.ts';
import type { Leases } from '../../ports/leases.ts';
import type { BucketNames } from './connection/subject-names.ts';
import type { SupervisedConnection } from './connection/supervised-connection.ts';
import { keysBelow } from './read/keys-below.ts';
import { readEntries, readEntry } from './read/leader-read.ts';
import { watch } from './read/watch.ts';
import { type OutgoingMessage, publish } from './write/publish.ts';

/** A tombstone reports a released lease to watchers. A watch that was interrupted longer starts over. */
const releasedTtl: Millis = seconds(60);

const headersOf = {
  expect: (revision: Revision) => ['Nats-Expected-Last-Subject-Sequence', `${revision}`] as const,
  // Rounded up: the server truncates to seconds, and a lease must not expire before its holder expects.
  ttl: (ttl: Millis) => ['Nats-TTL', `${Math.ceil(ttl / 1000)}s`] as const,
};

/** @param within time limit of one call, all its tries together */
export function natsLeases(
  connection: SupervisedConnection,
  bucket: BucketNames,
  within: Millis,
): Leases {
  const put = (key: string, text: string, expected: Revision, ttl: Millis): OutgoingMessage => ({
    subject: bucket.prefix + key,
    text,
    headers: [headersOf.expect(expected), headersOf.ttl(ttl)],
  });

  /**
   * Writes a lease, with retries until the time is over. After a lost acknowledgement the stored entry
   * decides. Returns `otherwise` if the lease belongs to another holder. Only a creation (`taken`)
   * may find the key missing and write again.
   */
  async function writeLease<Otherwise extends 'taken' | 'lost'>(
    key: string,
    text: string,
    first: Revision,
    ttl: Millis,
    otherwise: Otherwise,
  ): Promise<{ revision: Revision } | Otherwise> {
    const until = performance.now() + within;
    let expected = first;
    // Whether `expected` was read in this call. Only then a later revision with our text was certainly
    // stored after this call began, and is no late renewal of an earlier call.
    let readInThisCall = false;
    for (;;) {
      const left = until - performance.now();
      if (left <= 0) throw new Fault('store-unavailable', `no reply to the write of lease ${key}`);
      const outcome = await publish(connection, [put(key, text, expected, ttl)], left);
      if (outcome.kind === 'stored') return { revision: outcome.seq };
      if (outcome.kind === 'unavailable') {
        throw new Fault('store-unavailable', `lease ${key} could not be written: ${outcome.why}`);
      }
      const now = await readEntry(
        connection,
        bucket,
        key,
        Math.max(250, until - performance.now()),
      );
      if (now.text === undefined) {
        if (otherwise === 'lost') return otherwise;
      } else if (now.text !== text && now.revision !== expected) return otherwise;
      else if (readInThisCall && now.revision > expected) return { revision: now.revision };
      expected = now.revision;
      readInThisCall = true;
    }
  }

  return {
    create: (key, text, ttl) => writeLease(key, text, 0, ttl, 'taken'),

    // Revision 0 would create the lease.
    renew: (key, text, revision, ttl) =>
      revision > 0 ? writeLease(key, text, revision, ttl, 'lost') : Promise.resolve('lost'),

    async release(key, revision) {
      const message: OutgoingMessage = {
        subject: bucket.prefix + key,
        text: '',
        headers: [
          ['KV-Operation', 'PURGE'],
          headersOf.expect(revision),
          headersOf.ttl(releasedTtl),
        ],
      };
      const until = performance.now() + within;
      for (;;) {
        const left = until - performance.now();
        if (left <= 0)
          throw new Fault('store-unavailable', `no reply to the release of lease ${key}`);
        const outcome = await publish(connection, [message], left);
        if (outcome.kind === 'stored') return 'released';
        if (outcome.kind === 'conflict') return 'lost';
        if (outcome.kind === 'unavailable') {
          throw new Fault(
            'store-unavailable',
            `lease ${key} could not be released: ${outcome.why}`,
          );
        }
        const now = await readEntry(
          connection,
          bucket,
          key,
          Math.max(250, until - performance.now()),
        );
        if (now.text === undefined) return 'released';
        if (now.revision !== revision) return 'lost';
      }
    },

    read: (key) => readEntry(connection, bucket, key, within),

    async list(filter) {
      const { keys, listedAt } = await keysBelow(connection, bucket, filter, within);
      const entries = await readEntries(connection, bucket, keys, within, listedAt);
      return entries.filter((entry) => entry.text !== undefined);
    },

    watch: (filters, signal) =>
      watch(connection, { bucket, filters, forgetAfter: releasedTtl, within }, signal),
  };
}
