import type { Server } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import {
  pauseAfterTimeouts,
  pausesOfReconnects,
} from '../../../../src/adapters/nats/connection/backoff.ts';

const handshake = 5000;

/** The pauses of a connection whose attempts take so long each, with so many servers. */
function pausesOf(attempts: readonly number[], servers = 1): number[] {
  let now = 1000;
  const pause = pausesOfReconnects(handshake, () => now);
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
  expect(pausesOf([0, 3, 3, 3, 3])).toEqual([0, 0, 0, 0, 0]);
});

test('one of three servers that does not answer makes no pause before the others are tried', () => {
  expect(pausesOf([0, 5000], 3)).toEqual([0, 0]);
});

test('without a timeout there is no pause, and a thousand timeouts are still a finite one', () => {
  expect(pauseAfterTimeouts(0, 15_000)).toBe(0);
  expect(pauseAfterTimeouts(1000, 15_000)).toBeLessThan(15_000);
});
