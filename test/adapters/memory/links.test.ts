import { describe, expect, test } from 'vitest';
import { MemoryServer } from '../../../src/adapters/memory/server/memory-server.ts';
import { NoReplyError, type Transport } from '../../../src/adapters/memory/server/transport.ts';
import { memoryStore } from '../../../src/adapters/memory/store.ts';
import { VirtualClock } from '../../../src/adapters/memory/time/virtual-clock.ts';
import { seconds } from '../../../src/domain/time.ts';
import type { Store } from '../../../src/ports/ports.ts';
import { commitOf, event, held, write } from '../../contract/requests.ts';
import { agent, eventOf, lease, run } from '../../contract/support/sample-names.ts';

const ttl = seconds(15);

type Fate = 'delivered' | 'refused' | 'request-lost' | 'answer-lost';

/** A line on which each request has the fate that was laid down for it; then all are delivered. */
class FatedLink implements Transport {
  #fates: Fate[] = [];

  next(...fates: Fate[]): void {
    this.#fates = fates;
  }

  async carry<T>(serve: () => T): Promise<T> {
    const fate = this.#fates.shift() ?? 'delivered';
    if (fate === 'refused') throw new NoReplyError('not connected', false);
    if (fate === 'request-lost') throw new NoReplyError('no answer', true);
    const answer = serve();
    if (fate === 'answer-lost') throw new NoReplyError('no answer', true);
    return answer;
  }
}

function client() {
  const clock = new VirtualClock();
  const world = new MemoryServer(clock);
  const link = new FatedLink();
  return { clock, world, link, store: memoryStore(world, link), other: memoryStore(world) };
}

describe('a commit over a lossy connection', () => {
  const commit = commitOf(write(agent(1), 0, 'x'), event(eventOf(1, 1)));

  test.each([
    ['refused', 'unavailable', undefined],
    ['request-lost', 'unknown', undefined],
    ['answer-lost', 'unknown', 'x'],
    ['delivered', 'committed', 'x'],
  ] as const)('%s is %s, and the record is then %s', async (fate, outcome, text) => {
    const { link, store, other } = client();
    link.next(fate);
    expect(await store.registry.commit(commit)).toMatchObject({ outcome });
    expect(await other.registry.read(agent(1))).toMatchObject({ text });
  });
});

describe('a lease over a lossy connection', () => {
  test.each(['request-lost', 'answer-lost'] as const)(
    'whose %s is taken all the same',
    async (fate) => {
      const { link, store, other } = client();
      link.next(fate);
      const revision = await held(store.leases.create(lease(1), 'mine', ttl));
      expect(await other.leases.read(lease(1))).toMatchObject({ revision, text: 'mine' });
    },
  );

  test.each(['request-lost', 'answer-lost'] as const)(
    'whose %s is renewed all the same',
    async (fate) => {
      const { link, store, other } = client();
      const first = await held(store.leases.create(lease(1), 'mine', ttl));
      link.next(fate);
      const revision = await held(store.leases.renew(lease(1), 'mine', first, ttl));
      expect(await other.leases.read(lease(1))).toMatchObject({ revision, text: 'mine' });
    },
  );

  test.each(['request-lost', 'answer-lost'] as const)(
    'whose %s is renewed with another text all the same',
    async (fate) => {
      const { link, store, other } = client();
      const first = await held(store.leases.create(lease(1), 'mine, 3 runs', ttl));
      link.next(fate);
      const revision = await held(store.leases.renew(lease(1), 'mine, 4 runs', first, ttl));
      expect(await other.leases.read(lease(1))).toMatchObject({ revision, text: 'mine, 4 runs' });
    },
  );

  test.each(['request-lost', 'answer-lost'] as const)(
    'whose %s is released all the same',
    async (fate) => {
      const { link, store, other } = client();
      const at = await held(store.leases.create(lease(1), 'mine', ttl));
      link.next(fate);
      expect(await store.leases.release(lease(1), at)).toBe('released');
      expect(await other.leases.read(lease(1))).toMatchObject({ text: undefined });
    },
  );

  test('is lost if another process took it before the reply', async () => {
    const { clock, link, store, other } = client();
    const at = await held(store.leases.create(lease(1), 'mine', ttl));
    await clock.advance(ttl);
    await held(other.leases.create(lease(1), 'theirs', ttl));
    link.next('answer-lost');
    expect(await store.leases.renew(lease(1), 'mine', at, ttl)).toBe('lost');
    link.next('answer-lost');
    expect(await store.leases.create(lease(1), 'mine', ttl)).toBe('taken');
  });

  test('whose writes are all lost while reads succeed ends with a fault', async () => {
    const { link, store } = client();
    const lossy: Fate[] = [
      'request-lost',
      'delivered',
      'request-lost',
      'delivered',
      'request-lost',
    ];
    link.next(...lossy);
    const creating = store.leases.create(lease(1), 'mine', ttl);
    await expect(creating).rejects.toMatchObject({ code: 'store-unavailable' });
  });
});

const calls: [string, (store: Store) => Promise<unknown>][] = [
  ['create', ({ leases }) => leases.create(lease(1), 'mine', ttl)],
  ['renew', ({ leases }) => leases.renew(lease(1), 'mine', 1, ttl)],
  ['release', ({ leases }) => leases.release(lease(1), 1)],
  ['read', ({ leases }) => leases.read(lease(1))],
  ['list', ({ leases }) => leases.list('>')],
  ['registry read', ({ registry }) => registry.read(agent(1))],
  ['registry list', ({ registry }) => registry.list(['>'], 0)],
  ['append', ({ audit }) => audit.append(event(eventOf(1, 1)))],
  ['audit read', ({ audit }) => audit.read(0)[Symbol.asyncIterator]().next()],
  ['range', ({ audit }) => audit.range()],
  ['tidy', ({ audit }) => audit.tidy()],
  ['ask', ({ messaging }) => messaging.ping(run(1), seconds(1))],
  [
    'answer',
    ({ messaging }) =>
      messaging.serve(run(1), { pong: () => ({ lag: 0, state: '' }), onNotice: () => {} }),
  ],
];

describe('a call', () => {
  test.each(calls)('without any reply is a fault: %s', async (_, call) => {
    for (const fate of ['refused', 'request-lost', 'answer-lost'] as const) {
      const { link, store } = client();
      link.next(fate, fate);
      await expect(call(store)).rejects.toMatchObject({ code: 'store-unavailable' });
    }
  });

  test.each([
    ...calls,
    ['commit', ({ registry }: Store) => registry.commit(commitOf(write(agent(1), 0)))] as const,
  ])('throws an unexpected error unchanged: %s', async (_, call) => {
    const broken: Transport = { carry: () => Promise.reject(new TypeError('a bug')) };
    const store = memoryStore(new MemoryServer(new VirtualClock()), broken);
    await expect(call(store)).rejects.toThrow(TypeError);
  });
});

describe('an event over a lossy connection', () => {
  test('that was stored is found and not stored twice', async () => {
    const { link, store, other, world } = client();
    link.next('answer-lost');
    expect(await store.audit.append(event(eventOf(1, 1)))).toBe('already');
    expect(await other.audit.append(event(eventOf(1, 1)))).toBe('already');
    expect(world.audit.from(0)).toHaveLength(1);
  });
});

describe('a run with a lossy connection', () => {
  const serving = { pong: () => ({ lag: 0, state: 'serving' }), onNotice: () => {} };

  test.each(['refused', 'request-lost', 'answer-lost'] as const)(
    '%s gives no answer',
    async (fate) => {
      const { clock, link, store, other } = client();
      await store.messaging.serve(run(1), serving);
      link.next(fate);
      const asked = other.messaging.ping(run(1), seconds(2));
      await clock.advance(seconds(2));
      expect(await asked).toBe('no-answer');
    },
  );

  test('is waited for no longer than it takes', async () => {
    const { clock, world, other } = client();
    const slow: Transport = {
      carry: async (serve) => {
        await clock.sleep(300);
        return serve();
      },
    };
    const listening = memoryStore(world, slow).messaging.serve(run(1), serving);
    await clock.advance(300);
    await listening;
    let answered = 0;
    const asked = other.messaging.ping(run(1), seconds(2)).then((answer) => {
      answered = clock.monotonic();
      return answer;
    });
    await clock.advance(seconds(5));
    expect([await asked, answered]).toEqual([{ lag: 0, state: 'serving' }, 600]);
  });

  test('gets no notifications, and no call fails', async () => {
    const { clock, link, store, other } = client();
    const told: string[] = [];
    await store.messaging.serve(run(1), {
      ...serving,
      onNotice: (notice) => void told.push(notice),
    });
    link.next('request-lost');
    other.messaging.notify(run(1), 'expired');
    await clock.settle();
    other.messaging.notify(run(1), 'superseded');
    await clock.settle();
    expect(told).toEqual(['superseded']);
  });
});

describe('a subscription over a lossy connection', () => {
  const responder = { pong: () => ({ lag: 0, state: 'serving' }), onNotice: () => {} };

  test.each(['request-lost', 'answer-lost'] as const)(
    'whose %s does not answer: nobody could end it',
    async (fate) => {
      const { link, store, other } = client();
      link.next(fate);
      await expect(store.messaging.serve(run(1), responder)).rejects.toThrow('no answer');
      expect(await other.messaging.ping(run(1), seconds(1))).toBe('no-responders');
    },
  );
});
