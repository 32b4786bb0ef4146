import { expect, test } from 'vitest';
import type { Clock } from '../../../src/ports/clock.ts';
import { RegistryCatchUp, readUntilSettled } from '../../../src/runtime/audit/registry-catch-up.ts';

/** A clock that only a sleep moves. */
function sleeping(): Clock {
  let now = 0;
  const sleep = async (duration: number) => {
    now += duration;
  };
  return { monotonic: () => now, wall: () => now, sleep } as Clock;
}

const unreached = () =>
  new RegistryCatchUp(new Map(), [{ key: 'agent.h1.a', revision: 1, text: '{}' }], true);
const { signal } = new AbortController();

test('a comparison that gives up while the audit still copies says so', async () => {
  const clock = sleeping();
  const audit = { isBehind: async () => true };
  const catchUp = unreached();
  expect(await readUntilSettled(catchUp, { clock, audit }, async () => {}, signal)).toBe(true);
  expect([...catchUp.divergences()]).toHaveLength(1);
  expect(clock.monotonic()).toBe(20_000);
});

test('a difference to an audit that has all events is one at once', async () => {
  const clock = sleeping();
  const audit = { isBehind: async () => false };
  const catchUp = unreached();
  expect(await readUntilSettled(catchUp, { clock, audit }, async () => {}, signal)).toBe(false);
  expect([...catchUp.divergences()]).toHaveLength(1);
  expect(clock.monotonic()).toBe(0);
});
