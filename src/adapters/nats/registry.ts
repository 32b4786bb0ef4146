import { tombstoneTtl } from '../../domain/policy/lease-policy.ts';
import type { Millis } from '../../domain/time.ts';
import type { Registry } from '../../ports/registry.ts';
import type { SubjectNames } from './connection/subject-names.ts';
import type { SupervisedConnection } from './connection/supervised-connection.ts';
import { readEntry } from './read/leader-read.ts';
import { takeSnapshot } from './read/snapshot.ts';
import { watch } from './read/watch.ts';
import { commit } from './write/commit.ts';

/** @param within how long one call may take, all its tries together */
export function natsRegistry(
  link: SupervisedConnection,
  names: SubjectNames,
  within: Millis,
): Registry {
  const bucket = names.registry;
  return {
    read: (key) => readEntry(link, bucket, key, within),
    async list(filters, atLeast) {
      return (await takeSnapshot(link, { bucket, filters, atLeast, within })).entries;
    },
    commit: (wanted) => commit(link, names, wanted, within),
    // An hour early: a tombstone lives from when it was written, an absence is counted from later.
    watch: (filters, signal) =>
      watch(link, { bucket, filters, forgetAfter: tombstoneTtl - 3_600_000, within }, signal),
  };
}
