import { expect, test } from 'vitest';
import type { ApiEntity } from '../../../../../src/dashboard/api-types.ts';
import { FleetModel } from '../../../../../src/dashboard/web/model/fleet-model.ts';
import {
  countsIn,
  laneEntities,
  statusesNow,
} from '../../../../../src/dashboard/web/screens/timeline/lane-model.ts';
import { worstStatus } from '../../../../../src/dashboard/web/widgets/state-bars.ts';
import { counted, hold, instance, present, run, tell } from '../../support/sample-fleet.ts';

type SessionOf = Extract<ApiEntity, { entity: 'session' }>;

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

test('a lane of a zone or service says how many are lost, dubious or contested', () => {
  const fleet = new FleetModel();
  fleet.setObservation('observed');
  tell(fleet, [
    { entity: run('h'), state: present('live'), note: { zone: 'ber' } },
    { entity: run('i'), state: 'gone', note: { zone: 'ber' } },
    { entity: run('j'), state: 'gone', note: { zone: 'ber' } },
    { entity: run('k'), state: present('live', 'suspect'), note: { zone: 'ber' } },
    { entity: instance('h', 'w1'), state: 'serving' },
    { entity: instance('h', 'w2'), state: 'serving' },
    { entity: instance('i', 'w3'), state: 'removed', note: { why: 'owner-expired' } },
    { entity: instance('k', 'w4'), state: 'serving' },
    { entity: instance('k', 'w1'), state: 'serving' },
  ]);
  const text = (by: 'zone' | 'service') =>
    laneEntities(fleet, by, '', '').map((lane) => {
      const statuses = statusesNow(fleet, lane);
      const worst = worstStatus(statuses);
      return `${lane.name}: ${worst}${countsIn(statuses, worst)}`;
    });
  expect(text('zone')).toEqual(['ber: suspect 1, 1 live, 2 gone']);
  expect(text('service')).toEqual(['web: lost 1, 2 live, 2 dubious']);
});

test('the session of a killed process is not serving any more once its run is declared dead', () => {
  const fleet = new FleetModel();
  const session = (host: string): ApiEntity => ({ ...(run(host) as SessionOf), entity: 'session' });
  tell(fleet, [
    { entity: run('h'), state: 'gone' },
    { entity: session('h'), state: 'serving' },
    { entity: run('i'), state: present('live', 'suspect') },
    { entity: session('i'), state: 'serving' },
    { entity: run('j'), state: 'expired' },
    { entity: session('j'), state: 'fenced' },
  ]);
  const lanes = laneEntities(fleet, 'entity', '', '').filter(({ kind }) => kind === 'session');
  expect(lanes.map((lane) => [lane.name, ...statusesNow(fleet, lane)])).toEqual([
    ['h/a'],
    ['i/a', 'serving'],
    ['j/a', 'fenced'],
  ]);
  expect(fleet.of('session').map(({ state }) => state)).toEqual(['serving', 'fenced']);
});
