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
