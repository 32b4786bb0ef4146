import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { days } from '../../../src/domain/time.ts';
import { replayTo } from '../../../src/runtime/audit/replay.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { changing, settingsOf, startChangingFleet } from './support/changing-fleet.ts';
import { quiet, verdictOn } from './support/sample-audit.ts';

const context = withServer();
const never = new AbortController().signal;

describe('retention limits on the history', () => {
  test('trim it although deletes and purges are denied, and verify succeeds from a keyframe', async () => {
    await using opened = await startChangingFleet(context.server.url);
    const { store, jsm, names } = opened;
    await opened.change(60);
    const keyframe = await opened.keep();
    expect(keyframe).toBeGreaterThan(60);
    const { state } = await jsm.streams.info(names.auditStream);
    await store.audit.limit({ maxBytes: Math.ceil(state.bytes / 2) }, keyframe);
    const { first, last } = await store.audit.range();
    expect(first).toBeGreaterThan(20);
    expect(first).toBeLessThan(keyframe);
    expect(await settingsOf(opened)).toMatchObject({ deny_delete: true, deny_purge: true });
    await expect(jsm.streams.purge(names.auditStream)).rejects.toThrow();
    const verdict = await verdictOn(store);
    expect(verdict).toMatchObject({ said: [], first, begunFrom: keyframe, last });

    await opened.change(10);
    const later = await verdictOn(store);
    expect(later).toMatchObject({ said: [], begunFrom: keyframe });
    expect(later.first).toBeGreaterThan(first);
    const replayed = await replayTo(store.audit, { at: Date.now() }, store.keyframes, never);
    expect([...replayed.records.keys()]).toHaveLength(2 + changing.length);
  });

  test('are set from the policy when a signed keyframe covers the trimmed events', async () => {
    await using opened = await startChangingFleet(context.server.url);
    const { store, keyframer } = opened;
    await opened.wish({ maxBytes: 1_000_000, maxAge: days(90) });
    await opened.change(60, 'x'.repeat(30_000));
    await keyframer.limit();
    expect(await settingsOf(opened)).toMatchObject({ max_bytes: -1, max_age: 0 });
    const keyframe = await opened.keep();
    await keyframer.limit();
    const limits = { max_bytes: 1_000_000, max_age: days(90) * 1_000_000, discard: 'old' };
    expect(await settingsOf(opened)).toMatchObject(limits);
    const { first } = await store.audit.range();
    expect(first).toBeGreaterThan(20);
    expect(await verdictOn(store)).toMatchObject({ said: [], first, begunFrom: keyframe });
    await opened.wish({});
    await keyframer.limit();
    expect(await settingsOf(opened)).toMatchObject({ max_bytes: -1, max_age: 0, discard: 'new' });
    expect(await verdictOn(store)).toMatchObject({ said: [] });
  });

  test('are refused when they would immediately remove events that no keyframe covers', async () => {
    await using opened = await startChangingFleet(context.server.url);
    const { store, jsm, names } = opened;
    await opened.change(30);
    await expect(store.audit.limit({ maxBytes: 1_000_000_000 }, 0)).rejects.toMatchObject({
      code: 'store-refused',
      message: expect.stringContaining('there is no signed keyframe'),
    });
    const keyframe = await opened.keep();
    await opened.change(30);
    const { state } = await jsm.streams.info(names.auditStream);
    await expect(
      store.audit.limit({ maxBytes: Math.ceil(state.bytes / 4) }, keyframe),
    ).rejects.toThrow('the events after the last signed keyframe');
    await sleep(1500);
    await expect(store.audit.limit({ maxAge: 1000 }, keyframe)).rejects.toThrow(
      'are older than the limit',
    );
    expect(await store.audit.range()).toMatchObject({ first: 1 });
    expect(await settingsOf(opened)).toMatchObject({ max_bytes: -1, discard: 'new' });

    await store.audit.limit({ maxAge: 3_600_000, maxBytes: 4 * state.bytes }, keyframe);
    expect(await settingsOf(opened)).toMatchObject({
      max_age: 3_600_000_000_000,
      max_bytes: 4 * state.bytes,
      discard: 'old',
    });
    expect((await store.inspect()).filter(({ dangerous }) => dangerous)).toEqual([]);
    await store.audit.limit({}, keyframe);
    expect(await settingsOf(opened)).toMatchObject({ max_bytes: -1, discard: 'new' });
    expect(await store.inspect()).toEqual([]);
  });

  test('that removed events which no keyframe covers are reported by verify', async () => {
    await using opened = await startChangingFleet(context.server.url);
    const { store, jsm, names } = opened;
    await opened.change(20);
    const keyframe = await opened.keep();
    await opened.change(40);
    const { config, state } = await jsm.streams.info(names.auditStream);
    const max_bytes = Math.ceil(state.bytes / 4);
    await jsm.streams.update(names.auditStream, { ...config, discard: 'old' as never, max_bytes });
    const { first } = await store.audit.range();
    expect(first).toBeGreaterThan(keyframe + 1);
    const { said, begunFrom } = await verdictOn(store);
    expect(begunFrom).toBe(0);
    expect(said[0]).toMatchObject({ seq: first, entity: 'history', check: 'stream' });
  });

  test('that trimmed all events, and a restart, duplicate no event', async () => {
    await using server = await startTestServer();
    await using opened = await startChangingFleet(server.url);
    const { store, jsm, names } = opened;
    await opened.change(20);
    const keyframe = await opened.keep();
    await store.audit.tidy();
    const last = await quiet(store);
    const { config } = await jsm.streams.info(names.auditStream);
    await jsm.streams.update(names.auditStream, { ...config, max_age: 1_000_000_000 });
    await until('all has aged out', async () => (await store.audit.range()).first > last);
    await server.restart();
    await until(
      'it is back',
      async () => (await store.audit.range().catch(() => undefined)) !== undefined,
    );
    const { config: now } = await jsm.streams.info(names.auditStream);
    await jsm.streams.update(names.auditStream, { ...now, max_age: 0 });
    await sleep(2000);
    await opened.change(5);
    const subjects = [];
    for await (const { subject, seq } of store.audit.read(0)) {
      expect(seq).toBeGreaterThan(last);
      subjects.push(subject);
    }
    expect(new Set(subjects).size).toBe(subjects.length);
    expect(subjects.some((subject) => subject.includes('.collector.'))).toBe(false);
    expect(keyframe).toBeLessThan(last);
  });
});
