import { setTimeout as sleep } from 'node:timers/promises';
import { headers } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { all, type Opened, openOn, recordAndEvent } from './support/open-store.ts';

const context = withServer();
const open = () => openOn([context.server.url]);

/** Commits so many events, and waits until the audit has them. */
async function audited({ store }: Opened, count: number, from = 1): Promise<void> {
  for (let n = from; n < from + count; n += 1) {
    const outcome = await store.registry.commit({
      writes: [{ key: `agent.a.${n}`, expectedRevision: 0, text: 'x' }],
      events: [{ subject: `a.b.run.${n}`, text: `event ${n}` }],
    });
    expect(outcome).toMatchObject({ outcome: 'committed' });
  }
  const last = from + count - 1;
  await until('the audit has all', async () => (await store.audit.range()).last === last);
}

async function outbox({ jsm, names }: Opened): Promise<number> {
  const info = await jsm.streams.info(names.registry.stream, {
    subjects_filter: `${names.eventPrefix}>`,
  });
  return Object.keys(info.state.subjects ?? {}).length;
}

test('an event with a ttl of one second stays in the audit (B3, B4)', async () => {
  await using opened = await open();
  const { store, raw, names } = opened;
  const hdrs = headers();
  hdrs.set('Nats-TTL', '1s');
  await raw.request(`${names.eventPrefix}a.b.run.1`, 'short', { headers: hdrs, timeout: 5000 });
  await until('it has left the outbox', async () => (await outbox(opened)) === 0);
  await sleep(1500);
  const events = await all(store.audit.read(0));
  expect(events.map((event) => event.text)).toEqual(['short']);
});

test('trimming the outbox keeps the last event that the audit confirmed', async () => {
  await using opened = await open();
  await audited(opened, 5);
  expect(await outbox(opened)).toBe(5);
  expect(await opened.store.audit.tidy()).toBe(4);
  expect(await outbox(opened)).toBe(1);
  expect(await opened.store.audit.tidy()).toBe(0);
  await audited(opened, 3, 6);
  expect(await opened.store.audit.tidy()).toBe(3);
  const events = await all(opened.store.audit.read(0));
  expect(events.map((event) => event.text)).toEqual(
    [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `event ${n}`),
  );
});

test('no event is trimmed that the audit does not have', async () => {
  await using opened = await open();
  const { store, jsm, names } = opened;
  await audited(opened, 3);
  const { sources } = (await jsm.streams.info(names.auditStream)).config;
  await jsm.streams.update(names.auditStream, { sources: [] });
  for (const n of [4, 5, 6]) {
    await store.registry.commit(recordAndEvent(`agent.a.${n}`, 0, 'x', `a.b.run.${n}`));
  }
  expect(await store.audit.tidy()).toBe(2);
  expect(await outbox(opened)).toBe(4);
  await jsm.streams.update(names.auditStream, { sources: sources ?? [] });
  await until('the audit goes on', async () => (await store.audit.range()).last === 6);
});

test('no event is trimmed without the last confirmed one', async () => {
  await using opened = await open();
  const { store, jsm, names } = opened;
  await audited(opened, 3);
  await jsm.streams.purge(names.registry.stream, { filter: `${names.eventPrefix}a.b.run.3` });
  expect(await store.audit.tidy()).toBe(0);
  expect(await outbox(opened)).toBe(2);
});

test('an event under the witness’s subject counts as a witness only if it is the same event', async () => {
  await using opened = await open();
  const { store, jsm, names, raw } = opened;
  await audited(opened, 3);
  await jsm.streams.update(names.auditStream, { sources: [] });
  await raw.request(`${names.eventPrefix}a.b.run.3`, 'event 3');
  expect(await store.audit.tidy()).toBe(0);
  expect(await outbox(opened)).toBe(3);
});
