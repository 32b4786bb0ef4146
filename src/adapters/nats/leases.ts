import type { StreamInfo } from '@nats-io/jetstream';
import { Fault } from '../../domain/fault.ts';
import type { KeyValueEntry } from '../../domain/records/stored-record.ts';
import { type Millis, type Revision, seconds } from '../../domain/time.ts';
import type { Leases } from '../../ports/leases.ts';
import { askApi, expectOk } from './connection/jetstream-api.ts';
import type { BucketNames } from './connection/subject-names.ts';
import type { SupervisedConnection } from './connection/supervised-connection.ts';
import { readEntry } from './read/leader-read.ts';
import { watch } from './read/watch.ts';
import { type Message, publish } from './write/publish.ts';

/** A released lease is told to watchers by a tombstone; whoever is away longer starts over. */
const releasedTtl: Millis = seconds(60);

/** Reads on their way at once, when many keys are listed. */
const readsAtOnce = 64;

const headersOf = {
  expect: (revision: Revision) => ['Nats-Expected-Last-Subject-Sequence', `${revision}`] as const,
  // Whole seconds: the server cuts off the rest, and a shorter life than the holder counts on is worse.
  ttl: (ttl: Millis) => ['Nats-TTL', `${Math.ceil(ttl / 1000)}s`] as const,
};

/** @param within how long one call may take, all its tries together */
export function natsLeases(
  link: SupervisedConnection,
  bucket: BucketNames,
  within: Millis,
): Leases {
  const put = (key: string, text: string, expect: Revision, ttl: Millis): Message => ({
    subject: bucket.prefix + key,
    text,
    headers: [headersOf.expect(expect), headersOf.ttl(ttl)],
  });

  /**
   * Writes while time is left; a lost answer is resolved by what stands there. `otherwise` is the
   * answer where it is not held; only a creation may find the key gone, and then write again.
   */
  async function hold<Otherwise extends 'taken' | 'lost'>(
    key: string,
    text: string,
    first: Revision,
    ttl: Millis,
    otherwise: Otherwise,
  ): Promise<{ held: Revision } | Otherwise> {
    const until = performance.now() + within;
    let expect = first;
    // Whether `expect` was read in this call: only then is a later revision with our text surely
    // stored after the holder began to count, and not a renewal of an earlier call that came late.
    let readInThisCall = false;
    for (;;) {
      const left = until - performance.now();
      if (left <= 0) throw new Fault('store-unavailable', `the lease ${key} has no answer`);
      const outcome = await publish(link, [put(key, text, expect, ttl)], left);
      if (outcome.kind === 'stored') return { held: outcome.seq };
      if (outcome.kind === 'unavailable') {
        throw new Fault('store-unavailable', `the lease ${key}: ${outcome.why}`);
      }
      const now = await readEntry(link, bucket, key, Math.max(250, until - performance.now()));
      if (now.text === undefined) {
        if (otherwise === 'lost') return otherwise;
      } else if (now.text !== text && now.revision !== expect) return otherwise;
      else if (readInThisCall && now.revision > expect) return { held: now.revision };
      expect = now.revision;
      readInThisCall = true;
    }
  }

  return {
    create: (key, text, ttl) => hold(key, text, 0, ttl, 'taken'),

    // Expecting nothing there would be a creation.
    renew: (key, text, at, ttl) =>
      at > 0 ? hold(key, text, at, ttl, 'lost') : Promise.resolve('lost'),

    async release(key, at) {
      const message: Message = {
        subject: bucket.prefix + key,
        text: '',
        headers: [['KV-Operation', 'PURGE'], headersOf.expect(at), headersOf.ttl(releasedTtl)],
      };
      const until = performance.now() + within;
      for (;;) {
        const left = until - performance.now();
        if (left <= 0) throw new Fault('store-unavailable', `the release of ${key} has no answer`);
        const outcome = await publish(link, [message], left);
        if (outcome.kind === 'stored') return 'released';
        if (outcome.kind === 'conflict') return 'lost';
        if (outcome.kind === 'unavailable') {
          throw new Fault('store-unavailable', `the release of ${key}: ${outcome.why}`);
        }
        const now = await readEntry(link, bucket, key, Math.max(250, until - performance.now()));
        if (now.text === undefined) return 'released';
        if (now.revision !== at) return 'lost';
      }
    },

    read: (key) => readEntry(link, bucket, key, within),

    async list(filter) {
      const keys = await keysBelow(link, bucket, filter, within);
      const entries: KeyValueEntry[] = [];
      for (let from = 0; from < keys.length; from += readsAtOnce) {
        const some = keys.slice(from, from + readsAtOnce);
        entries.push(
          ...(await Promise.all(some.map((key) => readEntry(link, bucket, key, within)))),
        );
      }
      return entries.filter((entry) => entry.text !== undefined);
    },

    watch: (filters, signal) =>
      watch(link, { bucket, filters, forgetAfter: releasedTtl, within }, signal),
  };
}

/** The leader's own list of what stands: a consumer may sit on a replica that lags. */
async function keysBelow(
  link: SupervisedConnection,
  bucket: BucketNames,
  filter: string,
  within: Millis,
): Promise<readonly string[]> {
  const what = `STREAM.INFO.${bucket.stream}`;
  const keys = new Set<string>();
  for (let offset = 0; ; ) {
    const request = { subjects_filter: bucket.prefix + filter, offset };
    const info = expectOk(what, await askApi<StreamInfo>(link, what, request, { within }));
    const subjects = Object.keys(info.state.subjects ?? {});
    for (const subject of subjects) keys.add(subject.slice(bucket.prefix.length));
    offset += subjects.length;
    if (subjects.length === 0 || offset >= info.total) return [...keys];
  }
}
