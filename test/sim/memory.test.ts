import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { drawSchedule } from './schedule/schedule.ts';
import { simulate } from './simulate.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Plays a short schedule, whose processes never end, and keeps nothing of it but a weak reference. */
async function played(seed: number): Promise<WeakRef<object>> {
  let fleet: WeakRef<object> | undefined;
  const happenings = [
    { after: 1000, what: 'gc-run', lasts: 100_000 },
    { after: 5000, what: 'power-loss', whom: 'c1' },
    { after: 5000, what: 'nothing' },
  ];
  await simulate({ ...drawSchedule(seed), happenings }, (sim) => {
    fleet = new WeakRef(sim.fleet);
  });
  if (!fleet) throw new Error('it was not begun');
  return fleet;
}

test('nothing keeps a simulated fleet after its seed is over', async () => {
  const fleets = [await played(1), await played(2)];
  const left = () => fleets.filter((fleet) => fleet.deref() !== undefined).length;
  // A look at a weak reference keeps its target until the next turn of the event loop.
  for (let turns = 0; turns < 20 && left() > 0; turns += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
  expect(left()).toBe(0);
}, 60_000);
