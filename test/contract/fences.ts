import { describe, expect, test } from 'vitest';
import { allOf, auditOf, event, fence, removal, write, written } from './requests.ts';
import { eventually } from './support/eventually.ts';
import { agent, eventOf, instance, instanceEventOf } from './support/sample-names.ts';
import type { Open } from './support/store-under-test.ts';

const owner = agent(1);
const record = instance(1, 1);

/** Writes the instance with a fence on its owner. */
const fenced = (expect: number) => ({
  writes: [write(record, 0)],
  events: [event(instanceEventOf(1, 1, 1))],
  fences: [fence(owner, expect)],
});

export function fenceContract(open: Open): void {
  describe('a fence', () => {
    test('accepts the commit while the record has the expected revision', async () => {
      await using subject = await open();
      const { registry } = subject.store;
      const at = await written(subject.store, write(owner, 0));
      expect(await registry.commit(fenced(at))).toMatchObject({ outcome: 'committed' });
      expect(await registry.read(owner)).toMatchObject({ revision: at });
    });

    test('refuses the commit once the record was written again', async () => {
      await using subject = await open();
      const { registry } = subject.store;
      const at = await written(subject.store, write(owner, 0));
      await written(subject.store, write(owner, at));
      expect(await registry.commit(fenced(at))).toEqual({ outcome: 'conflict' });
      expect(await registry.read(record)).toMatchObject({ revision: 0 });
    });

    test('refuses the commit once a foreign tool wrote or deleted the record', async () => {
      await using subject = await open();
      const { registry } = subject.store;
      const at = await written(subject.store, write(owner, 0));
      await subject.remove('registry', owner);
      expect(await registry.commit(fenced(at))).toEqual({ outcome: 'conflict' });
      const deleted = await registry.read(owner);
      expect(await registry.commit(fenced(deleted.revision))).toMatchObject({
        outcome: 'committed',
      });
    });

    test('is checked also in a commit with more fences than events, which returns the revisions of its writes', async () => {
      await using subject = await open();
      const { registry, audit } = subject.store;
      const at = await written(subject.store, write(owner, 0));
      const fences = [fence(owner, at), fence(agent(2), 0), fence(agent(3), 0), fence(agent(4), 0)];
      const events = [event(instanceEventOf(1, 1, 1))];
      const outcome = await registry.commit({ writes: [write(record, 0)], events, fences });
      expect(outcome).toMatchObject({ outcome: 'committed' });
      const { revision } = await registry.read(record);
      if (outcome.outcome === 'committed') expect(outcome.revisions.get(record)).toBe(revision);
      for (const broken of fences.keys()) {
        const others = fences.map((one, n) =>
          n === broken ? fence(one.key, one.expectedRevision + 1) : one,
        );
        const again = { writes: [write(record, revision)], events, fences: others };
        expect(await registry.commit(again)).toEqual({ outcome: 'conflict' });
      }
      expect(await registry.read(record)).toMatchObject({ revision });
      await eventually(subject, async () => {
        const [stored] = await allOf(audit.read(0));
        // The writes come right before the events: replay computes revisions from that.
        expect(stored?.origin).toBe(revision + 1);
      });
      expect(await auditOf(subject.store)).toHaveLength(1);
    });

    test('on an absent record accepts commits until the record is created', async () => {
      await using subject = await open();
      const { registry } = subject.store;
      expect(await registry.commit(fenced(0))).toMatchObject({ outcome: 'committed' });
      const at = (await registry.read(record)).revision;
      await written(subject.store, write(owner, 0));
      expect(
        await registry.commit({
          writes: [removal(record, at)],
          events: [event(instanceEventOf(1, 1, 2))],
          fences: [fence(owner, 0)],
        }),
      ).toEqual({ outcome: 'conflict' });
      expect(await registry.read(record)).toMatchObject({ revision: at });
    });

    test('on a tombstone expects the tombstone, not absence', async () => {
      await using subject = await open();
      const { registry } = subject.store;
      const at = await written(subject.store, write(owner, 0));
      const tombstone = await written(subject.store, removal(owner, at));
      expect(await registry.commit(fenced(0))).toEqual({ outcome: 'conflict' });
      expect(await registry.commit(fenced(at))).toEqual({ outcome: 'conflict' });
      expect(await registry.commit(fenced(tombstone))).toMatchObject({ outcome: 'committed' });
    });

    test('refuses the commit if it is the only broken one of several', async () => {
      await using subject = await open();
      const { registry } = subject.store;
      const at = await written(subject.store, write(agent(2), 0));
      const guarded = (hold: number) => ({
        writes: [write(agent(3), 0), write(record, 0)],
        events: [1, 2, 3].map((n) => event(eventOf(3, n))),
        fences: [fence(owner, 0), fence(agent(2), at), fence(agent(4), hold)],
      });
      expect(await registry.commit(guarded(1))).toEqual({ outcome: 'conflict' });
      expect(await registry.read(agent(3))).toMatchObject({ revision: 0 });
      expect(await registry.commit(guarded(0))).toMatchObject({ outcome: 'committed' });
    });

    test('on one record accepts many concurrent commits', async () => {
      await using subject = await open();
      await using other = await subject.other();
      const at = await written(subject.store, write(owner, 0));
      const ids = Array.from({ length: 30 }, (_, n) => n);
      const outcomes = await Promise.all(
        ids.map((n) =>
          (n % 2 === 0 ? subject.store : other).registry.commit({
            writes: [write(instance(1, n), 0)],
            events: [event(instanceEventOf(1, n, 1))],
            fences: [fence(owner, at)],
          }),
        ),
      );
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(ids.map(() => 'committed'));
      expect(await other.registry.read(owner)).toMatchObject({ revision: at });
    });

    test('never stores a fenced write after a concurrent write of its record', async () => {
      await using subject = await open();
      await using other = await subject.other();
      const at = await written(subject.store, write(owner, 0));
      const ids = Array.from({ length: 10 }, (_, n) => n);
      const [rewritten, ...outcomes] = await Promise.all([
        other.registry.commit({ writes: [write(owner, at)], events: [] }),
        ...ids.map((n) =>
          subject.store.registry.commit({
            writes: [write(instance(1, n), 0)],
            events: [event(instanceEventOf(1, n, 1))],
            fences: [fence(owner, at)],
          }),
        ),
      ]);
      expect(rewritten?.outcome).toBe('committed');
      const ownerNow = (await other.registry.read(owner)).revision;
      for (const [n, outcome] of outcomes.entries()) {
        const stored = await subject.store.registry.read(instance(1, n));
        expect(['committed', 'conflict']).toContain(outcome.outcome);
        expect(stored.revision > 0).toBe(outcome.outcome === 'committed');
        expect(stored.revision).toBeLessThan(ownerNow);
      }
    });
  });
}
