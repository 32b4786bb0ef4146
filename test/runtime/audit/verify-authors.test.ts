import { describe, expect, test } from 'vitest';
import { memoryStore } from '../../../src/adapters/memory/store.ts';
import { RunId, type RunRef } from '../../../src/domain/identity/names.ts';
import type { StoredAgent, StoredInstance } from '../../../src/domain/records/stored-record.ts';
import type { Check } from '../../../src/domain/replay/divergence.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';
import {
  registerInstance,
  removeInstance,
  transitionInstance,
} from '../../../src/runtime/transitions/instance-changes.ts';
import {
  type Author,
  type Change,
  signingAuthor,
} from '../../../src/runtime/transitions/record-change.ts';
import {
  buildClaim,
  removeRun,
  transitionRun,
} from '../../../src/runtime/transitions/run-changes.ts';
import { sealCommit } from '../../../src/runtime/transitions/seal-changes.ts';
import { FleetInMemory, slotAt, specOf } from '../support/fleet-in-memory.ts';
import { verdictOn } from '../support/record-verdict.ts';

/** A fleet of two agents and a collector, and writes by any author. */
async function given() {
  const fleet = new FleetInMemory();
  const one = fleet.agent('h1/a', ['web/1']);
  const other = fleet.agent('h2/a', ['web/2']);
  await fleet.advance(seconds(2));
  const intruder = fleet.process('h9');
  // In memory anybody has the key of any run: only the author is wrong.
  const as = (actor: RunRef): Author => signingAuthor(actor, intruder.ports);
  const commit = async (change: Change | 'ignored') => {
    if (change === 'ignored') throw new Error('the machine has no such transition');
    const { outcome } = await memoryStore(fleet.world).registry.commit(sealCommit([change]));
    expect(outcome).toBe('committed');
    return fleet.world.audit.last?.seq ?? 0;
  };
  return {
    fleet,
    commit,
    one: { ...slotAt('h1/a'), run: one.agent.run } as RunRef,
    other: { ...slotAt('h2/a'), run: other.agent.run } as RunRef,
    as,
    agent: () => fleet.record('h1/a') as StoredAgent,
    instance: () => fleet.instance('h1/a', 'web/1') as StoredInstance,
  };
}
type Given = Awaited<ReturnType<typeof given>>;

/** Events as a correct program writes them, with their records: only their author is wrong. */
describe('an event of a forbidden author', () => {
  const forbidden: readonly [string, (given: Given) => Change | 'ignored'][] = [
    [
      'a run withdraws another run',
      ({ as, other, agent }) => transitionRun(as(other), agent(), { type: 'withdrawn' }),
    ],
    [
      'a run refutes a suspicion for another',
      ({ as, other, agent }) => transitionRun(as(other), agent(), { type: 'regranted' }),
    ],
    [
      'a run suspects itself',
      ({ as, one, agent }) =>
        transitionRun(as(one), agent(), { type: 'suspected', reason: 'silent' }),
    ],
    [
      'a run takes the slot of another host',
      ({ as, other, one, agent }) => {
        const { ttl, grace, process, startedAt } = agent().record;
        const claim = { ...one, run: other.run, ttl, grace, process, startedAt };
        return buildClaim(as(other), agent(), claim, {});
      },
    ],
    [
      'a run changes the instance of another run',
      ({ as, other, instance }) =>
        transitionInstance(as(other), instance(), { type: 'failed', detail: 'because I say so' }),
    ],
    [
      'a run deregisters the instance of another slot',
      ({ as, other, instance }) => removeInstance(as(other), instance(), 'deregistered'),
    ],
    [
      'a run removes its own instance as that of a dead owner',
      ({ as, one, instance }) => removeInstance(as(one), instance(), 'owner-expired'),
    ],
    [
      'a collector removes an instance of a live run (G1)',
      ({ as, other, instance }) => removeInstance(as(other), instance(), 'owner-expired'),
    ],
    [
      'an instance is removed for an unknown reason',
      ({ as, other, instance }) => removeInstance(as(other), instance(), 'dislike'),
    ],
  ];

  test.each(forbidden)('is reported: %s', async (_, write) => {
    const all = await given();
    const seq = await all.commit(write(all));
    const { divergences } = await verdictOn(all.fleet);
    const author: Check = 'author';
    expect(divergences).toContainEqual(expect.objectContaining({ seq, check: author }));
    expect(divergences.every((one) => one.seq === seq || one.seq === seq - 1)).toBe(true);
  });

  test('is reported: a run writes after it was expired (G3)', async () => {
    const all = await given();
    const { as, one, other, agent, instance, fleet } = all;
    await all.commit(transitionRun(as(other), agent(), { type: 'suspected', reason: 'silent' }));
    await all.commit(transitionRun(as(other), agent(), { type: 'expired' }));
    const failed = { type: 'failed', detail: 'too late' } as const;
    const seq = await all.commit(transitionInstance(as(one), instance(), failed));
    const wanted = { spec: specOf('web/7'), health: { state: 'serving' } } as const;
    const absent = { kind: 'absent', key: 'instance.h1.a.web.7', revision: 0 } as const;
    const next = await all.commit(registerInstance(as(one), wanted, absent, undefined));
    const { divergences } = await verdictOn(fleet);
    expect(divergences).toEqual([
      expect.objectContaining({ seq, check: 'author', entity: `web/1 of h1/a run ${one.run}` }),
      expect.objectContaining({
        seq: next,
        check: 'author',
        entity: `web/7 of h1/a run ${one.run}`,
      }),
    ]);
  });

  test('is reported: a run writes after it has left (G3)', async () => {
    const all = await given();
    const { as, one, agent, instance, fleet } = all;
    await all.commit(transitionRun(as(one), agent(), { type: 'withdrawn' }));
    await all.commit(removeRun(as(one), agent(), 'left'));
    const seq = await all.commit(removeInstance(as(one), instance(), 'left'));
    const { divergences } = await verdictOn(fleet);
    expect(divergences).toEqual([expect.objectContaining({ seq, check: 'author' })]);
  });
});

describe('an event of a permitted author', () => {
  test('is not reported: a collector removes a dead run of the agent in its own slot', async () => {
    const all = await given();
    const { as, one, other, agent, instance, fleet } = all;
    await all.commit(transitionRun(as(other), agent(), { type: 'suspected', reason: 'silent' }));
    await all.commit(transitionRun(as(other), agent(), { type: 'expired' }));
    const collector = { ...one, run: RunId.parse('collector0of0h1') };
    await all.commit(removeInstance(as(collector), instance(), 'owner-expired'));
    await all.commit(removeRun(as(collector), agent(), 'removed'));
    expect((await verdictOn(fleet)).divergences).toEqual([]);
  });

  test('is not reported: runs, their successors and collectors write as usual', async () => {
    const { fleet } = await given();
    fleet.collector('c1');
    const next = fleet.agent('h1/a', ['web/1'], { takeover: true });
    await fleet.advance(seconds(10));
    await fleet.kill(next.process);
    await fleet.advance(minutes(2));
    expect(fleet.record('h1/a').kind).toBe('absent');
    expect((await verdictOn(fleet)).divergences).toEqual([]);
  });
});
