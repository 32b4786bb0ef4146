import { expect, test } from 'vitest';
import { FleetModel } from '../../../../../src/dashboard/web/model/fleet-model.ts';
import {
  laneEntities,
  statusesNow,
} from '../../../../../src/dashboard/web/screens/timeline/lane-model.ts';
import { hold, instance, present, run, tell } from '../../support/sample-fleet.ts';

test('the status of a lane at the moment does not depend on the range that is drawn', () => {
  const fleet = new FleetModel();
  tell(fleet, [
    { entity: run('h'), state: present('live', 'suspect') },
    { entity: instance('h', 'w1'), state: 'serving' },
    { entity: run('i'), state: 'gone' },
    { entity: hold('h'), state: 'planned' },
  ]);
  const lanes = laneEntities(fleet, 'entity', '', '');
  expect(lanes.map((lane) => [lane.name, ...statusesNow(fleet, lane)])).toEqual([
    ['h', 'planned'],
    ['h/a', 'suspect'],
    ['i/a', 'gone'],
    ['web/w1', 'dubious'],
  ]);
});

test('lanes are filtered by the fields that their entities have', () => {
  const fleet = new FleetModel();
  fleet.setObservation('observed');
  tell(fleet, [
    { entity: run('h'), state: present('live', 'suspect'), note: { zone: 'ams' } },
    { entity: instance('h', 'w1'), state: 'serving' },
    { entity: run('i'), state: present('live'), note: { zone: 'ber' } },
  ]);
  const found = (text: string) => laneEntities(fleet, 'entity', '', text).map(({ name }) => name);
  expect(found('state:suspect,dubious')).toEqual(['h/a', 'web/w1']);
  expect(found('-state:suspect,dubious')).toEqual(['i/a']);
  expect(found('zone:ams')).toEqual(['h/a', 'web/w1']);
  expect(found('service:web')).toEqual(['web/w1']);
  expect(found('host:h -W1')).toEqual(['h/a']);
  expect(found('or')).toEqual([]);
});
