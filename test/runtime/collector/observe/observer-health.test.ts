import { expect, test } from 'vitest';
import { VirtualClock } from '../../../../src/adapters/memory/time/virtual-clock.ts';
import { defaultLease } from '../../../../src/domain/policy/lease-policy.ts';
import { LeaseObservations } from '../../../../src/runtime/collector/observe/lease-observations.ts';
import { ObserverHealth } from '../../../../src/runtime/collector/observe/observer-health.ts';

test('a late view of a renewal from before blindness does not end the blindness (G6)', () => {
  const clock = new VirtualClock();
  const observations = new LeaseObservations(clock);
  const registry = { age: 0, trouble: undefined };
  const keeper = { revision: 5 };
  const own = { key: 'seat.1', keeper, label: 'seat' } as const;
  const health = new ObserverHealth(own, defaultLease, observations, registry, clock);
  const sees = (revision: number) =>
    observations.apply({
      kind: 'changes',
      entries: [{ key: 'seat.1', revision, text: 'mine' }],
      upTo: revision,
    });
  sees(5);
  expect(health.confirmRenewal()).toBe(true);
  keeper.revision = 6;
  health.suspendJudging();
  sees(6);
  expect(health.confirmRenewal()).toBe(false);
  keeper.revision = 7;
  sees(7);
  expect(health.confirmRenewal()).toBe(true);
});
