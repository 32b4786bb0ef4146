import { describe, expect, test } from 'vitest';
import {
  allAgents,
  allInstances,
  instancesOfAgentFilter,
} from '../../src/domain/identity/registry-keys.ts';
import { minutes } from '../../src/domain/time.ts';
import type { Store } from '../../src/ports/ports.ts';
import { allOf, byKey, committed, event, removal, revisionIn, write, written } from './requests.ts';
import { eventually } from './support/eventually.ts';
import { agent, eventOf, instance, slot } from './support/sample-names.ts';
import type { Open } from './support/store-under-test.ts';
import { Observed } from './support/watch-recorder.ts';

const observe = (store: Store, ...filters: string[]) =>
  new Observed((signal) => store.registry.watch(filters, signal));

export function watchContract(open: Open): void {
  describe('a watch', () => {
    test('of an empty bucket starts with an empty snapshot', async () => {
      await using subject = await open();
      await using seen = observe(subject.store, allAgents);
      await eventually(subject, () => expect(seen.kinds).toContain('snapshot'));
      expect(seen.entries).toEqual([]);
      const revision = await written(subject.store, write(agent(1), 0, 'later'));
      await eventually(subject, () =>
        expect(seen.changes).toEqual([{ key: agent(1), revision, text: 'later' }]),
      );
      expect(seen.broken).toEqual([]);
    });

    test('starts with all existing records, without tombstones', async () => {
      await using subject = await open();
      const { store } = subject;
      const created = await committed(store, ...[1, 2, 3].map((n) => write(instance(1, n), 0)));
      await written(store, removal(instance(1, 2), revisionIn(created, instance(1, 2))));
      await subject.remove('registry', instance(1, 3));
      await using seen = observe(store, allInstances);
      await eventually(subject, () => expect(seen.kinds).toContain('snapshot'));
      expect(seen.entries.map(({ key }) => key)).toEqual([instance(1, 1)]);
      expect(seen.broken).toEqual([]);
    });

    test('reports a revision that includes removals from before it started', async () => {
      await using subject = await open();
      const created = await written(subject.store, write(instance(1, 1), 0));
      const tombstone = await written(subject.store, removal(instance(1, 1), created));
      await using seen = observe(subject.store, allInstances);
      await eventually(subject, () => expect(seen.upTo).toBeGreaterThanOrEqual(tombstone));
    });

    test('reports a removal as an entry without text', async () => {
      await using subject = await open();
      const { store } = subject;
      const created = await committed(store, ...[1, 2].map((n) => write(instance(1, n), 0)));
      await using seen = observe(store, allInstances);
      await eventually(subject, () => expect(seen.entries).toHaveLength(2));
      const key = instance(1, 1);
      const revision = await written(store, removal(key, revisionIn(created, key)));
      await subject.remove('registry', instance(1, 2));
      await eventually(subject, () => expect(seen.changes).toHaveLength(2));
      const now = await store.serverTime.now();
      const { removedAt = 0, ...removed } = seen.changes[0] ?? {};
      expect(removed).toEqual({ key, revision, text: undefined });
      expect(Math.abs(now - removedAt)).toBeLessThan(minutes(1));
      expect(seen.changes[1]).toMatchObject({ key: instance(1, 2), text: undefined });
      expect(seen.broken).toEqual([]);
    });

    test('reports the same revisions that writers get and readers find', async () => {
      await using subject = await open();
      await using seen = observe(subject.store, '>');
      const keys = [1, 2, 3].map((n) => instance(1, n));
      const revisions = await committed(
        subject.store,
        ...keys.map((key) => write(key, 0)),
        event(eventOf(1, 1)),
      );
      const entries = keys.map((key) => ({
        key,
        revision: revisionIn(revisions, key),
        text: `${key}@0`,
      }));
      await eventually(subject, () => expect(seen.entries).toEqual(entries));
      for (const entry of entries) {
        expect(await subject.store.registry.read(entry.key)).toEqual(entry);
      }
    });

    test('reports every commit to its keys', async () => {
      await using subject = await open();
      await using seen = observe(subject.store, instancesOfAgentFilter(slot(1)), agent(1));
      for (const n of [1, 2, 3]) {
        await committed(subject.store, write(agent(n + 1), 0), event(eventOf(n, 1)));
        const at = await written(subject.store, write(instance(1, n), 0));
        await eventually(subject, () => expect(seen.upTo).toBeGreaterThanOrEqual(at));
      }
      expect(seen.broken).toEqual([]);
    });

    test('has exactly the records below its filters', async () => {
      await using subject = await open();
      const { store } = subject;
      await committed(store, write(agent(1), 0), write(instance(1, 1), 0), write(agent(2), 0));
      await using seen = observe(store, allAgents, instancesOfAgentFilter(slot(2)));
      await eventually(subject, () => expect(seen.entries).toHaveLength(2));
      await committed(store, write(instance(1, 2), 0), event(eventOf(1, 1)));
      await committed(store, write(instance(2, 1), 0));
      await eventually(subject, () => expect(seen.changes).toHaveLength(1));
      expect(seen.entries.map(({ key }) => key)).toEqual([agent(1), agent(2), instance(2, 1)]);
      expect(seen.broken).toEqual([]);
    });

    test('neither loses nor duplicates changes while two clients write', async () => {
      await using subject = await open();
      await using other = await subject.other();
      const writing = Promise.all([bursts(subject.store, 1), bursts(other, 2)]);
      const watchers = [subject.store, other, subject.store].map((store) =>
        observe(store, allInstances, allAgents),
      );
      await writing;
      const listed = byKey(await other.registry.list([allInstances, allAgents], 0));
      expect(listed).toHaveLength(2 * 100 + 2);
      for (const seen of watchers) {
        await eventually(subject, () => expect(seen.entries).toEqual(listed));
        const said = seen.changes.map(({ revision }) => revision);
        expect(new Set(said).size).toBe(said.length);
        expect(seen.broken).toEqual([]);
        await seen[Symbol.asyncDispose]();
      }
    });

    test('sends alive events while there are no changes', async () => {
      await using subject = await open();
      await using seen = observe(subject.store, allAgents);
      await eventually(subject, () =>
        expect(seen.kinds.filter((kind) => kind === 'heartbeat').length).toBeGreaterThan(1),
      );
    });

    test('ends on its abort signal, also before it began', async () => {
      await using subject = await open();
      await using seen = observe(subject.store, allAgents);
      await eventually(subject, () => expect(seen.kinds).toContain('snapshot'));
      seen.abort();
      await eventually(subject, () => expect(seen.ended).toBe(true));
      const never = subject.store.registry.watch([allAgents], AbortSignal.abort());
      expect(await allOf(never)).toEqual([]);
    });

    test('can be ended by its reader at any time', async () => {
      await using subject = await open();
      await written(subject.store, write(agent(1), 0));
      const stop = new AbortController();
      for await (const said of subject.store.registry.watch([allAgents], stop.signal)) {
        if (said.kind === 'snapshot') break;
      }
      expect(await subject.store.registry.read(agent(1))).toMatchObject({ text: `${agent(1)}@0` });
    });
  });
}

/** 100 instances with one commit each; the agent record is rewritten with every tenth. */
async function bursts(store: Store, host: number): Promise<void> {
  let owner = 0;
  for (let n = 0; n < 100; n += 1) {
    await committed(store, write(instance(host, n), 0), event(eventOf(host, n + 1)));
    if (n % 10 === 0) owner = await written(store, write(agent(host), owner));
  }
}
