import { expect, test } from 'vitest';
import { startTestServer } from '../harness/nats-server.ts';
import { startProxy } from '../harness/proxy.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { type Opened, openOn } from './support/open-store.ts';

const context = withServer();
const key = 'run.a.b.run12345';
const ttl = 10_000;

/**
 * Lets the request of `act` reach the server and its answer get lost, then the line break.
 * @param stored whether the request has had its effect
 */
async function withLostAnswer<T>(
  act: (opened: Opened) => Promise<T>,
  stored: (direct: Opened) => Promise<boolean>,
  prepare: (opened: Opened) => Promise<unknown> = async () => undefined,
): Promise<{ readonly result: T; readonly revision: number }> {
  await using proxy = await startProxy(context.server);
  const direct = context.server.url;
  await using opened = await openOn([proxy.url], { direct: [direct] });
  await using other = await openOn([direct], { namespace: opened.names.namespace });
  await prepare(opened);
  proxy.blackhole('to-client');
  const acting = act(opened);
  await until('it is stored', () => stored(other));
  proxy.cut();
  await proxy.pass();
  const result = await acting;
  return { result, revision: (await other.store.leases.read(key)).revision };
}

test('a lease is held if the reply to its creation was lost', async () => {
  const { result, revision } = await withLostAnswer(
    ({ store }) => store.leases.create(key, 'mine', ttl),
    async ({ store }) => (await store.leases.read(key)).text === 'mine',
  );
  expect(result).toEqual({ revision });
});

test('a lease is held at its stored revision if the reply to its renewal was lost', async () => {
  let first = 0;
  const { result, revision } = await withLostAnswer(
    ({ store }) => store.leases.renew(key, 'mine', first, ttl),
    async ({ store }) => (await store.leases.read(key)).revision > first,
    async ({ store }) => {
      const created = await store.leases.create(key, 'mine', ttl);
      if (created !== 'taken') first = created.revision;
    },
  );
  expect(result).toEqual({ revision });
});

test('a renewal counts from a write that began after the call, not from an earlier one', async () => {
  await using opened = await openOn([context.server.url]);
  const { leases } = opened.store;
  const created = await leases.create(key, 'mine', ttl);
  if (created === 'taken') throw new Error('the namespace is new');
  // An earlier call's renewal, whose holder was told nothing, and which is old by now.
  const earlier = await leases.renew(key, 'mine', created.revision, ttl);
  const again = await leases.renew(key, 'mine', created.revision, ttl);
  expect(earlier).not.toBe('lost');
  expect(again).not.toEqual(earlier);
  expect(again).toEqual({ revision: (await leases.read(key)).revision });
});

test('a lease is released if the reply to its release was lost', async () => {
  let held = 0;
  const { result } = await withLostAnswer(
    ({ store }) => store.leases.release(key, held),
    async ({ store }) => (await store.leases.read(key)).text === undefined,
    async ({ store }) => {
      const created = await store.leases.create(key, 'mine', ttl);
      if (created !== 'taken') held = created.revision;
    },
  );
  expect(result).toBe('released');
});

test('an event is in the audit once if its reply was lost', async () => {
  await using proxy = await startProxy(context.server);
  const direct = context.server.url;
  await using opened = await openOn([proxy.url], { direct: [direct] });
  await using other = await openOn([direct], { namespace: opened.names.namespace });
  const event = { subject: 'a.b.run.session.1', text: 'event' };
  // Two looks are answered, after 300 and 600 ms; the write's answer, due after 900, gets lost.
  proxy.delay(300, 'to-server');
  const appending = opened.store.audit.append(event);
  const stored = async () => (await other.store.audit.range()).last === 1;
  let holding = false;
  setTimeout(() => {
    proxy.blackhole('to-client');
    holding = true;
  }, 750);
  await until('it is stored', stored);
  expect(holding).toBe(true);
  proxy.cut();
  await proxy.pass();
  expect(await appending).toBe('appended');
  expect(await other.store.audit.append(event)).toBe('already');
  expect((await other.store.audit.range()).last).toBe(1);
});

test('a lease is lost if it lapsed while its renewal was in flight', async () => {
  await using server = await startTestServer();
  await using opened = await openOn([server.url], { answerWithin: 8000 });
  const created = await opened.store.leases.create(key, 'mine', 1000);
  if (created === 'taken') throw new Error('the server is new');
  await server.kill();
  const renewing = opened.store.leases.renew(key, 'mine', created.revision, 1000);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await server.restart();
  // Right after its start a server still shows what is overdue (B2): renewed or lost, never unknown.
  const renewed = await renewing;
  const stands = await opened.store.leases.read(key);
  if (renewed === 'lost') expect(stands.text).toBeUndefined();
  else expect(stands).toMatchObject({ revision: renewed.revision });
});
