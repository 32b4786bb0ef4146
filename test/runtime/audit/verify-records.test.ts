import { describe, expect, test } from 'vitest';
import { recordSubject } from '../../../src/adapters/memory/server/subjects.ts';
import { memoryStore } from '../../../src/adapters/memory/store.ts';
import { agentKey, instanceKey } from '../../../src/domain/identity/registry-keys.ts';
import { seconds } from '../../../src/domain/time.ts';
import { FleetInMemory, slotAt, specOf } from '../support/fleet-in-memory.ts';
import { verdictOn } from '../support/record-verdict.ts';

const agent = agentKey(slotAt('h1/a'));
const instance = instanceKey({ ...slotAt('h1/a'), ...specOf('web/1') });

async function given(): Promise<FleetInMemory> {
  const fleet = new FleetInMemory();
  fleet.agent('h1/a', ['web/1']);
  await fleet.advance(seconds(2));
  return fleet;
}

const textOf = ({ world }: FleetInMemory, key: string): string =>
  world.registry.last(recordSubject(key))?.text ?? '';

/** An agent that runs would notice the change, and write its record again or start over. */
const freeze = ({ processes }: FleetInMemory): void => {
  for (const process of processes) process.freeze();
};

/** The last event that wrote this key. */
const writtenAt = ({ world }: FleetInMemory, type: string): number =>
  world.audit.from(1).findLast(({ text }) => JSON.parse(text).event.type === type)?.seq ?? 0;

describe('a record that was changed without an event', () => {
  test.each<[string, (record: Record<string, unknown>) => object]>([
    ['another address', (record) => ({ ...record, address: '10.6.6.6' })],
    ['another owner', (record) => ({ ...record, run: 'run66666' })],
    ['an additional field', (record) => ({ ...record, more: 1 })],
    ['a missing field', ({ labels: _, ...record }) => record],
    ['another hash', (record) => ({ ...record, hash: 'ab'.repeat(32) })],
  ])('is reported with the event that wrote it: %s', async (_, change) => {
    const fleet = await given();
    const record = JSON.parse(textOf(fleet, instance));
    freeze(fleet);
    fleet.byHand(instance, JSON.stringify(change(record)));
    const { divergences } = await verdictOn(fleet);
    const seq = writtenAt(fleet, 'registered');
    expect(divergences).toEqual([
      expect.objectContaining({ seq, entity: instance, check: 'registry' }),
    ]);
  });

  test('to something that is not a record is reported with its first characters', async () => {
    const fleet = await given();
    fleet.byHand(agent, 'not a record');
    const found = 'a record that begins "not a record"';
    const seq = writtenAt(fleet, 'announced');
    freeze(fleet);
    expect((await verdictOn(fleet)).divergences).toEqual([
      expect.objectContaining({ seq, entity: agent, check: 'registry', found }),
    ]);
  });

  test('by a removal is reported with the event that wrote it', async () => {
    const fleet = await given();
    freeze(fleet);
    fleet.byHand(instance, undefined);
    const seq = writtenAt(fleet, 'registered');
    expect((await verdictOn(fleet)).divergences).toEqual([
      expect.objectContaining({ seq, entity: instance, check: 'registry', found: 'no record' }),
    ]);
  });

  test('by a creation is reported', async () => {
    const fleet = await given();
    const key = instanceKey({ ...slotAt('h1/a'), ...specOf('web/2') });
    fleet.byHand(key, textOf(fleet, instance).replace('"id":"1"', '"id":"2"'));
    expect((await verdictOn(fleet)).divergences).toEqual([
      expect.objectContaining({ seq: 0, entity: key, check: 'registry', expected: 'no record' }),
    ]);
  });
});

describe('an open chain whose record belongs to another run', () => {
  /** Its process dies, the store is edited manually, and another process of the slot starts. */
  async function restarted(between: (fleet: FleetInMemory) => void) {
    const fleet = await given();
    const [process] = fleet.processes;
    const before = fleet.holder('h1/a');
    const seq = writtenAt(fleet, 'registered');
    if (process) await fleet.kill(process);
    between(fleet);
    // A slot with an unreadable record is taken only when it has no lease.
    await fleet.advance(fleet.lease.ttl);
    const { agent: after } = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(30));
    expect(fleet.instances('h1/a')).toEqual({ 'web/1': after.run });
    return { fleet, before, seq };
  }

  test('is reported with its last event if its instance was deleted and registered again', async () => {
    const { fleet, before, seq } = await restarted((store) => store.byHand(instance, undefined));
    const { divergences } = await verdictOn(fleet);
    const entity = `web/1 of h1/a run ${before}`;
    expect(divergences).toEqual([expect.objectContaining({ seq, entity, check: 'end' })]);
  });

  test.each<[string, string | undefined]>([
    ['deleted', undefined],
    ['corrupted', 'what?'],
  ])('is reported: another run took a slot whose record was %s', async (_, text) => {
    const { fleet, before } = await restarted((store) => store.byHand(agent, text));
    const { divergences } = await verdictOn(fleet);
    const entity = `h1/a run ${before}`;
    expect(divergences).toEqual([expect.objectContaining({ entity, check: 'end' })]);
  });

  test('is ended by the report, so it does not stay open for ever', async () => {
    const { fleet, before } = await restarted((store) => store.byHand(agent, undefined));
    const { checkpoint } = await verdictOn(fleet);
    const open = checkpoint.chains.open.map(([name]) => name);
    expect(open.filter((name) => name.includes(before ?? ''))).toEqual([]);
    expect(open.length).toBeGreaterThan(0);
  });

  test('is not reported if the next run ended it by superseding or adopting', async () => {
    const { fleet } = await restarted(() => {});
    expect((await verdictOn(fleet)).divergences).toEqual([]);
  });
});

describe('a record that equals its event', () => {
  test('may have its fields in another order, as other programs write it', async () => {
    const fleet = await given();
    const fields = Object.entries(JSON.parse(textOf(fleet, instance))).reverse();
    fleet.byHand(instance, JSON.stringify(Object.fromEntries(fields)));
    expect((await verdictOn(fleet)).divergences).toEqual([]);
  });
});

describe('a registry that changes while it is compared', () => {
  test('is compared as it was when it was listed', async () => {
    const fleet = new FleetInMemory();
    const { agent: busy } = fleet.agent('h1/a', ['web/1', 'web/2']);
    await fleet.advance(seconds(2));
    let moves = 0;
    const move = () => {
      moves += 1;
      busy.replace(['web/1', 'web/2'].map((name) => ({ ...specOf(name), port: 1 + (moves % 9) })));
    };
    const { registry } = memoryStore(fleet.world);
    const moving = {
      ...registry,
      /** The list is slow, and the fleet changes while it is read, and after. */
      list: async (...args: Parameters<typeof registry.list>) => {
        const listed = await registry.list(...args);
        for (let n = 0; n < 5; n += 1) {
          move();
          await fleet.clock.sleep(100);
        }
        return listed;
      },
    };
    const verdict = verdictOn(fleet, { registry: moving });
    for (let n = 0; n < 20; n += 1) {
      move();
      await fleet.advance(100);
    }
    const { divergences } = await verdict;
    expect(moves).toBeGreaterThan(20);
    expect(divergences).toEqual([]);
  });

  test('is compared after the audit has caught up', async () => {
    const fleet = await given();
    const delay = fleet.world.audit.holdBack();
    fleet.agent('h2/a', ['web/2']);
    await fleet.advance(seconds(2));
    const verdict = verdictOn(fleet);
    await fleet.advance(seconds(11));
    delay[Symbol.dispose]();
    const { divergences, events } = await verdict;
    expect(divergences).toEqual([]);
    expect(events).toBe(fleet.world.audit.last?.seq);
  });

  test('is reported only for records without an event', async () => {
    const fleet = new FleetInMemory();
    const { agent: busy } = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(2));
    fleet.byHand('instance.h1.a.web.9', '{}');
    const verdict = verdictOn(fleet);
    for (let n = 0; n < 50; n += 1) {
      busy.replace([{ ...specOf('web/1'), port: n + 1 }]);
      await fleet.advance(100);
    }
    expect((await verdict).divergences).toEqual([
      expect.objectContaining({ entity: 'instance.h1.a.web.9', check: 'registry' }),
    ]);
  });
});
