import { beforeEach, describe, expect, test } from 'vitest';
import { memoryStore } from '../../../../src/adapters/memory/store.ts';
import { RunId } from '../../../../src/domain/identity/names.ts';
import { allKeys } from '../../../../src/domain/identity/registry-keys.ts';
import { minutes, seconds } from '../../../../src/domain/time.ts';
import { KeyframeWriter } from '../../../../src/runtime/audit/keyframes/keyframe-writer.ts';
import { replayTo } from '../../../../src/runtime/audit/replay.ts';
import { recordLosses } from '../../../../src/runtime/operator/record-losses.ts';
import { keepingCollector } from '../../support/event-source.ts';
import { FleetInMemory, slotAt, specOf } from '../../support/fleet-in-memory.ts';
import { verdictOn } from '../../support/record-verdict.ts';
import { kept, signed } from './signing-fleet.ts';

const { signal } = new AbortController();

let fleet: FleetInMemory;
/** The audit's last event before the gap. */
let gap: number;
const agents = new Map<string, ReturnType<FleetInMemory['agent']>>();

const start = (place: string, ...instances: readonly string[]) =>
  void agents.set(place, fleet.agent(place, instances));
const replayed = (seq: number) => {
  const { audit, keyframes } = memoryStore(fleet.world);
  return replayTo(audit, { seq }, keyframes, signal);
};
const lastSeq = () => fleet.world.audit.end.seq;
const textsOf = (entries: Iterable<{ readonly key: string; readonly text: string | undefined }>) =>
  new Map([...entries].flatMap(({ key, text }) => (text === undefined ? [] : [[key, text]])));
const registry = async () => textsOf(await memoryStore(fleet.world).registry.list([allKeys], 0));
const recordsAt = async (seq: number) =>
  textsOf([...(await replayed(seq)).records.values()].map(({ entry }) => entry));

/** An instance that another program wrote, without an event. */
const foreign = JSON.stringify({
  ...{ v: 1, host: 'h9', agent: 'foreign', run: 'foreign0001', service: 'web', id: '1', token: 0 },
  ...{ state: 'serving', labels: {}, registeredAt: 1, since: 1 },
  ...{ n: 1, hash: '0'.repeat(64) },
});

/** An operator accepts the loss, as `rollcall repair` does. */
async function repair(): Promise<void> {
  const { ports } = fleet.process('desk');
  const author = { actor: { ...slotAt('desk/person'), run: RunId.parse('person0001') }, ports };
  const recording = recordLosses(author, ports, () => true);
  await fleet.advance(seconds(1));
  expect(await recording).toMatchObject([{ kind: 'audit-lost-tail' }]);
}

/**
 * A fleet whose audit was put back to an older copy: one agent was there before and stays as it is, one came
 * in the lost time, one left in it.
 */
beforeEach(async () => {
  fleet = new FleetInMemory();
  agents.clear();
  keepingCollector(fleet, 40);
  start('h1/before', 'web/1', 'web/2');
  start('h2/leaves', 'web/3');
  await fleet.advance(seconds(15));
  const copy = fleet.world.audit.copy();
  start('h3/meanwhile', 'web/4', 'db/1');
  await agents.get('h2/leaves')?.agent.stop();
  agents.get('h1/before')?.agent.replace([specOf('web/1')]);
  await fleet.advance(seconds(15));
  fleet.world.audit.restore(copy);
  gap = copy.copied.seq;
  expect(lastSeq()).toBeLessThan(gap + 5);
});

describe('a collector after the audit lost events', () => {
  test('makes no keyframe and signs none before an operator has accepted the loss', async () => {
    await fleet.advance(minutes(3));
    expect([kept(fleet), signed(fleet)]).toEqual([[], []]);
  });

  test('makes a keyframe from the registry, from which every later moment is known', async () => {
    await repair();
    await fleet.advance(minutes(2));
    const [keyframe = 0] = kept(fleet);
    expect(signed(fleet)).toEqual([keyframe]);
    const [head = ''] = (fleet.world.keyframes.get(keyframe) ?? '').split('\n');
    const { origin, source } = JSON.parse(head);
    expect(source).toEqual({ kind: 'registry', revision: origin, after: gap });
    expect(await recordsAt(lastSeq())).toEqual(await registry());
    const { records, gapAfter } = await replayed(keyframe);
    expect(gapAfter).toBe(0);
    expect([...records.keys()]).toContain('instance.h1.before.web.1');
    expect([...records.keys()]).toContain('instance.h3.meanwhile.db.1');
    expect((await replayed(keyframe - 1)).gapAfter).toBe(gap);
  });

  test('goes on with keyframes made from events, and everything verifies', async () => {
    await repair();
    await fleet.advance(minutes(2));
    // The chains go on: of what was there before the gap, and of what came in it.
    agents.get('h1/before')?.agent.replace([specOf('web/1'), specOf('web/2')]);
    agents.get('h3/meanwhile')?.agent.replace([specOf('db/1')]);
    await fleet.advance(seconds(5));
    await agents.get('h3/meanwhile')?.agent.stop();
    const killed = agents.get('h1/before');
    if (killed) await fleet.kill(killed.process);
    start('h4/after', 'web/9');
    await fleet.advance(minutes(2));
    const verdict = await verdictOn(fleet);
    expect(verdict.divergences).toEqual([]);
    expect(verdict.checkpoint.trimmed).toBeUndefined();
    expect(await recordsAt(lastSeq())).toEqual(await registry());
    const [first = 0] = kept(fleet);
    for (let port = 1; port < 60; port += 1) {
      agents.get('h4/after')?.agent.replace([{ ...specOf('web/9'), port }]);
      await fleet.advance(seconds(1));
    }
    await fleet.advance(minutes(2));
    const [, second = 0] = kept(fleet);
    expect(second).toBeGreaterThan(first);
    expect(fleet.world.keyframes.get(second)).not.toContain('"source"');
    const { divergences, notes } = await verdictOn(fleet);
    expect([divergences, notes.fromRegistry]).toEqual([[], 0]);
  });
});

describe('a keyframe from the registry', () => {
  const look = async (disturb: () => Promise<unknown>) => {
    const { ports, logged } = fleet.process('keeper2');
    const list = ports.registry.list.bind(ports.registry);
    ports.registry.list = async (...args) => {
      const listed = await list(...args);
      await disturb();
      return listed;
    };
    const signatures: number[] = [];
    const looking = new KeyframeWriter(ports, (seq) => signatures.push(seq) > 0).look(signal);
    await fleet.advance(seconds(2));
    await looking;
    return { logged, keyframe: signatures[0] ?? 0 };
  };
  const keysIn = (keyframe: number) =>
    (fleet.world.keyframes.get(keyframe) ?? '')
      .split('\n')
      .flatMap((line) => (line.startsWith('["record"') ? [JSON.parse(line)[1]] : []));

  test('takes a record from its event if the record changed after the registry was listed', async () => {
    await repair();
    const { keyframe } = await look(async () => {
      const leaving = agents.get('h3/meanwhile')?.agent.stop();
      await fleet.clock.sleep(500, signal);
      await leaving;
    });
    expect(keysIn(keyframe).sort()).toEqual(['agent.h1.before', 'instance.h1.before.web.1']);
  });

  test('is not made if the registry has a record that the lost events cannot have written', async () => {
    await repair();
    agents.get('h1/before')?.agent.replace([specOf('web/1'), specOf('web/5')]);
    await fleet.advance(seconds(2));
    fleet.byHand('instance.h9.foreign.web.1', foreign);
    const { keyframe, logged } = await look(async () => {});
    expect(keyframe).toBe(0);
    expect(logged).toContainEqual({
      event: 'keyframe-refused',
      fields: { why: expect.objectContaining({ entity: 'instance.h9.foreign.web.1' }) },
    });
  });
});

describe('a keyframe of lost events', () => {
  test('is removed, and another one is made', async () => {
    await repair();
    await fleet.advance(minutes(2));
    const copy = fleet.world.audit.copy();
    // In turns: an instance that is changed without end is paused.
    const ports = [0, 0, 0];
    for (let n = 1; n < 60; n += 1) {
      ports[n % 3] = n;
      const specs = ports.map((port, at) => ({ ...specOf(`web/${at + 1}`), port: port + 1 }));
      agents.get('h1/before')?.agent.replace(specs);
      await fleet.advance(100);
    }
    await fleet.advance(minutes(2));
    const [kept1 = 0, lost = 0] = kept(fleet);
    expect(lost).toBeGreaterThan(kept1);
    fleet.world.audit.restore(copy);
    await repair();
    await fleet.advance(minutes(2));
    const [, second = 0, ...more] = kept(fleet);
    expect(more).toEqual([]);
    expect(second).toBeLessThan(lost);
    await fleet.advance(minutes(2));
    expect(signed(fleet)).toEqual([kept1, lost, second]);
    expect(await recordsAt(lastSeq())).toEqual(await registry());
    expect((await verdictOn(fleet)).divergences).toEqual([]);
  });
});

describe('a verification after a keyframe from the registry', () => {
  test('reports a record that is changed or removed without an event', async () => {
    await repair();
    await fleet.advance(minutes(2));
    const key = 'instance.h3.meanwhile.db.1';
    const meanwhile = agents.get('h3/meanwhile');
    if (meanwhile) await fleet.kill(meanwhile.process);
    fleet.byHand(key, undefined);
    const { divergences } = await verdictOn(fleet);
    expect(divergences).toEqual([expect.objectContaining({ entity: key, check: 'registry' })]);
  });
});
