import { getEventListeners } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../../src/adapters/memory/time/virtual-clock.ts';

/** Notes down who woke when. */
function sleepers(clock: VirtualClock) {
  const woken: [string, number][] = [];
  const sleep = (name: string, duration: number, signal?: AbortSignal) =>
    void clock.sleep(duration, signal).then(() => woken.push([name, clock.monotonic()]));
  return { woken, sleep };
}

describe('virtual time', () => {
  test('does not pass until the test advances it', async () => {
    const clock = new VirtualClock(1000);
    const { woken, sleep } = sleepers(clock);
    sleep('a', 1);
    await clock.settle();
    expect([clock.monotonic(), clock.wall(), woken]).toEqual([0, 1000, []]);
  });

  test('wakes sleepers at their deadlines, ties in the order of their start', async () => {
    const clock = new VirtualClock();
    const { woken, sleep } = sleepers(clock);
    sleep('late', 30);
    sleep('first', 10);
    sleep('second', 10);
    sleep('negative', -5);
    await clock.advance(29);
    expect(woken).toEqual([
      ['negative', 0],
      ['first', 10],
      ['second', 10],
    ]);
    expect(clock.monotonic()).toBe(29);
    await clock.advance(1);
    expect(woken.at(-1)).toEqual(['late', 30]);
  });

  test('lets each sleeper finish its work before the next one wakes', async () => {
    const clock = new VirtualClock();
    const trace: string[] = [];
    const worker = async (name: string, every: number) => {
      for (let n = 0; n < 3; n += 1) {
        await clock.sleep(every);
        for (let step = 0; step < 5; step += 1) await Promise.resolve();
        trace.push(`${name}${n} at ${clock.monotonic()}`);
      }
    };
    const working = Promise.all([worker('a', 10), worker('b', 10), worker('c', 15)]);
    await clock.advance(100);
    await working;
    expect(trace).toEqual([
      'a0 at 10',
      'b0 at 10',
      'c0 at 15',
      'a1 at 20',
      'b1 at 20',
      'c1 at 30',
      'a2 at 30',
      'b2 at 30',
      'c2 at 45',
    ]);
  });

  test('waits until each sleeper has finished its work, even in a later callback of the event loop', async () => {
    const clock = new VirtualClock();
    const steps = await new Promise<number>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.on('message', () => {
        port1.close();
        let done = 0;
        const work = async () => {
          for (; done < 30; done += 1) await Promise.resolve();
        };
        void work();
        void clock.settle().then(() => resolve(done));
      });
      port2.postMessage('begin');
    });
    expect(steps).toBe(30);
  });

  test('wakes an aborted sleeper immediately, and leaves no listener', async () => {
    const clock = new VirtualClock();
    const { woken, sleep } = sleepers(clock);
    const stop = new AbortController();
    sleep('aborted', 1000, stop.signal);
    sleep('before', 5, stop.signal);
    await clock.advance(10);
    stop.abort();
    await clock.settle();
    sleep('never began', 1000, stop.signal);
    await clock.settle();
    expect(woken).toEqual([
      ['before', 5],
      ['aborted', 10],
      ['never began', 10],
    ]);
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
    await clock.advance(5000);
    expect(woken).toHaveLength(3);
  });

  test('passes for a sleep that is too short to change the time', async () => {
    const clock = new VirtualClock();
    await clock.advance(10_000_000);
    const until = clock.monotonic() + 1e-3;
    let waits = 0;
    const waiting = (async () => {
      while (clock.monotonic() < until && waits < 1000) {
        waits += 1;
        await clock.sleep(1e-12);
      }
    })();
    await clock.advance(1);
    await waiting;
    expect(waits).toBeLessThan(5);
  });

  test('has steps of 1/1024 ms; the wall clock shows whole milliseconds', async () => {
    const clock = new VirtualClock(1000);
    const { woken, sleep } = sleepers(clock);
    sleep('a', 0.25);
    await clock.advance(0.125);
    expect(woken).toEqual([]);
    await clock.advance(0.875);
    expect(woken).toHaveLength(1);
    expect(clock.wall()).toBe(1001);
  });

  test('can jump on the wall clock alone', async () => {
    const clock = new VirtualClock(1000);
    const { woken, sleep } = sleepers(clock);
    sleep('a', 60);
    clock.jumpWall(3_600_000);
    await clock.settle();
    expect([clock.monotonic(), clock.wall(), woken]).toEqual([0, 3_601_000, []]);
    clock.jumpWall(-3_600_500);
    await clock.advance(60);
    expect([clock.wall(), woken]).toEqual([560, [['a', 60]]]);
  });
});
