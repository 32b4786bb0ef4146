import { expect, test } from 'vitest';
import { agentKey } from '../../../src/domain/identity/registry-keys.ts';
import { seconds } from '../../../src/domain/time.ts';
import { agentRecord } from '../../domain/support/sample-records.ts';
import { FleetInMemory } from '../support/fleet-in-memory.ts';
import { until } from '../support/until.ts';

test('more dead runs than one sweep processes are removed at the next sweep without a pause', async () => {
  const fleet = new FleetInMemory();
  const count = 1500;
  for (let n = 0; n < count; n += 1) {
    const record = agentRecord(`h${n}/a`, `run${String(n).padStart(6, '0')}`, { phase: 'expired' });
    fleet.byHand(agentKey(record), JSON.stringify(record));
  }
  const remaining = () =>
    Array.from({ length: count }, (_, n) => fleet.phase(`h${n}/a`)).filter((p) => p !== 'absent');
  fleet.collector('c1');
  await until(fleet, () => remaining().length < count);
  const took = await until(fleet, () => remaining().length === 0);
  expect(took).toBeLessThan(seconds(0.5));
  expect(fleet.bugs).toEqual([]);
});
