import { expect, test } from 'vitest';
import { openNatsStore } from '../../../src/adapters/nats/store.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { all, openOn, recordAndEvent } from '../nats/support/open-store.ts';
import { copyStreams } from './support/stored-copy.ts';

const textsOf = (events: readonly { readonly text: string }[]) => events.map(({ text }) => text);
const commitOf = (name: string) => recordAndEvent(`agent.a.${name}`, 0, 'x', `a.b.${name}.1`);

test('a registry that was restored from an older copy loses no later event and repeats no revision', async () => {
  await using server = await startTestServer();
  await using opened = await openOn([server.url]);
  const { store, names } = opened;
  const stored = async (name: string): Promise<number> => {
    const outcome = await store.registry.commit(commitOf(name));
    if (outcome.outcome !== 'committed') throw new Error(`${name}: ${outcome.outcome}`);
    return Math.max(...outcome.revisions.values());
  };
  const audited = (name: string) =>
    until(`the audit has ${name}`, async () => {
      const texts = textsOf(await all(store.audit.read(0)));
      return texts.includes(`{"of":"agent.a.${name}"}`);
    });
  await stored('before');
  await audited('before');
  await using copy = await copyStreams(server, names.namespace);
  let lost = 0;
  for (const n of [1, 2, 3, 4, 5]) lost = await stored(`lost${n}`);
  await audited('lost5');
  await copy.restore('registry');

  await using other = await openNatsStore({
    servers: [server.url],
    namespace: Namespace.parse(names.namespace),
    name: 'other',
  });
  const outcomes = await Promise.all([
    stored('after1'),
    stored('after2'),
    other.registry.commit(commitOf('after3')),
  ]);
  expect(outcomes[2]).toMatchObject({ outcome: 'committed' });
  for (const revision of [outcomes[0], outcomes[1]]) expect(revision).toBeGreaterThan(lost);
  for (const name of ['after1', 'after2', 'after3']) await audited(name);
  await until('the outbox is trimmed', async () => (await store.audit.tidy()) > 0);
  const events = await all(store.audit.read(0));
  expect(events).toHaveLength(9);
  const origins = events.map(({ origin }) => origin);
  expect(origins).toEqual([...new Set(origins)].sort((a, b) => a - b));
});
