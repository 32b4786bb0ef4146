import { describe, expect, test } from 'vitest';
import { Fault } from '../../../../src/domain/fault.ts';
import type { Commit, CommitOutcome } from '../../../../src/ports/registry.ts';
import { CommitBatcher } from '../../../../src/runtime/collector/execute/commit-batcher.ts';
import { keys, one, SlowRegistry } from './slow-registry.ts';

describe('a batch that is refused', () => {
  test('is halved: stale commits are refused, the others are stored', async () => {
    const registry = new SlowRegistry();
    registry.refuses.add('k3').add('k11');
    const shared = new CommitBatcher(registry);
    const all = keys(21).map((key) => shared.commit(one(key)));
    await registry.answer();
    const outcomes = await Promise.all(all);
    const refused = keys(21).filter((_, n) => outcomes[n]?.outcome === 'conflict');
    expect(refused).toEqual(['k3', 'k11']);
    expect(registry.batches.length).toBeLessThan(20);
  });

  test('has its additional events created again for each half', async () => {
    const registry = new SlowRegistry();
    registry.refuses.add('k2');
    const asked: number[] = [];
    const shared = new CommitBatcher(registry, (commits) => {
      asked.push(commits.length);
      return [];
    });
    for (const key of keys(5)) void shared.commit(one(key));
    await registry.answer();
    expect(asked).toEqual([1, 4, 2, 1, 1, 2]);
  });
});

test.each([
  { outcome: 'unknown', why: 'no answer' },
  { outcome: 'unavailable', why: 'no leader' },
] as const)('all commits of a batch get its outcome once: $outcome', async (outcome) => {
  let asked = 0;
  const commit = () => {
    asked += 1;
    return Promise.resolve<CommitOutcome>(outcome);
  };
  const shared = new CommitBatcher({ commit });
  const all = keys(4).map((key) => shared.commit(one(key)));
  expect(await Promise.all(all)).toEqual(all.map(() => outcome));
  expect(asked).toBe(2);
});

test('does not block the next commits if the store never accepts it', async () => {
  const registry = new SlowRegistry();
  const commit = (wanted: Commit): Promise<CommitOutcome> =>
    wanted.writes.some(({ key }) => key === 'poison')
      ? Promise.reject(new Error('too large'))
      : registry.commit(wanted);
  const shared = new CommitBatcher({ commit });
  const poisoned = shared.commit(one('poison'));
  const waited = shared.commit(one('k1'));
  await expect(poisoned).rejects.toThrow('too large');
  await registry.answer();
  expect((await waited).outcome).toBe('committed');
  const after = shared.commit(one('k2'));
  await registry.answer();
  expect((await after).outcome).toBe('committed');
});

test('a commit that cannot be stored does not fail the others of its batch', async () => {
  const registry = new SlowRegistry();
  const commit = (wanted: Commit): Promise<CommitOutcome> =>
    wanted.writes.some(({ key }) => key === 'k3')
      ? Promise.reject(new Fault('store-refused', 'too large'))
      : registry.commit(wanted);
  const shared = new CommitBatcher({ commit });
  const all = keys(9).map((key) => shared.commit(one(key)));
  const settled = Promise.allSettled(all);
  await registry.answer();
  const failed = (await settled).map(({ status }) => status === 'rejected');
  expect(failed).toEqual(keys(9).map((key) => key === 'k3'));
});

test('a bug fails all commits of its batch, which is not tried again', async () => {
  let asked = 0;
  const commit = (): Promise<CommitOutcome> => {
    asked += 1;
    return Promise.reject(new TypeError('a bug'));
  };
  const shared = new CommitBatcher({ commit });
  const settled = await Promise.allSettled(keys(5).map((key) => shared.commit(one(key))));
  expect(settled.map(({ status }) => status)).toEqual(keys(5).map(() => 'rejected'));
  expect(asked).toBe(2);
});
