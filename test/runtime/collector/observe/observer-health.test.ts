import { expect, test } from 'vitest';
import { VirtualClock } from '../../../../src/adapters/memory/time/virtual-clock.ts';
import { defaultLease } from '../../../../src/domain/policy/lease-policy.ts';
import { LeaseObservations } from '../../../../src/runtime/collector/observe/lease-observations.ts';
import { ObserverHealth } from '../../../../src/runtime/collector/observe/observer-health.ts';

test('a renewal from before it was blind, seen only now, is no proof that it sees (G6)', () => {
  const clock = new VirtualClock();
  const sightings = new LeaseObservations(clock);
  const keeper = { revision: 5 };
  const own = { key: 'seat.1', keeper, label: 'seat' } as const;
  const eyesight = new ObserverHealth(own, defaultLease, sightings, clock);
  const sees = (revision: number) =>
    sightings.apply({
      kind: 'changes',
      entries: [{ key: 'seat.1', revision, text: 'mine' }],
      upTo: revision,
    });
  sees(5);
  expect(eyesight.confirmRenewal()).toBe(true);
  keeper.revision = 6;
  eyesight.suspendJudging();
  sees(6);
  expect(eyesight.confirmRenewal()).toBe(false);
  keeper.revision = 7;
  sees(7);
  expect(eyesight.confirmRenewal()).toBe(true);
});
