import { describe, expect, test } from 'vitest';
import type { StoredEvent } from '../../src/ports/audit.ts';
import type { Store } from '../../src/ports/ports.ts';
import { allOf, auditOf, committed, event, write, written } from './requests.ts';
import { eventually } from './support/eventually.ts';
import { agent, eventOf, instanceEventOf } from './support/sample-names.ts';
import type { Open, Subject } from './support/store-under-test.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);
const subjectsOf = (events: readonly StoredEvent[]) => events.map(({ subject }) => subject);

/** The events of the audit, once it has this many. */
const auditWith = (subject: Subject, count: number) =>
  eventually(subject, async () => {
    const events = await auditOf(subject.store);
    expect(events.length).toBeGreaterThanOrEqual(count);
    return events;
  });

/** Commits the events with these numbers, each with its record. */
async function commitEvents(store: Store, numbers: readonly number[]): Promise<void> {
  for (const n of numbers) await committed(store, write(agent(n), 0), event(eventOf(1, n)));
}

export function auditContract(open: Open): void {
  describe('the audit', () => {
    test('is empty at first', async () => {
      await using subject = await open();
      expect(await auditOf(subject.store)).toEqual([]);
      expect(await subject.store.audit.range()).toMatchObject({ last: 0 });
      expect(await subject.store.audit.tidy()).toBe(0);
    });

    test('has every event once, as it was written, in the order of all writes', async () => {
      await using subject = await open();
      await using other = await subject.other();
      await Promise.all([
        commitEvents(subject.store, upTo(20)),
        ...upTo(20).map((n) => other.audit.append(event(eventOf(2, n), `Grüße ${n}`))),
      ]);
      await auditWith(subject, 40);
      await subject.elapse(500);
      const events = await auditOf(other);
      expect(subjectsOf(events).sort()).toEqual(
        [...upTo(20).map((n) => eventOf(1, n)), ...upTo(20).map((n) => eventOf(2, n))].sort(),
      );
      const ofCommits = events.filter((e) => e.subject.startsWith(eventOf(1, 0).slice(0, -1)));
      expect(subjectsOf(ofCommits)).toEqual(upTo(20).map((n) => eventOf(1, n)));
      for (const key of ['seq', 'origin'] as const) {
        const numbers = events.map((e) => e[key]);
        expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
      }
      const appended = events.find((e) => e.subject === eventOf(2, 7));
      expect(appended?.text).toBe('Grüße 7');
    });

    test('has for each event the revision of its record’s commit as origin', async () => {
      await using subject = await open();
      const before = await written(subject.store, write(agent(1), 0));
      await committed(subject.store, write(agent(2), 0), event(eventOf(2, 1)));
      const after = await written(subject.store, write(agent(3), 0));
      const [stored] = await auditWith(subject, 1);
      expect(stored?.origin).toBeGreaterThan(before);
      expect(stored?.origin).toBeLessThan(after);
    });

    test('stores an event of a process once', async () => {
      await using subject = await open();
      const { audit } = subject.store;
      expect(await audit.append(event(eventOf(1, 1), 'once'))).toBe('appended');
      expect(await audit.append(event(eventOf(1, 1), 'once'))).toBe('already');
      expect(await audit.append(event(eventOf(1, 2)))).toBe('appended');
      await auditWith(subject, 2);
      expect(subjectsOf(await auditOf(subject.store))).toEqual([eventOf(1, 1), eventOf(1, 2)]);
    });

    test('stores a new event of a process once, without a look', async () => {
      await using subject = await open();
      const { audit } = subject.store;
      expect(await audit.append(event(eventOf(1, 1), 'once'), true)).toBe('appended');
      expect(await audit.append(event(eventOf(1, 1), 'once'), true)).toBe('already');
      await auditWith(subject, 1);
    });

    test('accepts one of many concurrent appends under the same subject', async () => {
      await using subject = await open();
      await using other = await subject.other();
      const results = await Promise.all(
        upTo(6).map((n) =>
          (n % 2 === 0 ? subject.store : other).audit.append(event(eventOf(1, 1), `by ${n}`)),
        ),
      );
      expect(results.filter((result) => result === 'appended')).toHaveLength(1);
      await auditWith(subject, 1);
      await subject.elapse(500);
      const winner = results.indexOf('appended') + 1;
      expect(await auditOf(other)).toMatchObject([{ text: `by ${winner}` }]);
    });

    test('is read from any sequence, inclusive', async () => {
      await using subject = await open();
      await commitEvents(subject.store, upTo(6));
      const events = await auditWith(subject, 6);
      const { audit } = subject.store;
      for (const [at, { seq }] of events.entries()) {
        expect(await allOf(audit.read(seq))).toEqual(events.slice(at));
      }
      const end = events.at(-1)?.seq ?? 0;
      expect(await allOf(audit.read(end + 1))).toEqual([]);
      expect(await audit.range()).toMatchObject({ first: events[0]?.seq, last: end });
    });

    test('is read through filters', async () => {
      await using subject = await open();
      const { store } = subject;
      await committed(
        store,
        write(agent(1), 0),
        event(eventOf(1, 1)),
        event(instanceEventOf(1, 1, 1)),
        event(eventOf(2, 1)),
        event(instanceEventOf(2, 1, 1)),
      );
      await auditWith(subject, 4);
      const found = async (...filters: string[]) => subjectsOf(await auditOf(store, filters));
      expect(await found('host-1.>')).toEqual([eventOf(1, 1), instanceEventOf(1, 1, 1)]);
      expect(await found('*.*.*.*')).toEqual([eventOf(1, 1), eventOf(2, 1)]);
      expect(await found('host-2.*.*.*', 'host-1.*.*.web.>')).toEqual([
        instanceEventOf(1, 1, 1),
        eventOf(2, 1),
      ]);
      expect(await found('host-3.>')).toEqual([]);
    });

    test('is followed from any sequence into later events', async () => {
      await using subject = await open();
      await commitEvents(subject.store, [1, 2, 3]);
      const [, second] = await auditWith(subject, 3);
      const stop = new AbortController();
      const seen: StoredEvent[] = [];
      const following = allOf(subject.store.audit.follow(second?.seq ?? 0, stop.signal), seen);
      await eventually(subject, () => expect(seen).toHaveLength(2));
      await commitEvents(subject.store, [4, 5]);
      await eventually(subject, () => expect(seen).toHaveLength(4));
      stop.abort();
      await eventually(subject, () => following);
      expect(seen).toEqual((await auditOf(subject.store)).slice(1));
    });

    test('is followed through filters, from before the first event', async () => {
      await using subject = await open();
      const stop = new AbortController();
      const seen: StoredEvent[] = [];
      const follow = subject.store.audit.follow(0, stop.signal, ['host-2.>']);
      const following = allOf(follow, seen);
      await subject.store.audit.append(event(eventOf(1, 1)));
      await subject.store.audit.append(event(eventOf(2, 1)));
      await subject.store.audit.append(event(eventOf(1, 2)));
      await subject.store.audit.append(event(eventOf(2, 2)));
      await eventually(subject, () =>
        expect(subjectsOf(seen)).toEqual([eventOf(2, 1), eventOf(2, 2)]),
      );
      stop.abort();
      await eventually(subject, () => following);
    });

    test('loses no event when the outbox is emptied', async () => {
      await using subject = await open();
      const { store } = subject;
      await commitEvents(store, upTo(5));
      const before = await auditWith(subject, 5);
      const records = await store.registry.list(['>'], 0);
      expect(await store.audit.tidy()).toBe(4);
      expect(await store.audit.tidy()).toBe(0);
      await commitEvents(store, [6]);
      const after = await auditWith(subject, 6);
      expect(after.slice(0, 5)).toEqual(before);
      expect(subjectsOf(after).at(-1)).toBe(eventOf(1, 6));
      expect(await store.registry.list(['>'], 0)).toEqual(expect.arrayContaining([...records]));
    });

    test('still has an event that has left the outbox', async () => {
      await using subject = await open();
      const { audit } = subject.store;
      for (const n of upTo(3)) await audit.append(event(eventOf(1, n)));
      await auditWith(subject, 3);
      expect(await audit.tidy()).toBe(2);
      for (const n of upTo(3)) expect(await audit.append(event(eventOf(1, n)))).toBe('already');
      await audit.append(event(eventOf(1, 4)));
      await auditWith(subject, 4);
      expect(await auditOf(subject.store)).toHaveLength(4);
    });

    test('loses no event while writes and clean-up run concurrently', async () => {
      await using subject = await open();
      await using other = await subject.other();
      const tidying = new AbortController();
      const janitor = (async () => {
        let removed = 0;
        while (!tidying.signal.aborted) {
          removed += await other.audit.tidy();
          await Promise.resolve();
        }
        return removed;
      })();
      await commitEvents(subject.store, upTo(60));
      tidying.abort();
      await eventually(subject, () => janitor);
      expect(subjectsOf(await auditWith(subject, 60))).toEqual(upTo(60).map((n) => eventOf(1, n)));
    });

    test('is trimmed from the front by a limit once a keyframe covers the events, and continues', async () => {
      await using subject = await open();
      const { audit } = subject.store;
      const text = `"${'x'.repeat(1000)}"`;
      for (const n of upTo(40)) await audit.append(event(eventOf(1, n), text));
      const { length, [29]: thirtieth } = await auditWith(subject, 40);
      expect(await audit.trim({}, 0)).toMatchObject({ events: 0 });
      const trim = await audit.trim({ maxBytes: 35_000 }, thirtieth?.seq ?? 0);
      await audit.limit({ maxBytes: 35_000 }, thirtieth?.seq ?? 0);
      expect(await audit.limits()).toEqual({ maxBytes: 35_000 });
      const left = await eventually(subject, async () => {
        const events = await auditOf(subject.store);
        expect(events.length).toBeLessThan(length);
        return events;
      });
      expect(left.length).toBeGreaterThan(10);
      // All events have the same size.
      expect(Math.abs(length - left.length - trim.events)).toBeLessThanOrEqual(2);
      expect(trim).toMatchObject({ refusal: undefined, oldest: { seq: trim.events + 1 } });
      expect(left.at(-1)?.subject).toBe(eventOf(1, 40));
      expect(await audit.range()).toMatchObject({ first: left[0]?.seq, last: left.at(-1)?.seq });
      await audit.append(event(eventOf(1, 41), text));
      await eventually(subject, async () => {
        const { first, last } = await audit.range();
        expect(last).toBe((left.at(-1)?.seq ?? 0) + 1);
        expect(first).toBeGreaterThan(left[0]?.seq ?? 0);
      });
    });

    test('is not trimmed beyond the events that a signed keyframe covers', async () => {
      await using subject = await open();
      const { audit } = subject.store;
      for (const n of upTo(20)) await audit.append(event(eventOf(1, n), `"${'x'.repeat(1000)}"`));
      const before = await auditWith(subject, 20);
      for (const keyframe of [0, before[2]?.seq ?? 0]) {
        const refused = audit.limit({ maxBytes: 10_000 }, keyframe);
        await expect(refused).rejects.toMatchObject({ code: 'store-refused' });
        const { refusal } = await audit.trim({ maxBytes: 10_000 }, keyframe);
        expect(refusal).toMatch(/signed keyframe/);
      }
      await expect(audit.limit({ maxBytes: 10_000_000 }, 0)).rejects.toThrow('no signed keyframe');
      const refusal = expect.stringContaining('there is no signed keyframe');
      expect(await audit.trim({ maxBytes: 10_000_000 }, 0)).toMatchObject({ events: 0, refusal });
      await audit.limit({}, 0);
      expect(await audit.limits()).toEqual({});
      expect(await auditOf(subject.store)).toEqual(before);
    });
  });
}
