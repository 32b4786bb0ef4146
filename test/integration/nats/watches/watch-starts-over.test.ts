import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { connectNats } from '../../../../src/adapters/nats/connection/connect.ts';
import { SupervisedConnection } from '../../../../src/adapters/nats/connection/supervised-connection.ts';
import { watch } from '../../../../src/adapters/nats/read/watch.ts';
import { desiredStreams } from '../../../../src/adapters/nats/streams/stream-settings.ts';
import { startTestServer } from '../../harness/nats-server.ts';
import { startProxy } from '../../harness/proxy.ts';
import { copyOfStore } from '../../harness/store-copy.ts';
import { until } from '../../harness/until.ts';
import { withServer } from '../../harness/with-server.ts';
import { create, range } from '../support/create-keys.ts';
import { openOn } from '../support/open-store.ts';
import { WatchRecorder } from '../support/watch-recorder.ts';

const context = withServer();

describe('a watch', () => {
  test('of a recreated stream starts over', async () => {
    await using opened = await openOn([context.server.url]);
    const { jsm, names } = opened;
    await create(opened, ...range(0, 3));
    await using watched = new WatchRecorder(opened.store.registry, ['agent.>']);
    await until('it has seen three', () => watched.keys.length === 3);
    await jsm.streams.delete(names.registry.stream);
    const { registry } = desiredStreams(names, 1);
    await jsm.streams.add({ ...registry, first_seq: Date.now() * 1000 } as never);
    await create(opened, 'agent.a.new');
    await until('it starts over', () => watched.countOf('snapshot') === 2);
    await until('it has the one key', () => watched.keys.join() === 'agent.a.new');
  });

  test('of a stream that was restored from an older copy starts over', async () => {
    await using server = await startTestServer();
    await using opened = await openOn([server.url]);
    await create(opened, ...range(0, 3));
    await using copy = await copyOfStore(server);
    await using watched = new WatchRecorder(opened.store.registry, ['agent.>']);
    await create(opened, ...range(3, 9));
    await until('it has seen nine', () => watched.keys.length === 9);
    await copy.restore();
    await until('it starts over', () => watched.countOf('snapshot') === 2);
    expect(watched.keys).toEqual(range(0, 3));
  });

  test('of a stream that lost its tail and grew past the watch while it was away starts over', async () => {
    await using server = await startTestServer();
    await using proxy = await startProxy(server);
    await using opened = await openOn([server.url]);
    await using reader = await openOn([proxy.url], {
      direct: [server.url],
      namespace: opened.names.namespace,
    });
    await create(opened, ...range(0, 3));
    await using copy = await copyOfStore(server);
    await using watched = new WatchRecorder(reader.store.registry, ['agent.>']);
    await create(opened, ...range(3, 6));
    await until('it has seen six', () => watched.keys.length === 6);
    await proxy.refuse();
    proxy.cut();
    await copy.restore();
    await create(opened, ...range(10, 20));
    await proxy.pass();
    await until('it starts over', () => watched.countOf('snapshot') === 2);
    expect(watched.keys).toEqual([...range(0, 3), ...range(10, 20)]);
    expect(watched.lastWhy).toContain('lost its last messages and has others in their place');
  });

  test('that was disconnected for longer than the ttl of tombstones starts over', async () => {
    await using proxy = await startProxy(context.server);
    await using opened = await openOn([context.server.url]);
    await using supervised = new SupervisedConnection(
      await connectNats({ servers: [proxy.url], name: 'test' }),
    );
    const spec = { bucket: opened.names.registry, filters: ['agent.>'], within: 5000 };
    const watchable = (forgetAfter: number) => ({
      watch: (_: readonly string[], signal: AbortSignal) =>
        watch(supervised, { ...spec, forgetAfter }, signal),
    });
    await using forgetful = new WatchRecorder(watchable(1000), []);
    await using mindful = new WatchRecorder(watchable(60_000), []);
    await until(
      'both live',
      () => forgetful.countOf('heartbeat') > 0 && mindful.countOf('heartbeat') > 0,
    );
    await proxy.refuse();
    proxy.cut();
    await sleep(2500);
    await proxy.pass();
    await until('the one starts over', () => forgetful.countOf('snapshot') === 2);
    await until('the other is alive', () => mindful.countOf('heartbeat') > 1);
    expect(mindful.countOf('snapshot')).toBe(1);
  });
});
