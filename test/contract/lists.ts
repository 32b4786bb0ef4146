import { describe, expect, test } from 'vitest';
import {
  allAgents,
  allInstances,
  instancesOfAgentFilter,
} from '../../src/domain/identity/registry-keys.ts';
import { byKey, committed, removal, revisionIn, write, written } from './requests.ts';
import { agent, instance, slot } from './support/sample-names.ts';
import type { Open } from './support/store-under-test.ts';

export function listContract(open: Open): void {
  describe('a list', () => {
    test('of a prefix without keys is empty', async () => {
      await using subject = await open();
      expect(await subject.store.registry.list([allAgents, allInstances], 0)).toEqual([]);
    });

    test('has records that another client has just committed', async () => {
      await using subject = await open();
      await using other = await subject.other();
      let at = 0;
      for (let n = 0; n < 20; n += 1) {
        at = await written(subject.store, write(agent(1), at));
        const listed = await other.registry.list([allAgents], at);
        expect(listed).toEqual([{ key: agent(1), revision: at, text: expect.any(String) }]);
      }
    });

    test('has a removed record as a tombstone, at the revision that a create must expect', async () => {
      await using subject = await open();
      const { store } = subject;
      const keys = [1, 2, 3].map((n) => instance(1, n));
      const [first = '', second = '', third = ''] = keys;
      const revisions = await committed(store, ...keys.map((key) => write(key, 0)));
      await subject.remove('registry', second);
      const tombstone = await written(store, removal(first, revisionIn(revisions, first)));
      const listed = byKey(await store.registry.list([allInstances], tombstone));
      expect(listed).toEqual([
        { key: first, revision: tombstone, text: undefined },
        { key: second, revision: tombstone - 1, text: undefined },
        { key: third, revision: revisionIn(revisions, third), text: `${third}@0` },
      ]);
      await committed(store, ...listed.map(({ key, revision }) => write(key, revision)));
    });

    test.each([
      ['no', 0],
      ['few', 3],
      ['many', 20],
    ])(
      'of an agent with %s instances, which names some of them, has all of them',
      async (_, count) => {
        await using subject = await open();
        const { store } = subject;
        const keys = [agent(1), ...Array.from({ length: count }, (_, n) => instance(1, n + 1))];
        const revisions = await committed(store, ...keys.map((key) => write(key, 0)));
        const filters = [instancesOfAgentFilter(slot(1)), agent(1)];
        const named = [agent(1), instance(1, 1), instance(1, 99)];
        const listed = () => store.registry.list(filters, revisionIn(revisions, agent(1)), named);
        const entry = (key: string) => ({
          ...{ key, revision: revisionIn(revisions, key), text: `${key}@0` },
        });
        expect(byKey(await listed())).toEqual(byKey(keys.map(entry)));
        const last = keys.at(-1) ?? '';
        const tombstone = await written(store, removal(last, revisionIn(revisions, last)));
        const rest = keys.slice(0, -1).map(entry);
        const removed = { key: last, revision: tombstone, text: undefined };
        expect(byKey(await listed())).toEqual(byKey([...rest, removed]));
      },
    );

    test('has exactly the records below its filters', async () => {
      await using subject = await open();
      const { store } = subject;
      const keys = [agent(1), agent(11), instance(1, 1), instance(1, 2), instance(11, 1)];
      const revisions = await committed(store, ...keys.map((key) => write(key, 0)));
      const listed = async (...filters: string[]) =>
        byKey(await store.registry.list(filters, Math.max(...revisions.values())));
      const entry = (key: string) => ({
        key,
        revision: revisionIn(revisions, key),
        text: `${key}@0`,
      });
      expect(await listed(instancesOfAgentFilter(slot(1)))).toEqual(
        [instance(1, 1), instance(1, 2)].map(entry),
      );
      expect(await listed(allAgents)).toEqual([agent(1), agent(11)].map(entry));
      expect(await listed(agent(1))).toEqual([entry(agent(1))]);
      expect(await listed(agent(1), instancesOfAgentFilter(slot(11)))).toEqual(
        [agent(1), instance(11, 1)].map(entry),
      );
      expect(await listed(agent(2), instancesOfAgentFilter(slot(2)))).toEqual([]);
    });
  });
}
