import type { Server } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import { pauseAfterTimeouts } from '../../../../src/adapters/nats/connection/backoff.ts';
import {
  DialSchedule,
  pausesOfReconnects,
} from '../../../../src/adapters/nats/connection/reconnects.ts';
import type { TurningTime } from '../../../../src/adapters/nats/connection/turning-time.ts';
import { standStill } from './stand-still.ts';

const handshake = 5000;

/** The pauses of a connection whose attempts take so long each, with so many servers. */
function pausesOf(attempts: readonly number[], servers = 1): number[] {
  let now = 1000;
  const measure = (): Pick<TurningTime, 'elapsed' | 'stop'> => {
    const began = now;
    return {
      get elapsed() {
        return now - began;
      },
      stop() {},
    };
  };
  const pause = pausesOfReconnects(handshake, new DialSchedule(() => now), measure);
  return attempts.map((took, failed) => {
    now += took;
    const pool = Array.from({ length: servers }, (_, n) => ({
      reconnects: Math.floor((failed + servers - n) / servers),
    }));
    const asked = pause(pool as unknown as Server[], null);
    if (asked === null || !('delay' in asked)) throw new Error('no pause was given');
    now += asked.delay;
    return asked.delay;
  });
}

test('after each handshake that timed out, the pause before the next is random below twice as much, at most 10 s', () => {
  const many = Array.from({ length: 200 }, () => pausesOf([0, 5000, 5000, 5000, 5000]));
  const most = [1, 2, 3, 4].map((n) => Math.max(...many.map((pauses) => pauses[n] ?? 0)));
  expect(most[0]).toBeGreaterThan(2000);
  expect(most[0]).toBeLessThan(2500);
  expect(most[1]).toBeGreaterThan(4000);
  expect(most[1]).toBeLessThan(5000);
  expect(most[3]).toBeGreaterThan(8000);
  expect(most[3]).toBeLessThan(10_000);
});

test('a refused connection makes no pause', () => {
  expect(pausesOf([0, 300, 300, 300, 300])).toEqual([0, 0, 0, 0, 0]);
});

test('one of three servers that does not answer makes no pause before the others are tried', () => {
  expect(pausesOf([0, 5000], 3)).toEqual([0, 0]);
});

test('without a timeout there is no pause, and a thousand timeouts are still a finite one', () => {
  expect(pauseAfterTimeouts(0, 15_000)).toBe(0);
  expect(pauseAfterTimeouts(1000, 15_000)).toBeLessThan(15_000);
});

test('a handshake that timed out while the event loop stood still makes no pause', async () => {
  const pause = pausesOfReconnects(1000, new DialSchedule());
  const ask = (reconnects: number) => pause([{ reconnects }] as unknown as Server[], null);
  ask(0);
  standStill(1500);
  expect(ask(1)).toMatchObject({ delay: 0 });
});

test('connections that were healthy for long and break do not dial further apart', () => {
  let now = 0;
  const dials = new DialSchedule(() => now);
  const handlers = Array.from({ length: 3 }, () =>
    pausesOfReconnects(handshake, dials, () => ({ elapsed: handshake, stop() {} })),
  );
  for (let outage = 1; outage <= 6; outage += 1) {
    now += 15_000;
    const asked = handlers.map((pause) => pause([{ reconnects: 0 }] as unknown as Server[], null));
    expect(asked).toMatchObject([{ delay: 0 }, { delay: 4 }, { delay: 8 }]);
  }
});

test('many connections of a process dial 4 ms apart, and one alone at once', () => {
  let now = 1000;
  const dials = new DialSchedule(() => now);
  expect(Array.from({ length: 4 }, () => dials.wait(0))).toEqual([0, 4, 8, 12]);
  now += 100;
  expect(dials.wait(0)).toBe(0);
});

test('after timeouts, connections of a process dial further apart, until a minute passed without one', () => {
  let now = 1000;
  const dials = new DialSchedule(() => now);
  const interval = () => {
    now += 1000;
    return dials.wait(0) || dials.wait(0);
  };
  for (let n = 0; n < 100; n += 1) dials.timedOut();
  expect(interval()).toBe(8);
  for (let n = 0; n < 100; n += 1) {
    now += 1000;
    dials.timedOut();
  }
  expect(interval()).toBe(64);
  now += 60_000;
  expect(interval()).toBe(4);
});
