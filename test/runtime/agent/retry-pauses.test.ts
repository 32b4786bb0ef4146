import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/adapters/memory/time/virtual-clock.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { minutes } from '../../../src/domain/time.ts';
import { retryUntilAvailable } from '../../../src/runtime/support/retry.ts';

const log = { debug: () => {}, info: () => {}, warn: () => {} };

/** The pauses of a process that asks a store which does not answer for a minute, in seconds. */
async function pausesOf(fraction: number, pauses: 'growing' | 'short'): Promise<number[]> {
  const clock = new VirtualClock();
  const entropy = { fraction: () => fraction, runId: () => '', eventId: () => '' } as never;
  const asked: number[] = [];
  const ports = { clock, entropy, log };
  const over = new AbortController();
  const retrying = retryUntilAvailable(
    ports,
    over.signal,
    async () => {
      asked.push(clock.monotonic());
      throw new Fault('store-unavailable', 'no answer');
    },
    pauses,
  );
  await clock.advance(minutes(1));
  over.abort();
  await clock.advance(minutes(1));
  await retrying;
  return asked.slice(1, 10).map((at, n) => (at - (asked[n] ?? 0)) / 1000);
}

describe('the pauses between attempts at a store that does not answer', () => {
  test('double after the fourth up to a bound, each with jitter', async () => {
    expect(await pausesOf(0, 'growing')).toEqual([0.25, 0.25, 0.25, 0.25, 0.5, 1, 2, 2, 2]);
    expect(await pausesOf(0.5, 'growing')).toEqual([0.5, 0.5, 0.5, 0.5, 1, 2, 4, 4, 4]);
    const longest = await pausesOf(0.999, 'growing');
    expect(longest.at(-1)).toBeGreaterThan(5.9);
    expect(longest.at(-1)).toBeLessThan(6);
  });

  test('stay short where a lease or a deadline runs', async () => {
    expect(await pausesOf(0.5, 'short')).toEqual(Array.from({ length: 9 }, () => 0.5));
  });

  test('are short again after a success', async () => {
    const clock = new VirtualClock();
    const entropy = { fraction: () => 0.5 } as never;
    const { signal } = new AbortController();
    let left = 7;
    const attempt = async () => {
      left -= 1;
      if (left > 0) throw new Fault('store-unavailable', 'no answer');
      return clock.monotonic();
    };
    const ports = { clock, entropy, log };
    const first = retryUntilAvailable(ports, signal, attempt);
    await clock.advance(minutes(1));
    const ended = await first;
    left = 2;
    const began = clock.monotonic();
    const second = retryUntilAvailable(ports, signal, attempt);
    await clock.advance(minutes(1));
    expect(ended).toBe(5000);
    expect(((await second) ?? 0) - began).toBe(500);
  });
});
