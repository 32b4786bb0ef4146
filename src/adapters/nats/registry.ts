import type { Entry } from '../../domain/entry.ts';
import { Fault } from '../../domain/fault.ts';
import { tombstoneTtl } from '../../domain/policy.ts';
import type { Millis, Revision } from '../../domain/time.ts';
import type { Registry } from '../../ports/registry.ts';
import { catchUp } from './catch-up.ts';
import { commit } from './commit.ts';
import { readEntry } from './leader-read.ts';
import type { Link } from './link.ts';
import { deliveredEntry } from './message.ts';
import type { Names } from './names.ts';
import { backoff, pause } from './pause.ts';
import { Tap } from './tap.ts';
import { watch } from './watch.ts';

/** @param within how long one call may take, all its tries together */
export function natsRegistry(link: Link, names: Names, within: Millis): Registry {
  const bucket = names.registry;
  return {
    read: (key) => readEntry(link, bucket, key, within),
    list: (filters, atLeast) => list(link, names, filters, atLeast, within),
    commit: (wanted) => commit(link, names, wanted, within),
    // An hour early: a tombstone lives from when it was written, an absence is counted from later.
    watch: (filters, signal) =>
      watch(link, { bucket, filters, forgetAfter: tombstoneTtl - 3_600_000, within }, signal),
  };
}

async function list(
  link: Link,
  { registry: bucket }: Names,
  filters: readonly string[],
  atLeast: Revision,
  within: Millis,
): Promise<readonly Entry[]> {
  const until = performance.now() + within;
  const subjects = filters.map((filter) => bucket.prefix + filter);
  for (let tries = 0; ; tries += 1) {
    const left = Math.max(1, Math.ceil(until - performance.now()));
    const entries = new Map<string, Entry>();
    const spec = { stream: bucket.stream, filters: subjects, from: 0, within: left };
    await using tap = await Tap.open(link, spec, AbortSignal.timeout(left));
    const end = await catchUp(tap, atLeast, (messages) => {
      for (const { msg, seq } of messages) {
        const entry = deliveredEntry(bucket, msg, seq);
        entries.delete(entry.key);
        entries.set(entry.key, entry);
      }
    });
    if ('upTo' in end) return [...entries.values()];
    if (performance.now() >= until) {
      throw new Fault('store-unavailable', `the list of ${filters.join(', ')}: ${end.dead}`);
    }
    await pause(backoff(tries, 20, 500));
  }
}
