import { setTimeout as sleep } from 'node:timers/promises';
import { headers } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';
import { startTestServer } from '../harness/nats-server.ts';
import { startProxy } from '../harness/proxy.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { startConfigured } from './support/configured-server.ts';
import { openOn, recordAndEvent } from './support/open-store.ts';

const context = withServer();
const url = () => context.server.url;
const one = (n = 1) => recordAndEvent(`agent.a.${n}`, 0, 'text', `a.b.run.${n}`);

describe('a commit', () => {
  test('without a connection is unavailable, and is not sent later', async () => {
    await using proxy = await startProxy(context.server);
    await using opened = await openOn([proxy.url], { direct: [url()], answerWithin: 1000 });
    await proxy.refuse();
    proxy.cut();
    await until('it is noticed', () => !opened.store.status().up);
    expect(await opened.store.registry.commit(one())).toMatchObject({ outcome: 'unavailable' });
    await proxy.pass();
    await until('it is back', () => opened.store.status().up);
    await sleep(500);
    expect(await opened.store.registry.read('agent.a.1')).toMatchObject({ revision: 0 });
  });

  test('waits for a connection that comes back in time', async () => {
    await using proxy = await startProxy(context.server);
    await using opened = await openOn([proxy.url], { direct: [url()] });
    await proxy.refuse();
    proxy.cut();
    await until('it is noticed', () => !opened.store.status().up);
    const committing = opened.store.registry.commit(one());
    await proxy.pass();
    expect(await committing).toMatchObject({ outcome: 'committed' });
  });

  test('whose reply is lost is unknown as soon as the connection breaks', async () => {
    await using proxy = await startProxy(context.server);
    await using opened = await openOn([proxy.url], { direct: [url()], answerWithin: 10_000 });
    await using other = await openOn([url()], { namespace: opened.names.namespace });
    proxy.blackhole('to-client');
    const begun = performance.now();
    const committing = opened.store.registry.commit(one());
    await until('it is stored', async () => (await other.store.registry.read('agent.a.1')).text);
    proxy.cut();
    expect(await committing).toMatchObject({ outcome: 'unknown' });
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  test('to a frozen server is unknown: it may be stored when the server thaws', async () => {
    await using server = await startTestServer();
    await using opened = await openOn([server.url], { answerWithin: 1000 });
    // The first commit of a connection waits until the streams were compared.
    const first = recordAndEvent('agent.a.0', 0, 'first', 'a.b.run.0');
    expect(await opened.store.registry.commit(first)).toMatchObject({ outcome: 'committed' });
    server.freeze();
    expect(await opened.store.registry.commit(one())).toMatchObject({ outcome: 'unknown' });
    server.thaw();
    await until('it is stored', async () => (await opened.store.registry.read('agent.a.1')).text);
  });

  test('with one message that is too large stores nothing, and the error names the message', async () => {
    await using opened = await openOn([url()]);
    const text = 'x'.repeat(1_100_000);
    const record = { ...one(), writes: [{ key: 'agent.a.1', expectedRevision: 0, text }] };
    const event = { ...one(), events: [{ subject: 'a.b.run.1', text }] };
    for (const [commit, named] of [
      [record, 'agent.a.1'],
      [event, 'a.b.run.1'],
    ] as const) {
      await expect(opened.store.registry.commit(commit)).rejects.toMatchObject({
        code: 'record-too-large',
        message: expect.stringContaining(named),
      });
    }
    expect(await opened.store.registry.read('agent.a.1')).toMatchObject({ revision: 0 });
    expect(await opened.store.registry.commit(one())).toMatchObject({ outcome: 'committed' });
  });

  test('whose client ended halfway stores nothing', async () => {
    await using opened = await openOn([url()]);
    const { raw, names, store } = opened;
    for (const [n, subject] of ['agent.a.1', 'agent.a.2'].entries()) {
      const hdrs = headers();
      hdrs.set('Nats-Batch-Id', 'torn');
      hdrs.set('Nats-Batch-Sequence', `${n + 1}`);
      raw.publish(names.registry.prefix + subject, 'torn', { headers: hdrs });
    }
    await raw.flush();
    expect(await store.registry.commit(one(3))).toMatchObject({ outcome: 'committed' });
    await sleep(500);
    expect(await store.registry.list(['agent.>'], 0)).toHaveLength(1);
  });

  test('is unavailable and stores nothing while ended clients use all batches of the server', async () => {
    await using opened = await openOn([url()], { answerWithin: 1000 });
    const { raw, names, store } = opened;
    for (let n = 0; n < 50; n += 1) {
      const hdrs = headers();
      hdrs.set('Nats-Batch-Id', `torn-${n}`);
      hdrs.set('Nats-Batch-Sequence', '1');
      raw.publish(`${names.registry.prefix}agent.torn.${n}`, 'torn', { headers: hdrs });
    }
    await raw.flush();
    expect(await store.registry.commit(one())).toMatchObject({ outcome: 'unavailable' });
    expect(await store.registry.read('agent.a.1')).toMatchObject({ revision: 0 });
    await until('the places are free', async () => {
      return (await store.registry.commit(one())).outcome === 'committed';
    });
  });

  test('to a full stream is unavailable, and stores nothing', async () => {
    await using opened = await openOn([url()]);
    const { store, jsm, names } = opened;
    await jsm.streams.update(names.registry.stream, { max_bytes: 100_000 });
    const text = 'x'.repeat(60_000);
    const big = (n: number) => recordAndEvent(`agent.a.${n}`, 0, text, `a.b.run.${n}`);
    expect(await store.registry.commit(big(1))).toMatchObject({ outcome: 'committed' });
    expect(await store.registry.commit(big(2))).toMatchObject({ outcome: 'unavailable' });
    expect(await store.registry.read('agent.a.2')).toMatchObject({ revision: 0 });
  });
});

test('a removal that a tool left behind (DEL) is absence: a create expects its revision', async () => {
  await using opened = await openOn([url()]);
  const { raw, names, store } = opened;
  await store.registry.commit(one());
  const hdrs = headers();
  hdrs.set('KV-Operation', 'DEL');
  await raw.request(`${names.registry.prefix}agent.a.1`, '', { headers: hdrs, timeout: 5000 });
  const { text, revision } = await store.registry.read('agent.a.1');
  expect(text).toBeUndefined();
  expect(await store.registry.commit(one())).toEqual({ outcome: 'conflict' });
  const again = recordAndEvent('agent.a.1', revision, 'again', 'a.b.run.2');
  expect(await store.registry.commit(again)).toMatchObject({ outcome: 'committed' });
});

test('a user without permission to write an event gets an error without a delay', async () => {
  await using server = await startConfigured(
    (dir) => `
    jetstream { store_dir: "${dir}" }
    accounts { APP { jetstream: enabled, users: [
      { user: boss, password: x }
      { user: agent, password: x, permissions: { publish: { deny: ["rollcall.*.event.other.>"] } } }
    ] } }`,
  );
  await using opened = await openOn([server.url], {
    rawLogin: { user: 'boss', pass: 'x' },
    credentials: { user: 'agent', pass: 'x' },
  });
  const foreign = recordAndEvent('agent.other.b', 0, 'text', 'other.b.run.1');
  const begun = performance.now();
  // Not the last message, which is answered, but one before it.
  const events = [...foreign.events, { subject: 'a.b.run.1', text: '{}' }];
  await expect(opened.store.registry.commit({ ...foreign, events })).rejects.toMatchObject({
    code: 'store-refused',
    message: expect.stringContaining('other.b.run.1'),
  });
  await expect(opened.store.registry.commit(foreign)).rejects.toMatchObject({
    code: 'store-refused',
  });
  // A request without an answer takes 5 s.
  expect(performance.now() - begun).toBeLessThan(5000);
  expect(await opened.store.registry.read('agent.other.b')).toMatchObject({ revision: 0 });
  expect(await opened.store.registry.commit(one())).toMatchObject({ outcome: 'committed' });
});
