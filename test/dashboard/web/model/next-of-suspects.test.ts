import { expect, test } from 'vitest';
import { nextOf } from '../../../../src/dashboard/web/model/issues.ts';
import { brake, hold, present, rollOf, run, tell } from '../support/sample-fleet.ts';

const suspect = present('live', 'suspect');
const silent = { why: 'silent', ttl: 15_000, grace: 30_000 } as const;

function slotOf(fleet: ReturnType<typeof rollOf>) {
  const [slot] = fleet.slots();
  if (!slot) throw new Error('a slot was meant');
  return slot;
}

test('shows that a suspect run expires after its grace', () => {
  const fleet = rollOf([{ entity: run('h'), state: suspect, since: 5000, note: silent }]);
  expect(nextOf(slotOf(fleet), fleet)).toEqual({ next: 'expires', at: 35_000 });
});

test('without a collector it is not known when a run expires or is removed, but when a hold ends', () => {
  const unknown = { next: 'not known: no collector', at: null };
  const fleet = rollOf([{ entity: run('h'), state: suspect, since: 5000, note: silent }]);
  fleet.setObservation('unobserved');
  expect(nextOf(slotOf(fleet), fleet)).toEqual(unknown);
  tell(fleet, [{ entity: run('h'), state: 'expired', note: silent }]);
  expect(nextOf(slotOf(fleet), fleet)).toEqual(unknown);
  tell(fleet, [
    { entity: run('h'), state: suspect, note: silent },
    { entity: hold('h'), state: 'planned', note: { until: 77_000 } },
  ]);
  expect(nextOf(slotOf(fleet), fleet)).toMatchObject({ at: 77_000 });
});

test('after a hold, the ttl and then the grace of a suspect run begin anew', () => {
  const fleet = rollOf([
    { entity: run('h'), state: suspect, since: 5000, note: silent },
    { entity: hold('h'), state: 'planned', since: 6000, note: { until: 99_000 } },
  ]);
  tell(fleet, [{ entity: hold('h'), state: 'over', since: 50_000 }]);
  expect(nextOf(slotOf(fleet), fleet)).toEqual({ next: 'expires', at: 95_000 });
});

test('the grace of a suspect run begins when a collector begins to watch, if that is later', () => {
  const fleet = rollOf([{ entity: run('h'), state: suspect, since: 5000, note: silent }]);
  fleet.watchedSince = 60_000;
  expect(nextOf(slotOf(fleet), fleet)).toEqual({ next: 'expires', at: 90_000 });
});

test.each([
  ['z', 'z'],
  ['', 'default'],
])(
  'shows the end of a hold, and under a brake the time that its forecast has: zone %j',
  (zone, braked) => {
    const note = { ...silent, zone };
    const fleet = rollOf([
      { entity: run('h'), state: suspect, note },
      { entity: brake(braked), state: 'braked' },
    ]);
    expect(nextOf(slotOf(fleet), fleet)).toMatchObject({ at: null });
    const { entity } = slotOf(fleet).entityState;
    fleet.turns.value = { [entity.entity === 'run' ? entity.run : '']: 66_000 };
    expect(nextOf(slotOf(fleet), fleet)).toMatchObject({ at: 66_000 });
    tell(fleet, [{ entity: hold('h'), state: 'planned', note: { until: 77_000 } }]);
    expect(nextOf(slotOf(fleet), fleet)).toMatchObject({ at: 77_000 });
  },
);
