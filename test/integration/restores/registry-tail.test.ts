import { expect, test } from 'vitest';
import { openNatsStore } from '../../../src/adapters/nats/store.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';
import type { Store } from '../../../src/ports/ports.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { all, openOn, recordAndEvent } from '../nats/support/open-store.ts';
import { copyStreams } from './support/stored-copy.ts';

const textsOf = (events: readonly { readonly text: string }[]) => events.map(({ text }) => text);
/** Commits once the store can: a repair takes longer than one call on a busy machine. Returns the revision. */
async function committed({ registry }: Pick<Store, 'registry'>, name: string): Promise<number> {
  let revision = 0;
  await until(
    `${name} is stored`,
    async () => {
      const outcome = await registry.commit(commitOf(name));
      if (outcome.outcome === 'committed') revision = Math.max(...outcome.revisions.values());
      return revision > 0;
    },
    60_000,
  );
  return revision;
}

const commitOf = (name: string) => recordAndEvent(`agent.a.${name}`, 0, 'x', `a.b.${name}.1`);

test('a registry that was restored from an older copy loses no later event and repeats no revision', async () => {
  await using server = await startTestServer();
  await using opened = await openOn([server.url]);
  const { store, names } = opened;
  const stored = (name: string) => committed(store, name);
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
    committed(other, 'after3'),
  ]);
  for (const revision of outcomes) expect(revision).toBeGreaterThan(lost);
  for (const name of ['after1', 'after2', 'after3']) await audited(name);
  await until('the outbox is trimmed', async () => (await store.audit.tidy()) > 0);
  const events = await all(store.audit.read(0));
  expect(events).toHaveLength(9);
  const origins = events.map(({ origin }) => origin);
  expect(origins).toEqual([...new Set(origins)].sort((a, b) => a - b));
});

test('an event that a process wrote before the repair reaches the audit once, for any repairing process', async () => {
  await using server = await startTestServer();
  await using opened = await openOn([server.url]);
  const { store, names } = opened;
  const texts = async () => textsOf(await all(store.audit.read(0)));
  await store.registry.commit(commitOf('before'));
  await until('the audit has it', async () => (await texts()).length === 1);
  await using copy = await copyStreams(server, names.namespace);
  for (const n of [1, 2, 3, 4, 5]) await store.registry.commit(commitOf(`lost${n}`));
  await until('the audit has all', async () => (await texts()).length === 6);
  await copy.restore('registry');
  await using fresh = await openOn([server.url], { namespace: names.namespace });
  const patient = { timeout: 10_000 };
  await fresh.raw.request(`${names.registry.prefix}agent.a.foreign`, 'x', patient);
  await fresh.raw.request(`${names.eventPrefix}a.b.foreign.1`, 'foreign', patient);
  await using other = await openNatsStore({
    ...{ servers: [server.url], namespace: Namespace.parse(names.namespace), name: 'other' },
  });
  await until(
    'the audit has it',
    async () => {
      await Promise.all([store.audit.tidy(), other.audit.tidy()]);
      return (await texts()).includes('foreign');
    },
    60_000,
  );
  await Promise.all([store.audit.tidy(), other.audit.tidy()]);
  expect((await texts()).filter((text) => text === 'foreign')).toHaveLength(1);
  const [loss, ...more] = await store.audit.losses();
  expect(more).toEqual([]);
  const [first] = await all(store.audit.read(0));
  expect(loss).toMatchObject({ kind: 'registry-lost-tail', kept: first?.origin, seq: 6 });
});

test('a registry that was created again is noticed although other processes have already written to it', async () => {
  await using server = await startTestServer();
  await using opened = await openOn([server.url]);
  const { store, names, jsm } = opened;
  const auditLast = async () => (await store.audit.range()).last;
  for (const n of [1, 2, 3]) await store.registry.commit(commitOf(`old${n}`));
  await until('the audit has all', async () => (await auditLast()) === 3);
  const before = (await all(store.audit.read(0))).at(-1);
  await jsm.streams.delete(names.registry.stream);
  await using _ = await openOn([server.url], { namespace: names.namespace });
  for (const n of [1, 2]) await committed(store, `new${n}`);
  await until('the audit has all', async () => (await auditLast()) === 5);
  await store.audit.tidy();
  expect(await store.audit.losses()).toEqual([
    { kind: 'registry-made-anew', kept: 0, origin: before?.origin, seq: 3 },
  ]);
});
