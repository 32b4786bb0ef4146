import { describe, expect, test } from 'vitest';
import { MemoryServer } from '../../../../src/adapters/memory/server/memory-server.ts';
import { NoReplyError, type Transport } from '../../../../src/adapters/memory/server/transport.ts';
import { memoryStore } from '../../../../src/adapters/memory/store.ts';
import { VirtualClock } from '../../../../src/adapters/memory/time/virtual-clock.ts';
import { tombstoneTtl } from '../../../../src/domain/policy/lease-policy.ts';
import { seconds } from '../../../../src/domain/time.ts';
import { removal, write, written } from '../../../contract/requests.ts';
import { agent, instance } from '../../../contract/support/sample-names.ts';
import { Observed } from '../../../contract/support/watch-recorder.ts';

/** A watcher whose line can be cut, and a writer whose line is good. */
function watching(up = true) {
  const clock = new VirtualClock();
  const world = new MemoryServer(clock);
  let isUp = up;
  const link: Transport = {
    carry: async (serve) => {
      if (!isUp) throw new NoReplyError('cut', true);
      return serve();
    },
  };
  const { registry } = memoryStore(world, link);
  const seen = new Observed((signal) => registry.watch(['agent.>'], signal));
  return {
    world,
    link,
    clock,
    seen,
    store: memoryStore(world),
    cut: () => {
      isUp = false;
    },
    mend: () => {
      isUp = true;
    },
  };
}

describe('a watch', () => {
  test('of a stream that lost its tail and grew past it starts over', async () => {
    const { world, clock, seen, store, cut, mend } = watching();
    await written(store, write(agent(1), 0));
    const copy = world.registry.copy();
    await written(store, write(agent(2), 0));
    await clock.advance(seconds(1));
    cut();
    world.registry.restore(copy);
    await written(store, write(agent(3), 0));
    await written(store, write(agent(4), 0));
    await clock.advance(seconds(1));
    mend();
    await clock.advance(seconds(1));
    expect(seen.entries.map(({ key }) => key)).toEqual([agent(1), agent(3), agent(4)]);
    expect(seen.kinds.filter((kind) => kind === 'snapshot')).toHaveLength(2);
    expect(seen.broken).toEqual([]);
  });

  test('that is refused reports the reason, and resumes at its position when it is allowed again', async () => {
    const { world, link, clock, seen, store } = watching();
    await clock.advance(seconds(1));
    world.refusesWatch = (client, stream) =>
      client === link && stream === world.registry ? 'no more consumers' : undefined;
    await clock.advance(seconds(3));
    await written(store, write(agent(1), 0));
    await clock.advance(seconds(3));
    expect(seen.kinds.at(-1)).toBe('stale');
    expect(seen.lastWhy).toBe('no more consumers');
    world.refusesWatch = () => undefined;
    await clock.advance(seconds(1));
    expect(seen.kinds.slice(-2)).toEqual(['stale', 'changes']);
    expect(seen.entries.map(({ key }) => key)).toEqual([agent(1)]);
    expect(seen.broken).toEqual([]);
  });

  test('takes a snapshot every five minutes, without being stale', async () => {
    const { clock, seen, store } = watching();
    await written(store, write(agent(1), 0));
    await clock.advance(seconds(601));
    expect(seen.kinds.filter((kind) => kind === 'snapshot')).toHaveLength(3);
    expect(seen.kinds).not.toContain('stale');
    expect(seen.broken).toEqual([]);
  });

  test('sends a heartbeat every second, also while other keys change', async () => {
    const { clock, seen, store } = watching();
    for (let n = 0; n < 50; n += 1) {
      await clock.advance(100);
      await written(store, write(instance(1, n), 0));
    }
    expect(seen.kinds).toEqual([
      'snapshot',
      'heartbeat',
      'heartbeat',
      'heartbeat',
      'heartbeat',
      'heartbeat',
    ]);
  });

  test('on a lost connection reports stale once, and continues at its position after reconnecting', async () => {
    const { clock, seen, store, cut, mend } = watching();
    await clock.advance(500);
    cut();
    const first = await written(store, write(agent(1), 0));
    await clock.advance(seconds(10));
    const second = await written(store, write(agent(1), first));
    await written(store, write(agent(2), 0));
    expect(seen.kinds).toEqual(['snapshot', 'stale']);
    mend();
    await clock.advance(seconds(1));
    expect(seen.kinds).toEqual(['snapshot', 'stale', 'changes']);
    expect(seen.changes.map(({ key }) => key)).toEqual([agent(1), agent(2)]);
    expect(seen.view.get(agent(1))).toMatchObject({ revision: second });
    expect(seen.broken).toEqual([]);
  });

  test('sends a heartbeat after a reconnect, also without changes', async () => {
    const { clock, seen, cut, mend } = watching();
    await clock.settle();
    cut();
    await clock.advance(seconds(5));
    mend();
    await clock.advance(seconds(1));
    expect(seen.kinds).toEqual(['snapshot', 'stale', 'changes']);
    expect(seen.changes).toEqual([]);
  });

  test('without a connection starts stale, and its snapshot follows', async () => {
    const { clock, seen, store, mend } = watching(false);
    await written(store, write(agent(1), 0));
    await clock.advance(seconds(3));
    mend();
    await clock.advance(seconds(1));
    expect(seen.kinds).toEqual(['stale', 'snapshot']);
    expect(seen.entries.map(({ key }) => key)).toEqual([agent(1)]);
  });

  test('disconnected for longer than the ttl of tombstones starts over', async () => {
    const { clock, seen, store, cut, mend } = watching();
    const at = await written(store, write(agent(1), 0));
    await clock.settle();
    expect(seen.entries).toHaveLength(1);
    cut();
    await written(store, removal(agent(1), at));
    await clock.advance(tombstoneTtl + seconds(1));
    mend();
    await clock.advance(seconds(1));
    expect(seen.kinds.slice(-2)).toEqual(['stale', 'snapshot']);
    expect(seen.entries).toEqual([]);
  });

  test('gives the same history for the same operations', async () => {
    const history = async () => {
      const { clock, seen, store, cut, mend } = watching();
      for (let n = 1; n < 20; n += 1) {
        await written(store, write(agent(n), 0));
        if (n % 5 === 0) cut();
        if (n % 7 === 0) mend();
        await clock.advance(n * 37);
      }
      return { kinds: seen.kinds, changes: seen.changes };
    };
    expect(await history()).toEqual(await history());
  });
});
