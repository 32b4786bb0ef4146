import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { connectNats } from '../../../../src/adapters/nats/connection/connect.ts';
import { SupervisedConnection } from '../../../../src/adapters/nats/connection/supervised-connection.ts';
import { watch } from '../../../../src/adapters/nats/read/watch.ts';
import { startTestServer } from '../../harness/nats-server.ts';
import { startProxy } from '../../harness/proxy.ts';
import { until } from '../../harness/until.ts';
import { withServer } from '../../harness/with-server.ts';
import { create, range } from '../support/create-keys.ts';
import { openOn } from '../support/open-store.ts';
import { WatchRecorder } from '../support/watch-recorder.ts';

const context = withServer();

describe('a watch', () => {
  test('continues after a killed server, without losses, duplicates or a new start', async () => {
    await using server = await startTestServer();
    await using opened = await openOn([server.url]);
    await create(opened, ...range(0, 3));
    await using watched = new WatchRecorder(opened.store.registry, ['agent.>']);
    await until('it has seen three', () => watched.keys.length === 3);
    await create(opened, ...range(3, 6));
    await server.kill();
    await until('it says so', () => watched.countOf('stale') === 1);
    await server.restart();
    await create(opened, ...range(6, 9));
    await until('it has seen all', () => watched.keys.length === 9);
    expect(watched.keys).toEqual(range(0, 9));
    expect(watched.countOf('snapshot')).toBe(1);
    expect(watched.countOf('stale')).toBe(1);
  });

  test('receives changes that were in flight when the connection broke (B6)', async () => {
    await using proxy = await startProxy(context.server);
    await using opened = await openOn([proxy.url], { direct: [context.server.url] });
    await using other = await openOn([context.server.url], { namespace: opened.names.namespace });
    await using watched = new WatchRecorder(opened.store.registry, ['agent.>']);
    await until('it has begun', () => watched.countOf('snapshot') === 1);
    proxy.blackhole('to-client');
    await create(other, ...range(0, 3));
    proxy.cut();
    await proxy.pass();
    await until('it has all three', () => watched.keys.length === 3, 5000);
    expect(watched.countOf('snapshot')).toBe(1);
  });

  test('on a dead connection reports stale within 3 s, and continues when it works again', async () => {
    await using proxy = await startProxy(context.server);
    await using opened = await openOn([proxy.url], { direct: [context.server.url] });
    await using other = await openOn([context.server.url], { namespace: opened.names.namespace });
    await using watched = new WatchRecorder(opened.store.registry, ['agent.>']);
    // The snapshot precedes the consumer, whose creation waits for its answer for 5 s.
    await until('its consumer is alive', () => watched.countOf('heartbeat') > 0);
    proxy.blackhole();
    const dead = performance.now();
    await until('it says so', () => watched.countOf('stale') === 1);
    expect(performance.now() - dead).toBeLessThan(3500);
    await create(other, ...range(0, 3));
    await proxy.pass();
    await until('it has all three', () => watched.keys.length === 3);
    expect(watched.keys).toEqual(range(0, 3));
    expect(watched.countOf('snapshot')).toBe(1);
  });

  test('of a frozen server reports stale, and a heartbeat after the thaw', async () => {
    await using server = await startTestServer();
    await using opened = await openOn([server.url]);
    await using watched = new WatchRecorder(opened.store.registry, ['agent.>']);
    await until('it is alive', () => watched.countOf('heartbeat') > 0);
    server.freeze();
    await until('it says so', () => watched.countOf('stale') === 1);
    const alive = watched.countOf('heartbeat');
    await sleep(1500);
    expect(watched.countOf('heartbeat')).toBe(alive);
    server.thaw();
    await until('it is alive again', () => watched.countOf('heartbeat') > alive);
  });

  test('resumes after a message that was rewritten while it was disconnected', async () => {
    await using proxy = await startProxy(context.server);
    await using opened = await openOn([context.server.url]);
    await using reader = await openOn([proxy.url], {
      direct: [context.server.url],
      namespace: opened.names.namespace,
    });
    await create(opened, ...range(0, 3));
    await using watched = new WatchRecorder(reader.store.registry, ['agent.>']);
    await until('it has seen three', () => watched.keys.length === 3);
    await proxy.refuse();
    proxy.cut();
    const last = await opened.store.registry.read('agent.a.2');
    await opened.store.registry.commit({
      writes: [{ key: 'agent.a.2', expectedRevision: last.revision, text: 'again' }],
      events: [],
    });
    await create(opened, 'agent.a.3');
    await proxy.pass();
    await until('it has seen all', () => watched.keys.length === 4);
    expect(watched.arrivals.map(({ key }) => key)).toEqual(['agent.a.2', 'agent.a.3']);
    expect(watched.countOf('snapshot')).toBe(1);
  });

  test('takes a snapshot now and then, without ever being stale', async () => {
    await using opened = await openOn([context.server.url]);
    await using supervised = new SupervisedConnection(
      await connectNats({ servers: [context.server.url], name: 'test' }),
    );
    await create(opened, ...range(0, 3));
    const spec = {
      bucket: opened.names.registry,
      filters: ['agent.>'],
      within: 5000,
      forgetAfter: 60_000,
      resyncEvery: () => 1000,
    };
    await using watched = new WatchRecorder(
      { watch: (_, signal) => watch(supervised, spec, signal) },
      [],
    );
    await until('it has taken three', () => watched.countOf('snapshot') === 3);
    expect(watched.keys).toEqual(range(0, 3));
    expect(watched.countOf('stale')).toBe(0);
    expect(watched.lastWhy).toBe('periodic check');
  });

  test('starts after all earlier commits, watched or not', async () => {
    await using opened = await openOn([context.server.url]);
    const { registry } = opened.store;
    await create(opened, 'instance.a.b.c.d', 'agent.a.b');
    const { revision } = await registry.read('agent.a.b');
    await using watched = new WatchRecorder(registry, ['instance.>']);
    await until('it has begun', () => watched.countOf('snapshot') === 1);
    expect(watched.upTo).toBeGreaterThanOrEqual(revision);
    await create(opened, 'agent.a.c');
    const next = await registry.read('agent.a.c');
    await until('it passes what it does not watch', () => watched.upTo >= next.revision, 3000);
    expect(watched.arrivals).toEqual([]);
  });

  test('that is read slowly loses nothing, and is not restarted', async () => {
    await using opened = await openOn([context.server.url]);
    const many = 20_000;
    for (let from = 0; from < many; from += 1000) {
      const writes = range(from, from + 1000).map((key) => ({
        key,
        expectedRevision: 0,
        text: 'x'.repeat(500),
      }));
      await opened.store.registry.commit({ writes, events: [] });
    }
    const ending = new AbortController();
    let seen = 0;
    for await (const feed of opened.store.registry.watch(['agent.>'], ending.signal)) {
      expect(feed.kind).not.toBe('stale');
      if (feed.kind === 'heartbeat') continue;
      if (feed.kind !== 'stale') seen += feed.entries.length;
      if (feed.kind === 'snapshot') {
        expect(seen).toBe(many);
        const writes = feed.entries.map(({ key, revision }) => ({
          key,
          expectedRevision: revision,
          text: 'y'.repeat(500),
        }));
        for (let from = 0; from < many; from += 1000) {
          await opened.store.registry.commit({
            writes: writes.slice(from, from + 1000),
            events: [],
          });
        }
        await sleep(4000);
      } else await sleep(20);
      if (seen >= 2 * many) ending.abort();
    }
    expect(seen).toBe(2 * many);
  });

  test('leaves no consumer, whether it ends by signal or by return', async () => {
    await using opened = await openOn([context.server.url]);
    const { jsm, names, store } = opened;
    const consumers = async () =>
      (await jsm.streams.info(names.registry.stream)).state.consumer_count;
    await using watched = new WatchRecorder(store.registry, ['agent.>']);
    await until('it is there', async () => (await consumers()) === 1);
    for await (const feed of store.registry.watch(['agent.>'], new AbortController().signal)) {
      if (feed.kind === 'heartbeat') break;
    }
    await store.registry.list(['agent.>'], 0);
    await until('the others are gone', async () => (await consumers()) === 1, 2000);
    await watched[Symbol.asyncDispose]();
    await until('all are gone', async () => (await consumers()) === 0, 2000);
  });
});
