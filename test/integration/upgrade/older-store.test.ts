import { expect, it } from 'vitest';
import { TestFleet } from '../harness/fleet.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { divergencesOf, unlikeReplay } from '../restores/support/verified.ts';
import { recordedNamespace, restoreStreams } from './support/stored-streams.ts';

/**
 * A store that processes from before signatures, marks and losses wrote: two agents with instances, one
 * that was removed, a hold and a policy. All of its processes were killed.
 */
it('a store that was written before events were signed is opened, accepts writes, and verifies', async () => {
  await using server = await startTestServer();
  await restoreStreams(server.url, 'before-signatures.ndjson.gz');
  await using fleet = await TestFleet.open(server.url, 1, recordedNamespace);
  const { last: before } = await fleet.store.audit.range();
  const token = fleet.row('web', 'w1')?.token ?? 0;
  expect(token).toBeGreaterThan(0);
  expect(await divergencesOf(fleet)).toEqual([]);

  // A new run waits before it takes the slot of one that was on another machine: a collector would be faster.
  await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
  await fleet.collector();
  // The agent adopts one instance of the old run and removes the other; the collector removes the other agent.
  await until(
    'only the new run is left',
    async () => {
      const keys = await fleet.keys();
      return keys.join() === 'agent.h1.a,instance.h1.a.web.w1';
    },
    60_000,
  );
  await until('its instance is live', () => fleet.row('web', 'w1')?.state === 'live');
  expect(fleet.row('web', 'w1')?.token).toBeGreaterThan(token);
  await until(
    'the hold has run out',
    async () => {
      const { text } = await fleet.store.registry.read('hold.h9');
      return text === undefined;
    },
    30_000,
  );
  await until('the audit has all events', async () => !(await fleet.store.audit.isBehind()));
  const ends = (await fleet.history()).filter(({ seq }) => seq > before);
  expect(ends.map(({ event }) => event.type)).toEqual(
    expect.arrayContaining(['superseded', 'adopted', 'suspected', 'expired', 'removed', 'ran-out']),
  );
  expect(ends.every(({ sig }) => sig !== undefined)).toBe(true);
  expect(await divergencesOf(fleet)).toEqual([]);
  expect(await unlikeReplay(fleet)).toEqual([]);
  await until('the outbox is trimmed', async () => (await fleet.store.audit.tidy()) > 0);
  expect(await fleet.store.audit.losses()).toEqual([]);
});
