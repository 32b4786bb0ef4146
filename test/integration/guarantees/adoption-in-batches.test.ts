import { describe, expect, it } from 'vitest';
import { type PickPolicy, selectUsable } from '../../../src/domain/fleet/pick.ts';
import { messagesPerBatch } from '../../../src/domain/policy/lease-policy.ts';
import type { TestFleet } from '../harness/fleet.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();

/** An adoption is three messages. In the first batch, the record of the run and its two events have the room of one. */
const adoptionsPerBatch = Math.floor(messagesPerBatch / 3) - 1;
const instances = Array.from({ length: 1000 }, (_, n) => ({ service: 'web', id: `w${n}` }));
/** Long enough that nothing expires while a loaded machine starts a process. */
const patient = ['--ttl', '15s', '--grace', '30s'];

const picked = (fleet: TestFleet, policy: PickPolicy) =>
  selectUsable(fleet.directory.instances('web'), policy).length;

describe('a restarted agent that is killed after its first batch of adoptions', () => {
  it('takes no instance from consumers, and its next run adopts all of them', async () => {
    await using fleet = await world.fleet();
    await fleet.collector();
    const first = await fleet.serving('h1', 'a', instances, patient);
    await until('all are live', () => picked(fleet, 'strict') === instances.length);
    first.process.kill('SIGKILL');
    await first.process.exited;

    // Its first commit takes the slot and adopts the first batch.
    const gate = { commit: 1, when: 'after', what: 'kill' } as const;
    const common = { role: 'agent', host: 'h1', name: 'a', instances } as const;
    const second = fleet.gated({ ...common, gate, ttl: 15_000, grace: 30_000 });
    await second.exited;
    await until('one batch is adopted', async () => {
      const rows = fleet.directory.instances('web');
      return rows.filter(({ reason }) => reason !== 'superseded').length === adoptionsPerBatch;
    });
    expect(picked(fleet, 'any')).toBe(instances.length);
    await until('a collector notices', () => picked(fleet, 'strict') === 0);
    expect(picked(fleet, 'any')).toBe(instances.length);
    expect(picked(fleet, 'prefer-live')).toBe(instances.length);

    await fleet.serving('h1', 'a', instances, patient);
    await until('all are live', () => picked(fleet, 'strict') === instances.length);
    expect(fleet.told.filter(({ now }) => now === undefined)).toEqual([]);
  });
});
