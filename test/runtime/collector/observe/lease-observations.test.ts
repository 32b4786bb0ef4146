import { expect, test } from 'vitest';
import { VirtualClock } from '../../../../src/adapters/memory/time/virtual-clock.ts';
import { LeaseObservations } from '../../../../src/runtime/collector/observe/lease-observations.ts';

const seen = (
  sightings: LeaseObservations,
  key: string,
  revision: number,
  text: string | undefined = '{}',
) => sightings.apply({ kind: 'changes', entries: [{ key, revision, text }], upTo: revision });

test('a seat is held for as long as it was last seen renewed within the time', async () => {
  const clock = new VirtualClock();
  const sightings = new LeaseObservations(clock);
  seen(sightings, 'seat.1', 1);
  await clock.advance(1000);
  seen(sightings, 'seat.2', 2);
  seen(sightings, 'run.h1.a.run00001', 3);
  await clock.advance(5000);
  expect(sightings.activeSeats(6000)).toEqual([1, 2]);
  expect(sightings.activeSeats(5999)).toEqual([2]);
  expect(sightings.activeSeats(4999)).toEqual([]);
  seen(sightings, 'seat.1', 4);
  expect(sightings.activeSeats(0)).toEqual([1]);
});

test('a seat that was given back is held by nobody', () => {
  const sightings = new LeaseObservations(new VirtualClock());
  seen(sightings, 'seat.1', 1);
  seen(sightings, 'seat.2', 2);
  sightings.apply({
    kind: 'changes',
    entries: [{ key: 'seat.1', revision: 3, text: undefined }],
    upTo: 3,
  });
  expect(sightings.activeSeats(1000)).toEqual([2]);
});

test('a renewal that was seen before is not seen again', async () => {
  const clock = new VirtualClock();
  const sightings = new LeaseObservations(clock);
  seen(sightings, 'seat.1', 7);
  await clock.advance(1000);
  seen(sightings, 'seat.1', 7);
  seen(sightings, 'seat.1', 6);
  expect(sightings.activeSeats(999)).toEqual([]);
  expect(sightings.timeSinceRenewal('seat.1')).toBe(1000);
});

test('silence counts from the last renewal, from the start, or from nothing seen at all', async () => {
  const clock = new VirtualClock();
  const sightings = new LeaseObservations(clock);
  await clock.advance(500);
  seen(sightings, 'run.h1.a.run00001', 1);
  await clock.advance(1000);
  expect(sightings.timeSinceRenewal('run.h1.a.run00001')).toBe(1000);
  expect(sightings.timeSinceRenewal('run.h2.a.run00001')).toBe(1500);
  sightings.resetClocks();
  await clock.advance(10);
  expect(sightings.timeSinceRenewal('run.h1.a.run00001')).toBe(10);
  expect(sightings.timeSinceRenewal('run.h2.a.run00001')).toBe(10);
  sightings.forget(1000);
  expect(sightings.revisionOf('run.h1.a.run00001')).toBe(0);
});
