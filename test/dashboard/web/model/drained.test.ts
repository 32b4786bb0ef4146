import { describe, expect, test } from 'vitest';
import type { FleetModel } from '../../../../src/dashboard/web/model/fleet-model.ts';
import { drain, instance, present, rollOf, run, tell } from '../support/sample-fleet.ts';

const statuses = (fleet: FleetModel): readonly string[] =>
  fleet
    .slots()
    .flatMap(({ instances }) =>
      instances.map(({ id, status, since }) => `${id} ${status} ${since}`),
    );

const serving = () =>
  rollOf([
    { entity: run('h1'), state: present('live') },
    { entity: instance('h1', 'w1'), state: 'serving' },
    { entity: instance('h1', 'w2'), state: 'serving' },
    { entity: instance('h1', 'w3'), state: 'failing' },
  ]);

describe('an instance that an operator drains', () => {
  test('is draining since the drain began, and live again when it is over', () => {
    const fleet = serving();
    fleet.slots();
    const own = drain({ service: 'web', id: 'w1' });
    tell(fleet, [{ entity: own, state: 'draining', since: 3000 }]);
    expect(statuses(fleet)).toEqual(['w1 draining 3000', 'w2 live 1000', 'w3 failing 1000']);
    tell(fleet, [{ entity: own, state: 'over', since: 5000 }]);
    expect(statuses(fleet)).toEqual(['w1 live 1000', 'w2 live 1000', 'w3 failing 1000']);
  });

  test('is draining with all instances of its host that would be live', () => {
    const fleet = serving();
    fleet.slots();
    tell(fleet, [{ entity: drain({ host: 'h1' }), state: 'draining', since: 3000 }]);
    expect(statuses(fleet)).toEqual(['w1 draining 3000', 'w2 draining 3000', 'w3 failing 1000']);
  });

  test('is draining, and a failing one failing, also where it is not known whether a collector observed them', () => {
    const fleet = serving();
    tell(fleet, [{ entity: drain({ service: 'web', id: 'w1' }), state: 'draining', since: 3000 }]);
    fleet.setObservation('unknown');
    expect(statuses(fleet)).toEqual(['w1 draining 3000', 'w2 unverified 1000', 'w3 failing 1000']);
  });
});
