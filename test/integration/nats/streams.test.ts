import type { StreamConfig } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import { openNatsStore } from '../../../src/adapters/nats/store.ts';
import { desiredStreams } from '../../../src/adapters/nats/streams/stream-settings.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { all, freshNamespace, openOn, recordAndEvent } from './support/open-store.ts';

const context = withServer();
const url = () => context.server.url;
const kinds = ['leases', 'registry', 'audit'] as const;

describe('a user with permission for one subject', () => {
  test.each(['all', 'sub'])('cannot wipe a bucket with a rollup of %s (B8)', async (rollup) => {
    await using opened = await openOn([url()]);
    const { store, names, raw } = opened;
    await store.registry.commit(recordAndEvent('agent.a.b', 0, 'one', 'a.b.r.1'));
    await store.leases.create('run.a.b.r', 'mine', 10_000);
    for (const subject of [
      `${names.registry.prefix}agent.other.b`,
      `${names.eventPrefix}other.b.r.1`,
      `${names.leases.prefix}run.other.b.r`,
    ]) {
      const hdrs = headers();
      hdrs.set('Nats-Rollup', rollup);
      const reply = (await raw.request(subject, 'x', { headers: hdrs, timeout: 5000 })).json();
      expect(reply).toMatchObject({ error: { err_code: 10111 } });
    }
    expect(await store.registry.read('agent.a.b')).toMatchObject({ text: 'one' });
    expect(await store.leases.read('run.a.b.r')).toMatchObject({ text: 'mine' });
  });

  test('cannot delete a message from registry or audit', async () => {
    await using opened = await openOn([url()]);
    const { store, names, jsm } = opened;
    await store.registry.commit(recordAndEvent('agent.a.b', 0, 'one', 'a.b.r.1'));
    await until('the event is in the audit', async () => (await store.audit.range()).last === 1);
    const { revision } = await store.registry.read('agent.a.b');
    await expect(jsm.streams.deleteMessage(names.registry.stream, revision)).rejects.toThrow();
    await expect(jsm.streams.deleteMessage(names.auditStream, 1)).rejects.toThrow();
    await expect(jsm.streams.purge(names.auditStream)).rejects.toThrow();
  });
});

describe('opening', () => {
  test('marks a namespace with its format, and refuses a later one without a write', async () => {
    const namespace = freshNamespace();
    const open = () => openNatsStore({ servers: [url()], namespace, name: 'test' });
    await (await open())[Symbol.asyncDispose]();
    await using opened = await openOn([url()]);
    const stream = subjectNamesOf(namespace).registry.stream;
    const { config, state } = await opened.jsm.streams.info(stream);
    expect(config.metadata).toMatchObject({ 'rollcall.format': '1' });
    await opened.jsm.streams.update(stream, { metadata: { 'rollcall.format': '2' } });
    await expect(open()).rejects.toMatchObject({
      code: 'store-too-new',
      message: expect.stringContaining(`namespace '${namespace}' has format "2"`),
    });
    expect((await opened.jsm.streams.info(stream)).state.last_seq).toBe(state.last_seq);
  });

  test('by many processes at the same time creates one store', async () => {
    const namespace = freshNamespace();
    const open = () => openNatsStore({ servers: [url()], namespace, name: 'test' });
    const stores = await Promise.all(Array.from({ length: 8 }, open));
    await stores[0]?.registry.commit(recordAndEvent('agent.a.b', 0, 'one', 'a.b.r.1'));
    for (const store of stores) {
      expect(await store.registry.read('agent.a.b')).toMatchObject({ text: 'one' });
      expect(store.findings).toEqual([]);
      await store[Symbol.asyncDispose]();
    }
  });

  test.each<[(typeof kinds)[number], Partial<StreamConfig>]>([
    ['registry', { allow_rollup_hdrs: true }],
    ['registry', { allow_rollup_hdrs: true, subject_delete_marker_ttl: 60_000_000_000 }],
    ['registry', { max_msgs_per_subject: 3 }],
    ['registry', { storage: 'memory' }],
    ['registry', { allow_atomic: false }],
    ['registry', { allow_msg_ttl: false }],
    ['registry', { deny_delete: false }],
    ['registry', { discard: 'old' as StreamConfig['discard'] }],
    ['registry', { max_age: 3600_000_000_000 }],
    ['registry', { max_msg_size: 4096 }],
    ['leases', { allow_msg_ttl: false }],
    ['leases', { storage: 'memory' }],
    ['leases', { max_age: 60_000_000_000 }],
    ['audit', { allow_msg_ttl: true }],
    ['audit', { deny_purge: false }],
  ])('is refused by name where the %s stream has %j', async (kind, changed) => {
    await using other = await openOn([url()]);
    const namespace = freshNamespace();
    const wanted = desiredStreams(subjectNamesOf(namespace), 1)[kind];
    await other.jsm.streams.add({ ...wanted, ...changed } as StreamConfig & { name: string });
    const opening = openNatsStore({ servers: [url()], namespace, name: 'test' });
    const fault = await opening.catch((cause: unknown) => cause);
    expect(fault).toMatchObject({ code: 'store-misconfigured' });
    for (const setting of Object.keys(changed)) {
      expect(String(fault)).toContain(`${wanted.name}: ${setting} is `);
    }
  });

  test('accepts a stream that is only smaller, and logs it', async () => {
    await using other = await openOn([url()]);
    const namespace = freshNamespace();
    const wanted = desiredStreams(subjectNamesOf(namespace), 1).registry;
    const changed = { ...wanted, max_bytes: 10_000_000 };
    await other.jsm.streams.add(changed as StreamConfig & { name: string });
    await using opened = await openOn([url()], { namespace });
    const finding = { stream: wanted.name, setting: 'max_bytes', found: 10_000_000, wanted: -1 };
    expect(opened.store.findings).toEqual([{ ...finding, dangerous: false }]);
    expect(await opened.store.inspect()).toEqual([{ ...finding, dangerous: false }]);
  });

  test('is not needed to detect a missing stream', async () => {
    await using opened = await openOn([url()]);
    await opened.jsm.streams.delete(opened.names.leases.stream);
    expect(await opened.store.inspect()).toEqual([
      {
        stream: opened.names.leases.stream,
        setting: 'name',
        found: null,
        wanted: opened.names.leases.stream,
        dangerous: true,
      },
    ]);
  });

  test('of a missing namespace without `create` is refused, and creates nothing', async () => {
    await using other = await openOn([context.server.url]);
    const options = { servers: [url()], namespace: freshNamespace(), name: 'test', create: false };
    await expect(openNatsStore(options)).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining(options.namespace),
    });
    const { streams } = await other.jsm.getAccountInfo();
    await expect(openNatsStore(options)).rejects.toThrow();
    expect((await other.jsm.getAccountInfo()).streams).toBe(streams);
    await using made = await openNatsStore({ ...options, create: true });
    await using there = await openNatsStore(options);
    expect(there.findings).toEqual(made.findings);
  });

  test('a namespace creates a missing keyframe stream, also for a reader', async () => {
    await using first = await openOn([url()]);
    const { names, jsm } = first;
    await first.store.registry.commit(recordAndEvent('agent.a.b', 0, 'one', 'a.b.r.1'));
    await jsm.streams.delete(names.keyframes.stream);
    const { namespace } = names;
    await using looking = await openOn([url()], { namespace, create: false });
    expect(await looking.store.keyframes.list()).toEqual([]);
    expect(await looking.store.inspect()).toEqual([]);
    expect(await looking.store.registry.read('agent.a.b')).toMatchObject({ text: 'one' });
  });

  test('a namespace creates no other missing stream for a reader', async () => {
    await using first = await openOn([url()]);
    const { names, jsm } = first;
    const { namespace } = names;
    await jsm.streams.delete(names.leases.stream);
    await jsm.streams.delete(names.keyframes.stream);
    await expect(openOn([url()], { namespace, create: false })).rejects.toMatchObject({
      code: 'not-found',
      message: `namespace '${namespace}' lacks ${names.leases.stream}`,
    });
    expect((await first.store.inspect()).map(({ stream }) => stream)).toEqual([
      names.leases.stream,
      names.keyframes.stream,
    ]);
    await using _whole = await openOn([url()], { namespace });
    expect(await first.store.inspect()).toEqual([]);
  });

  test('requests as many replicas as there are servers, or reports why not', async () => {
    const opening = openOn([url()], { replicas: 3 });
    await expect(opening).rejects.toMatchObject({ code: 'store-misconfigured' });
  });
});

describe('a recreated registry', () => {
  test('never repeats a revision, even if the clock is behind (§3)', async () => {
    await using first = await openOn([url()]);
    const { names, jsm } = first;
    const { namespace } = names;
    // As if the clock had been a year ahead when the first registry was made.
    const ahead = (Date.now() + 365 * 86_400_000) * 1000;
    await jsm.streams.delete(names.registry.stream);
    const wanted = desiredStreams(names, 1).registry;
    await jsm.streams.add({ ...wanted, first_seq: ahead } as StreamConfig & { name: string });
    const before = await first.store.registry.commit(
      recordAndEvent('agent.a.b', 0, 'x', 'a.b.r.1'),
    );
    expect(before).toMatchObject({ outcome: 'committed' });
    await until('the audit has it', async () => (await first.store.audit.range()).last === 1);
    const { revision } = await first.store.registry.read('agent.a.b');
    expect(revision).toBeGreaterThanOrEqual(ahead);

    await jsm.streams.delete(names.registry.stream);
    await using second = await openOn([url()], { namespace });
    expect(await second.store.registry.read('agent.a.b')).toMatchObject({ revision: 0 });
    await second.store.registry.commit(recordAndEvent('agent.a.b', 0, 'y', 'a.b.s.1'));
    expect((await second.store.registry.read('agent.a.b')).revision).toBeGreaterThan(revision + 1);
    const both = await until('the audit goes on with the new one', async () => {
      const events = await all(second.store.audit.read(0));
      return events.length === 2 ? events : undefined;
    });
    expect(both.map((event) => event.subject)).toEqual(['a.b.r.1', 'a.b.s.1']);
    expect(both[1]?.origin).toBeGreaterThan(both[0]?.origin ?? 0);
  });
});
