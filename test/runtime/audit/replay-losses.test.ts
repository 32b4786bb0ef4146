import { describe, expect, test } from 'vitest';
import { memoryStore } from '../../../src/adapters/memory/store.ts';
import { RunId } from '../../../src/domain/identity/names.ts';
import { allKeys } from '../../../src/domain/identity/registry-keys.ts';
import { seconds } from '../../../src/domain/time.ts';
import { replayTo } from '../../../src/runtime/audit/replay.ts';
import { readRecordedLosses } from '../../../src/runtime/audit/verifier/recorded-losses.ts';
import { lossEvent } from '../../../src/runtime/transitions/store-changes.ts';
import { eventsOf } from '../../fixtures/history/given-history.ts';
import { FleetInMemory, slotAt, specOf } from '../support/fleet-in-memory.ts';

const { signal } = new AbortController();

const replayed = ({ world }: FleetInMemory, seq: number) =>
  replayTo(memoryStore(world).audit, { seq }, undefined, signal);

const textsIn = (records: Awaited<ReturnType<typeof replayTo>>['records']) =>
  new Map([...records].map(([key, { entry }]) => [key, entry.text]));

async function registryOf({ world }: FleetInMemory) {
  const entries = await memoryStore(world).registry.list([allKeys], 0);
  return new Map(entries.flatMap(({ key, text }) => (text === undefined ? [] : [[key, text]])));
}

/** A registry that lost what two agents did last; one of them never writes again. */
async function restored() {
  const fleet = new FleetInMemory();
  fleet.collector('c1');
  const one = fleet.agent('h1/a', ['web/1', 'web/2']);
  await fleet.advance(seconds(5));
  const { registry } = fleet.world;
  const copy = registry.copy();
  one.agent.replace([specOf('web/1')]);
  const other = fleet.agent('h2/b', ['api/1']);
  await fleet.advance(seconds(5));
  await fleet.kill(other.process);
  await fleet.kill(one.process);
  const before = fleet.world.audit.last?.seq ?? 0;
  const lost = await registryOf(fleet);
  registry.restore(copy);
  fleet.agent('h3/c', ['db/1']);
  await fleet.advance(seconds(10));
  return { fleet, before, lost };
}

describe('a replay of a history whose registry lost its tail', () => {
  test('goes back with the registry, and agrees with it at every later moment', async () => {
    const { fleet } = await restored();
    const last = fleet.world.audit.last?.seq ?? 0;
    const losses = await readRecordedLosses(memoryStore(fleet.world).audit);
    expect(losses.map(({ kind }) => kind)).toEqual(['registry-lost-tail']);
    const { records, gapAfter } = await replayed(fleet, last);
    expect(gapAfter).toBe(0);
    expect(textsIn(records)).toEqual(await registryOf(fleet));
  });

  test('shows before the loss what the registry had then', async () => {
    const { fleet, before, lost } = await restored();
    const { records } = await replayed(fleet, before);
    expect(textsIn(records)).toEqual(lost);
    expect([...lost.keys()].some((key) => key.startsWith('agent.h2'))).toBe(true);
  });
});

describe('a replay of a history of which the audit lost events', () => {
  test('reports where it becomes incomplete, and has only later records', async () => {
    const fleet = new FleetInMemory();
    const { agent, process } = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(2));
    const { audit } = memoryStore(fleet.world);
    const { seq = 0, origin = 0 } = (await eventsOf(audit)).at(-1) ?? {};
    const author = {
      actor: { ...slotAt('desk/person'), run: RunId.parse('person0001') },
      ports: process.ports,
    };
    const loss = { kind: 'audit-lost-tail', kept: origin, origin: origin + 5, seq } as const;
    const appending = audit.append(lossEvent(author, loss));
    await fleet.advance(seconds(1));
    await appending;
    agent.replace(['web/1', 'web/2'].map(specOf));
    await fleet.advance(seconds(2));
    expect((await replayed(fleet, seq)).gapAfter).toBe(0);
    const { records, gapAfter } = await replayed(fleet, fleet.world.audit.last?.seq ?? 0);
    expect(gapAfter).toBe(seq);
    expect([...records.keys()]).toEqual([expect.stringMatching(/^instance\.h1\.a\.web\.2$/)]);
  });
});
