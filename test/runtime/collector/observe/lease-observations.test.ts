import { expect, test } from 'vitest';
import { VirtualClock } from '../../../../src/adapters/memory/time/virtual-clock.ts';
import { LeaseObservations } from '../../../../src/runtime/collector/observe/lease-observations.ts';

const observe = (
  observations: LeaseObservations,
  key: string,
  revision: number,
  text: string | undefined = '{}',
) => observations.apply({ kind: 'changes', entries: [{ key, revision, text }], upTo: revision });

test('a seat is active if its last renewal was seen within its ttl', async () => {
  const clock = new VirtualClock();
  const observations = new LeaseObservations(clock);
  observe(observations, 'seat.1', 1);
  await clock.advance(1000);
  observe(observations, 'seat.2', 2);
  observe(observations, 'run.h1.a.run00001', 3);
  await clock.advance(5000);
  expect(observations.activeSeats(6000)).toEqual([1, 2]);
  expect(observations.activeSeats(5999)).toEqual([2]);
  expect(observations.activeSeats(4999)).toEqual([]);
  observe(observations, 'seat.1', 4);
  expect(observations.activeSeats(0)).toEqual([1]);
});

test('a seat that was given back is not active', () => {
  const observations = new LeaseObservations(new VirtualClock());
  observe(observations, 'seat.1', 1);
  observe(observations, 'seat.2', 2);
  observations.apply({
    kind: 'changes',
    entries: [{ key: 'seat.1', revision: 3, text: undefined }],
    upTo: 3,
  });
  expect(observations.activeSeats(1000)).toEqual([2]);
});

test('a renewal counts only once', async () => {
  const clock = new VirtualClock();
  const observations = new LeaseObservations(clock);
  observe(observations, 'seat.1', 7);
  await clock.advance(1000);
  observe(observations, 'seat.1', 7);
  observe(observations, 'seat.1', 6);
  expect(observations.activeSeats(999)).toEqual([]);
  expect(observations.timeSinceRenewal('seat.1')).toBe(1000);
});

test('silence counts from the last renewal, or from the start if no renewal was seen', async () => {
  const clock = new VirtualClock();
  const observations = new LeaseObservations(clock);
  await clock.advance(500);
  observe(observations, 'run.h1.a.run00001', 1);
  await clock.advance(1000);
  expect(observations.timeSinceRenewal('run.h1.a.run00001')).toBe(1000);
  expect(observations.timeSinceRenewal('run.h2.a.run00001')).toBe(1500);
  observations.resetClocks();
  await clock.advance(10);
  expect(observations.timeSinceRenewal('run.h1.a.run00001')).toBe(10);
  expect(observations.timeSinceRenewal('run.h2.a.run00001')).toBe(10);
  observations.forget(1000);
  expect(observations.revisionOf('run.h1.a.run00001')).toBe(0);
});

const snapshot = (...entries: readonly (readonly [string, number])[]) => ({
  kind: 'snapshot' as const,
  entries: entries.map(([key, revision]) => ({ key, revision, text: '{}' })),
  upTo: Math.max(...entries.map(([, revision]) => revision)),
  why: 'the stream lost its last messages',
});

test('after a snapshot of another history, renewals at lower revisions count', async () => {
  const clock = new VirtualClock();
  const observations = new LeaseObservations(clock);
  observe(observations, 'run.h1.a.run00001', 500);
  observe(observations, 'run.h2.a.run00001', 501);
  await clock.advance(1000);
  observations.apply(snapshot(['run.h1.a.run00001', 400]));
  expect(observations.timeSinceRenewal('run.h1.a.run00001')).toBe(0);
  expect(observations.timeSinceRenewal('run.h2.a.run00001')).toBe(1000);
  await clock.advance(1000);
  observe(observations, 'run.h2.a.run00001', 402);
  expect(observations.timeSinceRenewal('run.h2.a.run00001')).toBe(0);
});

test('a snapshot tells which leases the watch had missed, and none that lapsed or was forgotten', async () => {
  const clock = new VirtualClock();
  const observations = new LeaseObservations(clock);
  observe(observations, 'run.h1.a.run00001', 3);
  observe(observations, 'run.h2.a.run00001', 4);
  observe(observations, 'run.h3.a.run00001', 9);
  expect(observations.missedIn(snapshot(['run.h2.a.run00001', 5]))).toEqual(['run.h2.a.run00001']);
  await clock.advance(10);
  observations.forget(1);
  expect(observations.missedIn(snapshot(['run.h1.a.run00001', 3]))).toEqual([]);
});

test.each([
  [11_999, false],
  [12_000, true],
])('a lease of 6 s that was seen renewed %d ms ago is unmoved: %s', async (ago, expected) => {
  const clock = new VirtualClock();
  const observations = new LeaseObservations(clock);
  const key = 'run.h1.a.run00001';
  observe(observations, key, 7);
  await clock.advance(ago);
  expect(observations.isUnmoved({ key, revision: 7 }, 6000)).toBe(expected);
});

test('a lease moves if its revision at the leader is one that the watch has not delivered', async () => {
  const clock = new VirtualClock();
  const observations = new LeaseObservations(clock);
  const key = 'run.h1.a.run00001';
  observe(observations, key, 7);
  await clock.advance(20_000);
  expect(observations.isUnmoved({ key, revision: 8 }, 6000)).toBe(false);
  await clock.advance(12_000);
  expect(observations.isUnmoved({ key, revision: 8 }, 6000)).toBe(true);
});

test('time before the clocks were reset does not show that a lease is unmoved', async () => {
  const clock = new VirtualClock();
  const observations = new LeaseObservations(clock);
  const key = 'run.h1.a.run00001';
  observe(observations, key, 7);
  await clock.advance(20_000);
  observations.resetClocks();
  expect(observations.isUnmoved({ key, revision: 7 }, 6000)).toBe(false);
});

test('an answer tells nothing about the time after it was asked for', async () => {
  const clock = new VirtualClock();
  const observations = new LeaseObservations(clock);
  const key = 'run.h1.a.run00001';
  observe(observations, key, 7);
  await clock.advance(4000);
  const asked = clock.monotonic();
  await clock.advance(60_000); // The process stood still; the lease may have been renewed meanwhile.
  expect(observations.isUnmoved({ key, revision: 7 }, 6000, asked)).toBe(false);
  expect(observations.isUnmoved({ key, revision: 7 }, 6000, clock.monotonic())).toBe(true);
});
