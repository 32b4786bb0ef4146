import { describe, expect, test } from 'vitest';
import {
  Connection,
  type ServerCondition,
  staleAfter,
} from '../../../src/adapters/memory/server/connection.ts';
import { MemoryServer } from '../../../src/adapters/memory/server/memory-server.ts';
import { NoReplyError, type Transport } from '../../../src/adapters/memory/server/transport.ts';
import { memoryStore } from '../../../src/adapters/memory/store.ts';
import { VirtualClock } from '../../../src/adapters/memory/time/virtual-clock.ts';
import type { Disconnect } from '../../../src/ports/disconnects.ts';
import { slot } from '../../contract/support/sample-names.ts';

const gone = { slot: slot(1), how: 'closed-by-client', reason: 'Client Closed' } as const;
const givenUp = { slot: slot(1), how: 'other', reason: 'Stale Connection' } as const;

/** An agent's connection, and a watcher whose line can be cut. */
function watched() {
  const clock = new VirtualClock();
  const world = new MemoryServer(clock);
  const line = { up: true };
  const link: Transport = {
    carry: async (serve) => {
      if (!line.up) throw new NoReplyError('cut', false);
      return serve();
    },
  };
  const told: Disconnect[] = [];
  const { disconnects } = memoryStore(world, link);
  void disconnects.watch((said) => void told.push(said), new AbortController().signal);
  return { clock, world, line, told, connection: new Connection(world, slot(1)) };
}

describe('a connection', () => {
  test.each<[ServerCondition, number, Disconnect[]]>([
    ['answering', staleAfter, []],
    ['silent', staleAfter - 1, []],
    ['silent', staleAfter, [givenUp]],
    ['silent', 10 * staleAfter, [givenUp]],
    ['cut-off', staleAfter - 1, []],
    ['cut-off', staleAfter, [givenUp]],
  ])('that is %s for %i ms: %j', async (condition, duration, said) => {
    const { clock, told, connection } = watched();
    await clock.advance(1000);
    connection.become(condition);
    await clock.advance(duration);
    expect(told).toEqual(said);
  });

  test('that is cut after it became silent is closed no later', async () => {
    const { clock, told, connection } = watched();
    connection.become('silent');
    await clock.advance(staleAfter - 1);
    connection.become('cut-off');
    await clock.advance(1);
    expect(told).toEqual([givenUp]);
  });

  test('that replies again in time stays open', async () => {
    const { clock, told, connection } = watched();
    connection.become('cut-off');
    await clock.advance(staleAfter - 1);
    connection.become('answering');
    await clock.advance(10 * staleAfter);
    expect(told).toEqual([]);
    connection.become('cut-off');
    await clock.advance(staleAfter - 1);
    expect(told).toEqual([]);
  });

  test('that was closed and replies again is a new connection, which can close again', async () => {
    const { clock, told, connection } = watched();
    connection.become('silent');
    await clock.advance(staleAfter);
    connection.become('answering');
    connection.close();
    await clock.settle();
    expect(told).toEqual([givenUp, gone]);
  });

  test.each<[ServerCondition, Disconnect[], Disconnect[]]>([
    ['answering', [gone], [gone]],
    ['silent', [gone], [gone]],
    ['cut-off', [], [givenUp]],
  ])('that is closed while it is %s: %j at once, %j in the end', async (condition, now, later) => {
    const { clock, told, connection } = watched();
    connection.become(condition);
    await clock.advance(1000);
    connection.close();
    connection.close();
    await clock.settle();
    expect(told).toEqual(now);
    connection.become('answering');
    await clock.advance(10 * staleAfter);
    expect(told).toEqual(later);
  });

  test('that was closed is not reported again when its process ends', async () => {
    const { clock, told, connection } = watched();
    connection.become('silent');
    await clock.advance(staleAfter);
    connection.close();
    await clock.settle();
    expect(told).toEqual([givenUp]);
  });
});

describe('a disconnect notification', () => {
  test('of a run without a lease is not sent', async () => {
    const { clock, world, told, connection } = watched();
    world.advisories.granted = false;
    connection.close();
    await clock.settle();
    expect(told).toEqual([]);
  });

  test('is lost while the watcher is disconnected, and later ones arrive', async () => {
    const { clock, world, line, told, connection } = watched();
    line.up = false;
    connection.close();
    await clock.settle();
    line.up = true;
    new Connection(world, slot(2)).close();
    await clock.settle();
    expect(told).toEqual([{ ...gone, slot: slot(2) }]);
  });

  test('that is still on its way when the signal aborts is not delivered', async () => {
    const { clock, world, connection } = watched();
    const slow: Transport = {
      carry: async (serve) => {
        await clock.sleep(10);
        return serve();
      },
    };
    const stop = new AbortController();
    const told: Disconnect[] = [];
    const { disconnects } = memoryStore(world, slow);
    const watching = disconnects.watch((said) => void told.push(said), stop.signal);
    connection.close();
    stop.abort();
    await watching;
    await clock.advance(10);
    expect(told).toEqual([]);
  });

  test('is not sent after the watch has ended', async () => {
    const { world, connection } = watched();
    let carried = 0;
    const counting: Transport = {
      carry: async (serve) => {
        carried += 1;
        return serve();
      },
    };
    const stop = new AbortController();
    const watching = memoryStore(world, counting).disconnects.watch(() => {}, stop.signal);
    stop.abort();
    await watching;
    connection.close();
    expect(carried).toBe(0);
  });
});
