import { describe, expect, test } from 'vitest';
import { eventSubject } from '../../../../src/domain/events/event-subjects.ts';
import { ZoneName } from '../../../../src/domain/identity/names.ts';
import type { Commit } from '../../../../src/ports/registry.ts';
import {
  type BatchableCommit,
  CommitBatcher,
} from '../../../../src/runtime/collector/execute/commit-batcher.ts';
import { chainOf, changeOf, extra, keys, one, SlowRegistry } from './slow-registry.ts';

const big = (key: string, writes: number): BatchableCommit => ({
  changes: Array.from({ length: writes }, (_, n) => changeOf(`${key}.${n}`)),
});
const messages = ({ writes, events, fences = [] }: Commit): number =>
  writes.length + Math.max(events.length, fences.length);

describe('commits that arrive while another one is pending', () => {
  test('share the next batch, at most 20, in the order of arrival', async () => {
    const registry = new SlowRegistry();
    const shared = new CommitBatcher(registry);
    const all = keys(42).map((key) => shared.commit(one(key)));
    await registry.answer();
    expect(registry.written).toEqual([
      ['k0'],
      keys(42).slice(1, 21),
      keys(42).slice(21, 41),
      ['k41'],
    ]);
    const outcomes = await Promise.all(all);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(all.map(() => 'committed'));
  });

  test('get the revisions of their own keys', async () => {
    const registry = new SlowRegistry();
    const shared = new CommitBatcher(registry);
    const all = keys(3).map((key) => shared.commit(one(key)));
    await registry.answer();
    const outcomes = await Promise.all(all);
    expect(
      outcomes.map((outcome, n) => 'revisions' in outcome && outcome.revisions.get(`k${n}`)),
    ).toEqual([1000, 2000, 2001]);
  });

  test('keep the order of writes and events: replay computes revisions from it', async () => {
    const registry = new SlowRegistry();
    const shared = new CommitBatcher(registry, () => [extra('brake')]);
    for (const key of keys(4)) void shared.commit(one(key));
    await registry.answer();
    for (const { writes, events } of registry.batches) {
      expect(events.map(({ subject }) => subject)).toEqual(
        writes.map(({ key }) => eventSubject(chainOf(key), 1)),
      );
    }
    expect(registry.written).toEqual([
      ['k0', 'brake'],
      ['k1', 'k2', 'k3', 'brake'],
    ]);
  });

  test('send a shared fence once', async () => {
    const registry = new SlowRegistry();
    const shared = new CommitBatcher(registry);
    const fence = { key: 'hold', expectedRevision: 7 };
    void shared.commit(one('k0'));
    for (const key of ['k1', 'k2']) void shared.commit(one(key, [fence]));
    void shared.commit(one('k3', [{ key: 'other', expectedRevision: 0 }]));
    await registry.answer();
    expect(registry.batches[1]?.fences).toEqual([fence, { key: 'other', expectedRevision: 0 }]);
  });

  test('do not share a batch if they expect one key at two revisions', async () => {
    const registry = new SlowRegistry();
    const shared = new CommitBatcher(registry);
    void shared.commit(one('k0'));
    void shared.commit(one('k1', [{ key: 'hold', expectedRevision: 0 }]));
    void shared.commit(one('k2', [{ key: 'hold', expectedRevision: 9 }]));
    void shared.commit(one('k3', [{ key: 'hold', expectedRevision: 0 }]));
    await registry.answer();
    expect(registry.written).toEqual([['k0'], ['k1', 'k3'], ['k2']]);
  });
});

describe('commits of any size', () => {
  test('are sent in batches of at most 1000 messages, with all additional events', async () => {
    const registry = new SlowRegistry();
    const extras = Array.from({ length: 20 }, (_, n) => extra(`brake.${n}`));
    const shared = new CommitBatcher(registry, () => extras);
    const sizes = [450, 30, 1, 450, 1, 15, 29, 1, 450, 2, 14, 60];
    const all = sizes.map((size, n) => shared.commit(big(`k${n}`, size)));
    await registry.answer();
    await Promise.all(all);
    for (const batch of registry.batches) expect(messages(batch)).toBeLessThanOrEqual(1000);
    const removed = registry.written.flat().filter((key) => key.startsWith('k'));
    expect(removed).toHaveLength(sizes.reduce((sum, size) => sum + size));
  });

  test('are not overtaken for ever: the first in the queue is always sent', async () => {
    const registry = new SlowRegistry();
    const shared = new CommitBatcher(registry);
    void shared.commit(one('k0'));
    void shared.commit(one('k1'));
    const large = shared.commit(big('large', 480));
    for (const key of keys(60).slice(2)) void shared.commit(one(key));
    await registry.answer();
    expect((await large).outcome).toBe('committed');
    expect(registry.written[2]?.[0]).toBe('large.0');
  });

  test('count their fences without an event as messages', async () => {
    const registry = new SlowRegistry();
    const shared = new CommitBatcher(registry);
    const fenced = (n: number): BatchableCommit =>
      one(
        `k${n}`,
        Array.from({ length: 90 }, (_, m) => ({ key: `hold.${n}.${m}`, expectedRevision: 0 })),
      );
    const all = Array.from({ length: 20 }, (_, n) => shared.commit(fenced(n)));
    await registry.answer();
    await Promise.all(all);
    for (const batch of registry.batches) expect(messages(batch)).toBeLessThanOrEqual(1000);
    expect(registry.batches).toHaveLength(3);
  });
});

describe('a key in two commits', () => {
  test.each([
    ['that both write', one('k1'), one('k1')],
    [
      'that one writes and the other has as a fence',
      one('k1'),
      one('k2', [{ key: 'k1', expectedRevision: 1 }]),
    ],
    [
      'that one has as a fence and the other writes',
      one('k2', [{ key: 'k1', expectedRevision: 1 }]),
      one('k1'),
    ],
    [
      'that is a fence of one and the brake of the other',
      one('k2', [{ key: 'brake.r1', expectedRevision: 0 }]),
      { ...one('k3'), permit: { zone: ZoneName.parse('r1'), revision: 7 } },
    ],
  ])('%s: they do not share a batch', async (_, first, second) => {
    const registry = new SlowRegistry();
    const shared = new CommitBatcher(registry);
    for (const commit of [one('k0'), first, second]) void shared.commit(commit);
    await registry.answer();
    expect(registry.batches).toHaveLength(3);
  });

  test('that is the brake of several: they share a batch', async () => {
    const registry = new SlowRegistry();
    const shared = new CommitBatcher(registry);
    const permit = { zone: ZoneName.parse('r1'), revision: 7 };
    for (const key of keys(4)) void shared.commit({ ...one(key), permit });
    await registry.answer();
    expect(registry.batches).toHaveLength(2);
  });
});
