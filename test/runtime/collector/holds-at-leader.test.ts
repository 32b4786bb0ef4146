import { describe, expect } from 'vitest';
import { Fault } from '../../../src/domain/fault.ts';
import { seconds } from '../../../src/domain/time.ts';
import type { Registry } from '../../../src/ports/registry.ts';
import { holdEntry } from '../../domain/support/sample-fleet.ts';
import type { FleetInMemory } from '../support/fleet-in-memory.ts';
import { scenario } from '../support/scenario.ts';
import { until } from '../support/until.ts';

/** A dead run that is suspect, and a collector whose view gets no more changes. */
async function given(fleet: FleetInMemory) {
  const { process } = fleet.agent('h1/a', ['web/1']);
  const c = fleet.collector('c1');
  await fleet.advance(seconds(5));
  await fleet.kill(process);
  await until(fleet, () => fleet.phase('h1/a') === 'live, unreachable');
  await fleet.advance(seconds(1));
  c.process.view.close();
  return c;
}
const later = Date.UTC(2030, 0, 1);

describe('a hold that is missing in the view', () => {
  for (const [what, key, text] of [
    ['on the agent', 'hold.h1.a', holdEntry('h1/a', { until: later }).text],
    ['on its host', 'hold.h1', holdEntry('h1', { until: later }).text],
    ['on the agent, with an unreadable record,', 'hold.h1.a', '{"v":99}'],
    ['on its host, with an unreadable record,', 'hold.h1', 'what'],
  ] as const) {
    scenario(`${what} keeps the run`, async (fleet) => {
      const c = await given(fleet);
      fleet.byHand(key, text);
      const { ttl, grace } = fleet.lease;
      await fleet.advance(ttl + grace + seconds(30));
      expect(fleet.phase('h1/a')).toBe('live, unreachable');
      // The read prevented the expiry, not a refused write.
      expect(c.process.commits.filter(({ outcome }) => outcome === 'conflict')).toEqual([]);
      c.process.view.open();
    });
  }

  scenario(
    'keeps the run if its key cannot be read: an unknown state is no proof of death',
    async (fleet) => {
      const c = await given(fleet);
      const registry: { read: Registry['read'] } = c.process.ports.registry;
      const read = registry.read.bind(registry);
      registry.read = (key) =>
        key.startsWith('hold.')
          ? Promise.reject(new Fault('store-unavailable', 'no leader'))
          : read(key);
      c.process.view.open();
      await fleet.advance(fleet.lease.ttl + fleet.lease.grace + seconds(30));
      expect(fleet.phase('h1/a')).toBe('live, unreachable');
      registry.read = read;
      await until(fleet, () => fleet.phase('h1/a') === 'absent');
    },
  );
});
