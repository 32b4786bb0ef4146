import { expect, test } from 'vitest';
import { FleetModel } from '../../../../../src/dashboard/web/model/fleet-model.ts';
import {
  laneEntities,
  statusesNow,
} from '../../../../../src/dashboard/web/screens/timeline/lane-model.ts';
import { counted, hold, instance, present, run, tell } from '../../support/sample-fleet.ts';

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

test('lanes of agents are those whose agents the fleet shows', () => {
  const fleet = new FleetModel();
  fleet.setObservation('observed');
  tell(fleet, [
    { entity: run('h'), state: present('live'), note: { zone: 'ams' } },
    { entity: instance('h', 'w1'), state: 'failing', note: { labels: 'tier=gold' } },
    { entity: run('i'), state: present('live'), note: { zone: 'ber' } },
    { entity: instance('i', 'w2'), state: 'serving' },
    { entity: run('j', 'a', 1), state: 'superseded' },
    { entity: run('j', 'a', 2), state: present('live', 'suspect') },
  ]);
  const found = (by: 'agent' | 'host' | 'service', text: string) =>
    laneEntities(fleet, by, '', text).map(({ name }) => name);
  for (const text of ['state:failing', '-state:live', 'service:web', 'label.tier=gold', 'w2']) {
    const shown = counted(fleet, { text }).groups.first(9);
    expect([text, found('host', text)]).toEqual([text, shown.map(({ name }) => name)]);
  }
  expect(found('agent', 'state:suspect')).toEqual(['j/a']);
  expect(laneEntities(fleet, 'agent', '', 'state:suspect')[0]?.entities).toHaveLength(2);
  expect(found('service', 'label.tier=gold')).toEqual(['web']);
});

test('an instance that ended has its state as a word', () => {
  const fleet = new FleetModel();
  tell(fleet, [
    { entity: run('h'), state: 'gone' },
    { entity: instance('h', 'w1'), state: 'removed' },
    { entity: instance('h', 'w2'), state: 'adopted' },
    { entity: instance('h', 'w3'), state: 'removed', note: { why: 'owner-expired' } },
  ]);
  const lanes = laneEntities(fleet, 'entity', '', '-agent:x');
  expect(lanes.map((lane) => [lane.name, ...statusesNow(fleet, lane)])).toEqual([
    ['h/a', 'gone'],
    ['web/w1', 'removed'],
    ['web/w2', 'adopted'],
    ['web/w3', 'lost'],
  ]);
  tell(fleet, [{ entity: instance('h', 'w1'), state: null }]);
  expect(lanes.slice(1, 2).flatMap((lane) => statusesNow(fleet, lane))).toEqual([]);
});
