import { describe, expect, test } from 'vitest';
import { commitOf, removal, write, written } from './requests.ts';
import { agent } from './support/sample-names.ts';
import type { Open } from './support/store-under-test.ts';

const key = agent(1);
const conflict = { outcome: 'conflict' };

export function compareAndSetContract(open: Open): void {
  describe('a record', () => {
    test('that was never written is absent at revision 0', async () => {
      await using subject = await open();
      const entry = await subject.store.registry.read(key);
      expect(entry).toEqual({ key, revision: 0, text: undefined });
    });

    test('is read by another client at the revision that its writer got', async () => {
      await using subject = await open();
      await using other = await subject.other();
      const revision = await written(subject.store, write(key, 0, 'first'));
      expect(await other.registry.read(key)).toEqual({ key, revision, text: 'first' });
    });

    test('may be empty, which differs from absent', async () => {
      await using subject = await open();
      const revision = await written(subject.store, write(key, 0, ''));
      expect(await subject.store.registry.read(key)).toEqual({ key, revision, text: '' });
    });

    test('of 200 kB comes back as it was', async () => {
      await using subject = await open();
      const text = 'Grüße 🦉 '.repeat(12_000);
      const revision = await written(subject.store, write(key, 0, text));
      expect(await subject.store.registry.read(key)).toEqual({ key, revision, text });
    });

    test('that exists is not created again', async () => {
      await using subject = await open();
      const revision = await written(subject.store, write(key, 0, 'first'));
      expect(await subject.store.registry.commit(commitOf(write(key, 0)))).toEqual(conflict);
      expect(await subject.store.registry.read(key)).toEqual({ key, revision, text: 'first' });
    });

    test('that is absent is not overwritten', async () => {
      await using subject = await open();
      expect(await subject.store.registry.commit(commitOf(write(key, 1)))).toEqual(conflict);
      expect(await subject.store.registry.commit(commitOf(removal(key, 1)))).toEqual(conflict);
      expect(await subject.store.registry.read(key)).toMatchObject({ revision: 0 });
    });

    test('is overwritten only at its current revision', async () => {
      await using subject = await open();
      const first = await written(subject.store, write(key, 0));
      const second = await written(subject.store, write(key, first, 'second'));
      expect(second).toBeGreaterThan(first);
      expect(await subject.store.registry.commit(commitOf(write(key, first)))).toEqual(conflict);
      expect(await subject.store.registry.read(key)).toMatchObject({ text: 'second' });
    });

    test('is removed only at its current revision', async () => {
      await using subject = await open();
      const first = await written(subject.store, write(key, 0));
      const second = await written(subject.store, write(key, first));
      expect(await subject.store.registry.commit(commitOf(removal(key, first)))).toEqual(conflict);
      const tombstone = await written(subject.store, removal(key, second));
      expect(tombstone).toBeGreaterThan(second);
      expect(await subject.store.registry.read(key)).toEqual({
        key,
        revision: tombstone,
        text: undefined,
      });
    });

    test('that was removed is created again only at the revision of its tombstone', async () => {
      await using subject = await open();
      const first = await written(subject.store, write(key, 0));
      const tombstone = await written(subject.store, removal(key, first));
      for (const wrong of [0, first]) {
        expect(await subject.store.registry.commit(commitOf(write(key, wrong)))).toEqual(conflict);
      }
      const again = await written(subject.store, write(key, tombstone, 'again'));
      expect(await subject.store.registry.read(key)).toEqual({
        key,
        revision: again,
        text: 'again',
      });
    });

    test('that a foreign tool deleted is absent, and is created again at the tombstone', async () => {
      await using subject = await open();
      const first = await written(subject.store, write(key, 0));
      await subject.remove('registry', key);
      const deleted = await subject.store.registry.read(key);
      expect(deleted.text).toBeUndefined();
      expect(deleted.revision).toBeGreaterThan(first);
      for (const wrong of [0, first]) {
        expect(await subject.store.registry.commit(commitOf(write(key, wrong)))).toEqual(conflict);
      }
      await written(subject.store, write(key, deleted.revision));
    });

    test('that a foreign tool overwrote is no longer at the judged revision', async () => {
      await using subject = await open();
      const judged = await written(subject.store, write(key, 0));
      await subject.put('registry', key, 'by hand');
      expect(await subject.store.registry.commit(commitOf(removal(key, judged)))).toEqual(conflict);
      const found = await subject.store.registry.read(key);
      expect(found.text).toBe('by hand');
      await written(subject.store, removal(key, found.revision));
    });

    test('is written by exactly one of many concurrent writers at the same revision', async () => {
      await using subject = await open();
      await using other = await subject.other();
      const at = await written(subject.store, write(key, 0));
      const stores = Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? subject.store : other));
      const outcomes = await Promise.all(
        stores.map((store, n) => store.registry.commit(commitOf(write(key, at, `writer ${n}`)))),
      );
      const winners = outcomes.flatMap(({ outcome }, n) => (outcome === 'committed' ? [n] : []));
      expect(winners).toHaveLength(1);
      expect(outcomes.filter(({ outcome }) => outcome === 'conflict')).toHaveLength(19);
      expect(await other.registry.read(key)).toMatchObject({ text: `writer ${winners[0]}` });
    });
  });
}
