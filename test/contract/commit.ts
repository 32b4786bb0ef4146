import { describe, expect, test } from 'vitest';
import {
  auditOf,
  commitOf,
  committed,
  event,
  fence,
  removal,
  revisionIn,
  write,
  written,
} from './requests.ts';
import { eventually } from './support/eventually.ts';
import { agent, eventOf, instance, instanceEventOf } from './support/sample-names.ts';
import type { Open } from './support/store-under-test.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

export function commitContract(open: Open): void {
  describe('a commit', () => {
    test('is stored completely or not at all', async () => {
      await using subject = await open();
      const { store } = subject;
      const stands = await written(store, write(agent(1), 0));
      const outcome = await store.registry.commit(
        commitOf(
          write(agent(2), 0),
          event(eventOf(2, 1)),
          write(agent(1), stands + 1),
          write(agent(3), 0),
          removal(instance(1, 1), 7),
        ),
      );
      expect(outcome).toEqual({ outcome: 'conflict' });
      for (const n of [2, 3])
        expect(await store.registry.read(agent(n))).toMatchObject({ revision: 0 });
      expect(await store.registry.read(agent(1))).toMatchObject({ revision: stands });
    });

    test('that was refused leaves no event behind', async () => {
      await using subject = await open();
      const { store } = subject;
      const refused = commitOf(write(agent(1), 9), event(eventOf(1, 1), 'refused'));
      expect(await store.registry.commit(refused)).toEqual({ outcome: 'conflict' });
      await committed(store, write(agent(1), 0), event(eventOf(1, 2), 'stored'));
      await eventually(subject, async () => expect(await auditOf(store)).not.toEqual([]));
      expect((await auditOf(store)).map(({ text }) => text)).toEqual(['stored']);
    });

    test('is one contiguous range of revisions with writes and events in order', async () => {
      await using subject = await open();
      const { store } = subject;
      const keys = upTo(5).map((n) => instance(1, n));
      const revisions = await committed(
        store,
        ...keys.map((key) => write(key, 0)),
        ...upTo(7).map((n) => event(eventOf(1, n))),
      );
      const events = await eventually(subject, async () => {
        const events = await auditOf(store);
        expect(events).toHaveLength(7);
        return events;
      });
      const ofWrites = keys.map((key) => revisionIn(revisions, key));
      const ofEvents = events.map(({ origin }) => origin);
      expect(events.map((stored) => stored.subject)).toEqual(upTo(7).map((n) => eventOf(1, n)));
      expect(ofWrites).toEqual([...ofWrites].sort((a, b) => a - b));
      expect(ofEvents).toEqual([...ofEvents].sort((a, b) => a - b));
      const all = [...ofWrites, ...ofEvents].sort((a, b) => a - b);
      expect(all).toEqual(all.map((_, at) => (all[0] ?? 0) + at));
    });

    test('has higher revisions than every earlier commit', async () => {
      await using subject = await open();
      const revisions: number[] = [];
      for (const n of upTo(5)) revisions.push(await written(subject.store, write(agent(n), 0)));
      expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
    });

    test('returns the revision of every key that it wrote, removals included', async () => {
      await using subject = await open();
      const { store } = subject;
      const [first, second] = [instance(1, 1), instance(1, 2)];
      const created = await committed(store, write(first, 0), write(second, 0));
      const changed = await committed(
        store,
        write(first, revisionIn(created, first)),
        removal(second, revisionIn(created, second)),
      );
      expect([...changed.keys()].sort()).toEqual([first, second]);
      for (const key of [first, second]) {
        expect(await store.registry.read(key)).toMatchObject({
          revision: revisionIn(changed, key),
        });
      }
    });

    test('removes 450 instances with their events at once', async () => {
      await using subject = await open();
      const { store } = subject;
      const owner = await written(store, write(agent(1), 0));
      const created = await committed(store, ...upTo(450).map((n) => write(instance(1, n), 0)));
      const outcome = await store.registry.commit({
        writes: upTo(450).map((n) => removal(instance(1, n), revisionIn(created, instance(1, n)))),
        events: upTo(450).map((n) => event(instanceEventOf(1, n, 2))),
        fences: [fence(agent(1), owner)],
      });
      expect(outcome.outcome).toBe('committed');
      if (outcome.outcome !== 'committed') return;
      const last = Math.max(...outcome.revisions.values());
      const listed = await store.registry.list(['instance.>'], last);
      expect(listed.map(({ text }) => text)).toEqual(upTo(450).map(() => undefined));
      await eventually(subject, async () => expect(await auditOf(store)).toHaveLength(450));
    });

    test('accepts 1000 messages', async () => {
      await using subject = await open();
      const { store } = subject;
      const revisions = await committed(
        store,
        ...upTo(500).map((n) => write(instance(1, n), 0)),
        ...upTo(500).map((n) => event(instanceEventOf(1, n, 1))),
      );
      expect(revisions.size).toBe(500);
      const last = Math.max(...revisions.values());
      expect(await store.registry.list(['instance.>'], last)).toHaveLength(500);
      await eventually(subject, async () => expect(await auditOf(store)).toHaveLength(500));
    });

    test('succeeds concurrently with many commits to other keys', async () => {
      await using subject = await open();
      await using other = await subject.other();
      const outcomes = await Promise.all(
        upTo(40).map((n) =>
          (n % 2 === 0 ? subject.store : other).registry.commit(
            commitOf(write(agent(n), 0), event(eventOf(n, 1))),
          ),
        ),
      );
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(upTo(40).map(() => 'committed'));
      await eventually(subject, async () => expect(await auditOf(other)).toHaveLength(40));
    });
  });
}
