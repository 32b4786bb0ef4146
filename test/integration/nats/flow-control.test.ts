import { expect, test } from 'vitest';
import type { Namespace } from '../../../src/domain/identity/names.ts';
import type { WatchEvent } from '../../../src/ports/watch.ts';
import { startConfigured } from './support/configured-server.ts';
import { freshNamespace, type Opened, openOn } from './support/open-store.ts';

const config = (storeDir: string) => `
jetstream { store_dir: "${storeDir}" }
accounts { APP { jetstream: enabled, users: [
  { user: app, password: x }
  { user: deaf, password: x, permissions: { publish: { deny: ["$JS.FC.>"] } } }
] } }`;

const login = { rawLogin: { user: 'app', pass: 'x' } };
const as = (namespace: Namespace, user: string) => ({
  namespace,
  credentials: { user, pass: 'x' },
  ...login,
});

/** Stores so many records of 1000 characters. */
async function fill({ store }: Opened, many: number): Promise<void> {
  for (let from = 0; from < many; from += 1000) {
    const writes = Array.from({ length: 1000 }, (_, n) => ({
      key: `agent.a.${from + n}`,
      expectedRevision: 0,
      text: 'x'.repeat(1000),
    }));
    expect(await store.registry.commit({ writes, events: [] })).toMatchObject({
      outcome: 'committed',
    });
  }
}

test('a watch whose flow control replies are denied reports that, and never a heartbeat', async () => {
  await using server = await startConfigured(config);
  const namespace = freshNamespace();
  const many = 15_000;
  await using app = await openOn([server.url], as(namespace, 'app'));
  await fill(app, many);
  expect(await app.store.registry.list(['agent.>'], 0)).toHaveLength(many);

  await using deaf = await openOn([server.url], as(namespace, 'deaf'));
  const why = expect.stringContaining('$JS.FC');
  await expect(deaf.store.registry.list(['agent.>'], 0)).rejects.toMatchObject({
    code: 'store-unavailable',
    message: why,
  });
  const said: WatchEvent[] = [];
  for await (const feed of deaf.store.registry.watch(['agent.>'], new AbortController().signal)) {
    said.push(feed);
    if (feed.kind === 'stale') break;
  }
  expect(said).toEqual([{ kind: 'stale', why }]);
});

test('a slow reader reads a large registry at the first try', async () => {
  await using server = await startConfigured(config);
  await using app = await openOn([server.url], as(freshNamespace(), 'app'));
  const many = 40_000;
  await fill(app, many);
  let tries = 0;
  let entries = 0;
  let reads = 0;
  // While the reader is slow, the server fills its window and repeats its request in several heartbeats. The reader is
  // not slow for long: a server ends a connection that does not take its messages within ten seconds.
  const pause = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 550);
  const reader = {
    begin() {
      tries += 1;
      entries = 0;
    },
    take(taken: readonly unknown[]) {
      entries += taken.length;
      reads += 1;
      if (reads % 20 === 0 && reads <= 480) pause();
    },
  };
  const { signal } = new AbortController();
  for await (const { kind } of app.store.registry.watch(['agent.>'], signal, reader)) {
    expect(kind).toBe('snapshot');
    break;
  }
  expect({ tries, entries }).toEqual({ tries: 1, entries: many });
});
