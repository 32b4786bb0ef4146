import { describe, expect, test } from 'vitest';
import { MemoryServer } from '../../../../src/adapters/memory/server/memory-server.ts';
import { eventSubject } from '../../../../src/adapters/memory/server/subjects.ts';
import { memoryStore } from '../../../../src/adapters/memory/store.ts';
import { VirtualClock } from '../../../../src/adapters/memory/time/virtual-clock.ts';
import { tombstoneTtl } from '../../../../src/domain/policy/lease-policy.ts';
import type { StoredEvent } from '../../../../src/ports/audit.ts';
import type { Commit } from '../../../../src/ports/registry.ts';
import {
  allOf,
  auditOf,
  commitOf,
  committed,
  event,
  fence,
  removal,
  write,
  written,
} from '../../../contract/requests.ts';
import { agent, eventOf, instance } from '../../../contract/support/sample-names.ts';

function open() {
  const clock = new VirtualClock();
  const world = new MemoryServer(clock);
  return { clock, world, store: memoryStore(world) };
}

describe('a tombstone', () => {
  test.each([
    [tombstoneTtl - 1, true],
    [tombstoneTtl, false],
  ])(
    'after %d ms still exists: %s; without it a create expects revision 0',
    async (passed, stands) => {
      const { clock, store } = open();
      const at = await written(store, write(agent(1), 0));
      const tombstone = await written(store, removal(agent(1), at));
      await clock.advance(passed);
      expect(await store.registry.read(agent(1))).toMatchObject({
        revision: stands ? tombstone : 0,
      });
      const created = await store.registry.commit(commitOf(write(agent(1), 0)));
      expect(created.outcome).toBe(stands ? 'conflict' : 'committed');
    },
  );
});

describe('the registry', () => {
  test('starts its sequence at the time in microseconds, so that no sequence repeats', async () => {
    const { clock, store } = open();
    expect(await written(store, write(agent(1), 0))).toBe(clock.wall() * 1000);
  });

  test('returns no list before the view has a snapshot', async () => {
    const { store } = open();
    const at = await written(store, write(agent(1), 0));
    expect(await store.registry.list(['>'], at)).toHaveLength(1);
    await expect(store.registry.list(['>'], at + 1)).rejects.toMatchObject({
      code: 'store-unavailable',
    });
  });

  const many = (count: number) => Array.from({ length: count }, (_, n) => n);
  const unsound: [string, Commit][] = [
    ['nothing', { writes: [], events: [] }],
    ['1001 messages', commitOf(...many(1001).map((n) => write(instance(1, n), 0)))],
    ['a key twice', commitOf(write(agent(1), 0), removal(agent(1), 0))],
    [
      'a key written and fenced',
      { ...commitOf(write(agent(1), 0), event(eventOf(1, 1))), fences: [fence(agent(1), 0)] },
    ],
    ['nothing but a fence', { writes: [], events: [], fences: [fence(agent(2), 0)] }],
  ];

  test.each(unsound)('throws an error for a commit of %s', async (_, commit) => {
    const { store } = open();
    await expect(store.registry.commit(commit)).rejects.toThrow('invalid commit');
    expect(await store.registry.list(['>'], 0)).toEqual([]);
  });
});

describe('an audit that lags behind', () => {
  test('receives delayed events later, in order and once', async () => {
    const { world, store } = open();
    await committed(store, write(agent(1), 0), event(eventOf(1, 1)));
    {
      using _held = world.audit.holdBack();
      await committed(store, write(agent(2), 0), event(eventOf(1, 2)));
      expect(await store.audit.append(event(eventOf(1, 3)))).toBe('appended');
      expect(await auditOf(store)).toHaveLength(1);
      expect(await store.audit.range()).toEqual({ first: 1, last: 1 });
    }
    const subjects = (await auditOf(store)).map(({ subject }) => subject);
    expect(subjects).toEqual([1, 2, 3].map((n) => eventOf(1, n)));
  });

  test('keeps unconfirmed events in the outbox', async () => {
    const { world, store } = open();
    for (const n of [1, 2]) await store.audit.append(event(eventOf(1, n)));
    {
      using _held = world.audit.holdBack();
      for (const n of [3, 4]) await store.audit.append(event(eventOf(1, n)));
      expect(await store.audit.tidy()).toBe(1);
      expect(await store.audit.tidy()).toBe(0);
    }
    expect(await auditOf(store)).toHaveLength(4);
    expect(await store.audit.tidy()).toBe(2);
  });

  test('does not trim the outbox if its last event is not in it', async () => {
    const { world, store } = open();
    for (const n of [1, 2, 3]) await store.audit.append(event(eventOf(1, n)));
    const last = world.registry.last(eventSubject(eventOf(1, 3)));
    if (last) world.registry.purge(last);
    expect(await store.audit.tidy()).toBe(0);
    expect(world.registry.last(eventSubject(eventOf(1, 1)))).toBeDefined();
  });

  test('is followed without a delay', async () => {
    const { clock, store } = open();
    const stop = new AbortController();
    const seen: StoredEvent[] = [];
    const following = allOf(store.audit.follow(0, stop.signal), seen);
    for (const n of [1, 2]) {
      await store.audit.append(event(eventOf(1, n)));
      await clock.settle();
      expect(seen).toHaveLength(n);
    }
    stop.abort();
    await following;
  });

  test('finds an event that is only in the outbox', async () => {
    const { world, store } = open();
    using _held = world.audit.holdBack();
    expect(await store.audit.append(event(eventOf(1, 1)))).toBe('appended');
    expect(await store.audit.append(event(eventOf(1, 1)))).toBe('already');
  });
});
