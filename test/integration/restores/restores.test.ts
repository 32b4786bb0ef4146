import { describe, expect, it } from 'vitest';
import { openNatsStore } from '../../../src/adapters/nats/store.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';
import { readRecordedLosses } from '../../../src/runtime/audit/verifier/recorded-losses.ts';
import { TestFleet } from '../harness/fleet.ts';
import { startTestServer, type TestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { copyStreams, removeStreams } from './support/stored-copy.ts';
import { divergencesOf, unlikeReplay } from './support/verified.ts';

const web = (id: string) => [{ service: 'web', id }];

/** All live instances, by id. */
const live = (fleet: TestFleet) =>
  fleet.directory
    .instances('web')
    .filter(({ state }) => state === 'live')
    .map(({ id }) => id)
    .sort();

const untilLive = (fleet: TestFleet, ...ids: readonly string[]) =>
  until(`these are live: ${ids.join(', ')}`, () => live(fleet).join() === ids.join(), 30_000);

/** Without a collector nobody is live: they are registered. */
const untilThere = (fleet: TestFleet, ...ids: readonly string[]) =>
  until(
    `these are registered: ${ids.join(', ')}`,
    () => ids.every((id) => tokenOf(fleet, id) > 0),
    30_000,
  );

const untilTrimmed = (fleet: TestFleet) =>
  until('the outbox is trimmed', async () => (await fleet.store.audit.tidy()) > 0);

const kindsOf = (losses: readonly { readonly kind: string }[]) => losses.map(({ kind }) => kind);

/** The kinds of losses that the history tells of, once none is left to record. */
async function recorded(fleet: TestFleet): Promise<readonly string[]> {
  const { audit } = fleet.store;
  await until('every loss is recorded', async () => (await audit.losses()).length === 0, 40_000);
  await until('the audit has all events', async () => !(await audit.isBehind()));
  return kindsOf(await readRecordedLosses(audit));
}

async function findings(fleet: TestFleet): Promise<readonly string[]> {
  const doctor = fleet.start(['doctor']);
  await doctor.exited;
  return doctor.lines.filter(({ about }) => about === 'losses').map(({ what }) => String(what));
}

const tokenOf = (fleet: TestFleet, id: string) => fleet.row('web', id)?.token ?? 0;

/** Runs `play` on a server of its own, and closes the fleet before the server. */
async function withFleet(
  play: (fleet: TestFleet, server: TestServer) => Promise<void>,
): Promise<void> {
  await using server = await startTestServer();
  await using fleet = await TestFleet.open(server.url);
  await play(fleet, server);
}

describe('a restore of an older copy', () => {
  it('of the registry alone is repaired and recorded without a person', () =>
    withFleet(async (fleet, server) => {
      await fleet.collector();
      await fleet.serving('h1', 'a', web('a'));
      await untilLive(fleet, 'a');
      await using copy = await copyStreams(server, fleet.namespace);
      await untilLive(fleet, 'a');
      await fleet.serving('h1', 'b', web('b'));
      await untilLive(fleet, 'a', 'b');
      const gone = await fleet.serving('h1', 'gone', web('gone'));
      gone.process.kill('SIGKILL');
      const lost = tokenOf(fleet, 'b');
      await until('the audit has all events', async () => !(await fleet.store.audit.isBehind()));
      await copy.restore('registry');
      const { run } = await fleet.serving('h1', 'c', web('c'));
      await untilLive(fleet, 'a', 'b', 'c');
      expect(tokenOf(fleet, 'c')).toBeGreaterThan(lost);
      expect(tokenOf(fleet, 'b')).toBeGreaterThan(lost);
      expect(await recorded(fleet)).toEqual(['registry-lost-tail']);
      const types: string[] = [];
      for await (const { text } of fleet.store.audit.read(0, [`h1.c.${run}.*`])) {
        types.push(JSON.parse(text).event.type);
      }
      expect(types).toEqual(['started', 'announced']);
      expect(await divergencesOf(fleet)).toEqual([]);
      // Also the agent that the restored registry does not know, and that never came back.
      expect(await unlikeReplay(fleet)).toEqual([]);
      expect(await findings(fleet)).toEqual([
        expect.stringContaining('the registry lost its tail; recorded on'),
      ]);
    }));

  it('of the audit alone from before the last trim needs an operator, and services keep running', () =>
    withFleet(async (fleet, server) => {
      await fleet.serving('h1', 'a', web('a'));
      await untilThere(fleet, 'a');
      await using copy = await copyStreams(server, fleet.namespace);
      await fleet.serving('h1', 'b', web('b'));
      await untilThere(fleet, 'a', 'b');
      await untilTrimmed(fleet);
      await copy.restore('audit');
      await fleet.serving('h1', 'c', web('c'));
      await untilThere(fleet, 'a', 'b', 'c');
      await until('the audit has all events', async () => !(await fleet.store.audit.isBehind()));
      await expect(fleet.store.audit.tidy()).rejects.toMatchObject({ code: 'history-lost' });
      expect(await divergencesOf(fleet)).toMatchObject([
        { check: 'store', found: expect.stringContaining('the audit lost its tail') },
      ]);
      expect(await findings(fleet)).toEqual([expect.stringContaining('the audit lost its tail')]);
      const look = fleet.start(['repair']);
      expect(await look.exited).toBe(1);
      const repair = fleet.start(['repair', '--yes', '--as', 'alice', '--host', 'desk']);
      expect(await repair.exited).toBe(0);
      expect(await recorded(fleet)).toEqual(['audit-lost-tail']);
      const [loss] = await readRecordedLosses(fleet.store.audit);
      expect(loss?.by).toMatchObject({ host: 'desk', agent: 'alice' });
      expect(await divergencesOf(fleet)).toEqual([]);
      await untilTrimmed(fleet);
    }));

  it('of the audit alone from after the last trim loses nothing', () =>
    withFleet(async (fleet, server) => {
      await fleet.serving('h1', 'a', web('a'));
      await untilThere(fleet, 'a');
      await untilTrimmed(fleet);
      await using copy = await copyStreams(server, fleet.namespace);
      await fleet.serving('h1', 'b', web('b'));
      await untilThere(fleet, 'a', 'b');
      await copy.restore('audit');
      expect(await recorded(fleet)).toEqual([]);
      expect(await divergencesOf(fleet)).toEqual([]);
      await untilTrimmed(fleet);
    }));

  it('of registry and audit from different moments is repaired as that of the older one', () =>
    withFleet(async (fleet, server) => {
      await fleet.collector();
      await fleet.serving('h1', 'a', web('a'));
      await untilLive(fleet, 'a');
      await using older = await copyStreams(server, fleet.namespace);
      await fleet.serving('h1', 'b', web('b'));
      await untilLive(fleet, 'a', 'b');
      await using newer = await copyStreams(server, fleet.namespace);
      await fleet.serving('h1', 'c', web('c'));
      await untilLive(fleet, 'a', 'b', 'c');
      await newer.restore('audit');
      await older.restore('registry');
      await untilLive(fleet, 'a', 'b', 'c');
      expect(await recorded(fleet)).toEqual(['registry-lost-tail']);
      expect(await divergencesOf(fleet)).toEqual([]);
    }));

  it('of the leases or the keyframes loses no record and no event', () =>
    withFleet(async (fleet, server) => {
      await fleet.collector();
      await fleet.serving('h1', 'a', web('a'));
      await untilLive(fleet, 'a');
      await using copy = await copyStreams(server, fleet.namespace);
      await fleet.serving('h1', 'b', web('b'));
      await untilLive(fleet, 'a', 'b');
      await copy.restore('leases', 'keyframes');
      await untilLive(fleet, 'a', 'b');
      expect(await recorded(fleet)).toEqual([]);
      expect(await divergencesOf(fleet)).toEqual([]);
    }));
});

describe('a stream that was deleted and created again', () => {
  it('is recorded if it is the registry, and no token repeats', () =>
    withFleet(async (fleet, server) => {
      const { process } = await fleet.serving('h1', 'a', web('a'));
      await untilThere(fleet, 'a');
      const before = tokenOf(fleet, 'a');
      await until('the audit has all events', async () => !(await fleet.store.audit.isBehind()));
      process.kill('SIGKILL');
      await process.exited;
      await removeStreams(server, fleet.namespace, 'registry');
      await fleet.collector();
      await fleet.serving('h1', 'b', web('b'));
      await until('b is live', () => fleet.row('web', 'b')?.state === 'live', 60_000);
      expect(tokenOf(fleet, 'b')).toBeGreaterThan(before);
      expect(await recorded(fleet)).toEqual(['registry-made-anew']);
      expect(await divergencesOf(fleet)).toEqual([]);
    }));

  it('needs an operator if it is the audit', () =>
    withFleet(async (fleet, server) => {
      await fleet.serving('h1', 'a', web('a'));
      await untilThere(fleet, 'a');
      await untilTrimmed(fleet);
      await removeStreams(server, fleet.namespace, 'audit');
      await using _ = await openNatsStore({
        servers: [server.url],
        namespace: Namespace.parse(fleet.namespace),
        name: 'another',
      });
      await fleet.serving('h1', 'b', web('b'));
      await untilThere(fleet, 'a', 'b');
      expect(await findings(fleet)).toEqual([
        expect.stringContaining('the audit was deleted and created again'),
      ]);
      const repair = fleet.start(['repair', '--yes']);
      expect(await repair.exited).toBe(0);
      expect(await recorded(fleet)).toEqual(['audit-made-anew']);
      expect(await divergencesOf(fleet)).toEqual([]);
    }));
});
