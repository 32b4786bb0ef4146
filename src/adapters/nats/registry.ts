import { tombstoneTtl } from '../../domain/policy/lease-policy.ts';
import type { Millis } from '../../domain/time.ts';
import type { Registry } from '../../ports/registry.ts';
import type { SubjectNames } from './connection/subject-names.ts';
import type { SupervisedConnection } from './connection/supervised-connection.ts';
import type { StoreGuard } from './history/store-guard.ts';
import { fewEntries } from './read/few-entries.ts';
import { readEntries, readEntry } from './read/leader-read.ts';
import { takeSnapshot } from './read/snapshot.ts';
import { watch } from './read/watch.ts';
import { answerPatience } from './write/answer-patience.ts';
import { commit } from './write/commit.ts';

/** One who names more keys than these reads more of them than are worth a request each. */
const mostKnown = 32;

/** @param within time limit of one call, all its tries together */
export function natsRegistry(
  connection: SupervisedConnection,
  names: SubjectNames,
  guard: StoreGuard,
  within: Millis,
): Registry {
  const bucket = names.registry;
  return {
    read: (key) => readEntry(connection, bucket, key, within),
    async list(filters, atLeast, known) {
      if (connection.reads === 'own-keys' && known !== undefined) {
        return readEntries(connection, bucket, known, within);
      }
      const spec = { bucket, filters, atLeast, within };
      // Without a revision to reach, an agent is starting. The slot that it looks at is usually empty, so the keys are few.
      const isSmall = known !== undefined && (known.length <= mostKnown || atLeast === 0);
      const few = isSmall ? await fewEntries(connection, spec) : undefined;
      return few ?? (await takeSnapshot(connection, spec)).entries;
    },
    async commit(request, { within: wanted, signal } = {}) {
      const answerWithin = answerPatience(wanted, connection.client.info?.cluster);
      const until = performance.now() + within;
      const left = () => Math.max(1, until - performance.now());
      for (;;) {
        const generation = await guard.ready(left());
        if (typeof generation === 'string') return { outcome: 'unavailable', why: generation };
        const { seen } = guard;
        const options = { within: left(), generation, answerWithin, signal };
        const outcome = await commit(connection, names, request, options);
        if (outcome.outcome === 'committed') {
          for (const revision of outcome.revisions.values()) guard.saw(revision, seen);
        }
        const isOver = outcome.outcome !== 'unavailable' || connection.generation === generation;
        if (isOver || signal?.aborted || performance.now() >= until) return outcome;
      }
    },
    // An hour less than a tombstone lives: the interruption may begin later than the tombstone.
    watch: (filters, signal, reader) => {
      const spec = { bucket, filters, forgetAfter: tombstoneTtl - 3_600_000, within };
      return watch(connection, reader ? { ...spec, reader } : spec, signal);
    },
  };
}
