import { describe, expect, it } from 'vitest';
import { RunId } from '../../../src/domain/identity/names.ts';
import { leaseKey, seatKey } from '../../../src/domain/identity/registry-keys.ts';
import { hours } from '../../../src/domain/time.ts';
import { slotAt } from '../../runtime/support/fleet-in-memory.ts';
import type { TestFleet } from '../harness/fleet.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();

/**
 * Gives an existing lease an hour to live, as it has at a server whose clock was set back by an hour: the
 * server ends a lease by its own wall clock.
 */
async function keepForAnHour({ store }: TestFleet, key: string): Promise<void> {
  const { text = '', revision } = await store.leases.read(key);
  expect(await store.leases.renew(key, text, revision, hours(1))).not.toBe('lost');
}

describe('at a server whose clock was set back by an hour', () => {
  it('a killed agent is removed although its lease still exists', async () => {
    await using fleet = await world.fleet();
    const watcher = await fleet.collector();
    await watcher.line((line) => line['type'] === 'sighted');
    const { process, run } = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
    const key = leaseKey({ ...slotAt('h1/a'), run: RunId.parse(run) });
    process.kill('SIGSTOP');
    await keepForAnHour(fleet, key);
    process.kill('SIGKILL');
    await until('its record is removed', () => fleet.directory.agents().length === 0);
    expect(fleet.directory.instances()).toEqual([]);
    expect((await fleet.store.leases.read(key)).text).toBeDefined();
    const expired = (await fleet.history()).find(({ event }) => event.type === 'expired');
    expect(expired).toMatchObject({ evidence: { lease: 'unmoved' } });
  });

  it('the seat of a killed collector observes nothing, and another collector takes it', async () => {
    await using fleet = await world.fleet();
    expect(await fleet.start(['policy', 'set', 'seats=1']).exited).toBe(0);
    const first = await fleet.collector('first');
    await first.line((line) => line['type'] === 'sighted');
    await until('it is observed', () => fleet.directory.observed);
    first.kill('SIGSTOP');
    await keepForAnHour(fleet, seatKey(1));
    first.kill('SIGKILL');
    await until('nobody observes', () => !fleet.directory.observed);
    const second = await fleet.collector('second');
    await second.line((line) => line['type'] === 'sighted');
    await until('it is observed again', () => fleet.directory.observed);
    const { text = '' } = await fleet.store.leases.read(seatKey(1));
    expect(JSON.parse(text)).toMatchObject({ agent: 'second' });
  });
});
