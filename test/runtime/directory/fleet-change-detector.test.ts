import { expect, test } from 'vitest';
import { FleetControls } from '../../../src/domain/fleet/fleet-controls.ts';
import { ZoneName } from '../../../src/domain/identity/names.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';
import {
  type FleetChange,
  FleetChangeDetector,
} from '../../../src/runtime/directory/fleet-change-detector.ts';
import {
  endHoldEarly,
  planHold,
  setPolicy,
} from '../../../src/runtime/operator/operator-actions.ts';
import { holdEntry } from '../../domain/support/sample-fleet.ts';
import { slotAt } from '../support/fleet-in-memory.ts';
import { scenario } from '../support/scenario.ts';
import { until } from '../support/until.ts';

const never = new AbortController().signal;
const changeText = ({ of, before, now }: FleetChange) =>
  `${of}: ${before ? 'there' : 'none'} to ${now ? 'there' : 'none'}`;

scenario('a directory reports each change of holds, brakes and policy once', async (fleet) => {
  fleet.collector('c1');
  const zone = ZoneName.parse('r1');
  const agents = Array.from({ length: 4 }, (_, n) => fleet.agent(`h${n}/a`, [], { zone }));
  await fleet.advance(seconds(5));
  const allChanges: string[] = [];
  fleet.directory({ onFleetChange: (changes) => void allChanges.push(...changes.map(changeText)) });
  await fleet.advance(seconds(5));
  expect(allChanges).toEqual([]);

  const { ports } = fleet.process('desk');
  const author = { actor: { ...slotAt('desk/person'), run: ports.entropy.runId() }, ports };
  const place = { host: slotAt('h9/a').host };
  for (const left of [5, 10]) {
    await planHold(author, { ...place, until: ports.clock.wall() + minutes(left) }, ports, never);
  }
  await endHoldEarly(author, place, ports, never);
  await setPolicy(author, (now) => ({ ...now, seats: 2 }), ports, never);
  await fleet.advance(seconds(1));
  expect(allChanges).toEqual([
    'hold: none to there',
    'hold: there to there',
    'hold: there to none',
    'policy: there to there',
  ]);

  allChanges.length = 0;
  for (const { process } of agents.slice(0, 3)) await fleet.kill(process);
  await until(fleet, () => allChanges.includes('brake: there to none'), minutes(5));
  expect(allChanges[0]).toBe('brake: none to there');
  expect(allChanges.filter((one) => one === 'brake: there to there')).toHaveLength(3);
});

test('an equal state is not a change', () => {
  const detector = new FleetChangeDetector();
  const entry = holdEntry('h1', { until: 5 });
  const stateNow = () => {
    const state = new FleetControls();
    state.take(entry);
    return state;
  };
  expect(detector.changes(stateNow())).toHaveLength(1);
  expect(detector.changes(stateNow())).toEqual([]);
});
