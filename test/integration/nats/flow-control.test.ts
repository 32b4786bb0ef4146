import { expect, test } from 'vitest';
import type { WatchEvent } from '../../../src/ports/watch.ts';
import { startConfigured } from './support/configured-server.ts';
import { freshNamespace, openOn } from './support/open-store.ts';

const config = (storeDir: string) => `
jetstream { store_dir: "${storeDir}" }
accounts { APP { jetstream: enabled, users: [
  { user: app, password: x }
  { user: deaf, password: x, permissions: { publish: { deny: ["$JS.FC.>"] } } }
] } }`;

const many = 15_000;

test('a watch whose flow control replies are denied reports that, and never a heartbeat', async () => {
  await using server = await startConfigured(config);
  const namespace = freshNamespace();
  const as = (user: string) => ({ namespace, credentials: { user, pass: 'x' } });
  const login = { rawLogin: { user: 'app', pass: 'x' } };
  await using app = await openOn([server.url], { ...as('app'), ...login });
  for (let from = 0; from < many; from += 1000) {
    const writes = Array.from({ length: 1000 }, (_, n) => ({
      key: `agent.a.${from + n}`,
      expectedRevision: 0,
      text: 'x'.repeat(1000),
    }));
    expect(await app.store.registry.commit({ writes, events: [] })).toMatchObject({
      outcome: 'committed',
    });
  }
  expect(await app.store.registry.list(['agent.>'], 0)).toHaveLength(many);

  await using deaf = await openOn([server.url], { ...as('deaf'), ...login });
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
