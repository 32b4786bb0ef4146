import { cp, rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { startTestCluster } from '../../harness/cluster.ts';
import type { TestServer } from '../../harness/nats-server.ts';
import { until } from '../../harness/until.ts';
import { type Opened, openOn, recordAndEvent } from '../support/open-store.ts';
import { WatchRecorder } from '../support/watch-recorder.ts';

const keys = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => `agent.a.${from + n}`);

/** Writes new records one after the other, each until it is stored. */
async function create({ store }: Opened, ...all: readonly string[]): Promise<void> {
  for (const key of all) {
    await until(`${key} is stored`, async () => {
      const { outcome } = await store.registry.commit(
        recordAndEvent(key, 0, key, `a.b.run.${key}`),
      );
      return (
        outcome === 'committed' || (await store.registry.read(key).catch(() => undefined))?.text
      );
    });
  }
}

const stopAll = (nodes: readonly TestServer[]) => Promise.all(nodes.map((node) => node.stop()));
const startAll = (nodes: readonly TestServer[]) => Promise.all(nodes.map((node) => node.restart()));

test('a watch on a server that kept a lost history shows what two restored servers have', async () => {
  await using cluster = await startTestCluster(3, { advertise: false });
  const [one, two, third] = cluster.nodes;
  if (!one || !two || !third) throw new Error('three nodes');
  const restored = [one, two];
  await using opened = await openOn([one.url, two.url], { replicas: 3 });
  await using reader = await openOn([third.url], {
    namespace: opened.names.namespace,
    replicas: 3,
  });
  await create(opened, ...keys(0, 3));
  await stopAll(cluster.nodes);
  await using copies = new AsyncDisposableStack();
  for (const { storeDir } of restored) {
    await cp(`${storeDir}/jetstream`, `${storeDir}-copy`, { recursive: true });
    copies.defer(() => rm(`${storeDir}-copy`, { recursive: true, force: true }));
  }
  await startAll(cluster.nodes);
  await using watched = new WatchRecorder(reader.store.registry, ['agent.>']);
  await create(opened, ...keys(3, 6));
  await until('it has seen six', () => watched.keys.length === 6);

  // A restore of two of the three: they are a majority, and the third alone remembers the end.
  await stopAll(cluster.nodes);
  for (const { storeDir } of restored) {
    await rm(`${storeDir}/jetstream`, { recursive: true });
    await cp(`${storeDir}-copy`, `${storeDir}/jetstream`, { recursive: true });
  }
  await startAll(restored);
  await create(opened, ...keys(10, 20));
  await third.restart();
  const now = [...keys(0, 3), ...keys(10, 20)];
  await until(
    'it shows the present history',
    () => watched.keys.join() === now.join(),
    60_000,
  ).catch((error: unknown) => {
    throw new Error(`it shows ${watched.keys.join()}`, { cause: error });
  });
  expect(watched.countOf('snapshot')).toBeGreaterThan(1);
});
