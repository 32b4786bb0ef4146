import { describe, expect } from 'vitest';
import { memoryStore } from '../../../src/adapters/memory/store.ts';
import { diagnoseFlaps } from '../../../src/cli/doctor/flaps.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { Fleet } from '../../../src/domain/fleet/fleet.ts';
import { seconds } from '../../../src/domain/time.ts';
import type { FleetInMemory } from '../../runtime/support/fleet-in-memory.ts';
import { scenario } from '../../runtime/support/scenario.ts';
import { until } from '../../runtime/support/until.ts';

const { signal } = new AbortController();
const found = (fleet: FleetInMemory) =>
  diagnoseFlaps(memoryStore(fleet.world), { fleet: new Fleet() }, signal);

describe('rollcall doctor', () => {
  scenario('names the agents that flap', async (fleet) => {
    fleet.collector('watch');
    const a = fleet.agent('h1/a', ['web/w1']);
    await fleet.advance(seconds(10));
    for (let n = 0; n < 4; n += 1) {
      const [before] = await found(fleet);
      expect(before?.level).toBe('ok');
      a.process.freeze();
      await until(fleet, () => fleet.phase('h1/a') === 'live, silent');
      a.process.thaw();
      await until(fleet, () => fleet.phase('h1/a') === 'live');
    }
    const [finding] = await found(fleet);
    expect(finding).toMatchObject({ about: 'flaps', level: 'note' });
    expect(finding?.what).toContain('1 agent returned from suspicion or death more than 3 times');
    expect(finding?.what).toContain('h1/a (4)');
  });

  scenario('says nothing of flaps to a login that may not read the history', async (fleet) => {
    const audit = {
      ...memoryStore(fleet.world).audit,
      range: () => Promise.reject(new Fault('store-refused', 'no rights')),
    };
    const { serverTime } = memoryStore(fleet.world);
    expect(await diagnoseFlaps({ audit, serverTime }, { fleet: new Fleet() }, signal)).toEqual([]);
  });
});
