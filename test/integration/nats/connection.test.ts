import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { connectNats } from '../../../src/adapters/nats/connection/connect.ts';
import { SupervisedConnection } from '../../../src/adapters/nats/connection/supervised-connection.ts';
import { openNatsStore } from '../../../src/adapters/nats/store.ts';
import { freePorts, portOf } from '../../../tools/bench/environment/free-ports.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { startProxy } from '../harness/proxy.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { startConfigured } from './support/configured-server.ts';
import { freshNamespace, openOn } from './support/open-store.ts';

const context = withServer();

const open = (servers: readonly string[], more = {}) =>
  openNatsStore({ servers, namespace: freshNamespace(), name: 'test', ...more });

/** How long connecting and a request take by default if no server answers. */
const byDefault = 5000;

test('without a server the store is unavailable, and the hint tells how to start one', async () => {
  const [port] = await freePorts(1);
  await expect(open([`nats://127.0.0.1:${port}`])).rejects.toMatchObject({
    code: 'store-unavailable',
    message: expect.stringContaining(`127.0.0.1:${port}`),
    hint: expect.stringContaining('rollcall up'),
  });
});

test('one server of several is enough', async () => {
  const [port] = await freePorts(1);
  await using store = await open([`nats://127.0.0.1:${port}`, context.server.url]);
  expect(store.status()).toMatchObject({
    up: true,
    server: expect.stringContaining('127.0.0.1'),
  });
});

test('a server that is too old is refused, with both versions', async () => {
  const server = createServer((socket) => {
    const info = { version: '2.11.9', headers: true, max_payload: 1_000_000, jetstream: true };
    socket.write(`INFO ${JSON.stringify(info)}\r\n`);
    socket.on('data', (bytes) => {
      if (bytes.includes('PING')) socket.write('PONG\r\n');
    });
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await expect(open([`nats://127.0.0.1:${portOf(server)}`])).rejects.toMatchObject({
      code: 'server-too-old',
      message: expect.stringMatching(/2\.11\.9.*2\.12\.1/),
    });
  } finally {
    server.close();
  }
});

test('a server that is not NATS is refused', async () => {
  const server = createServer((socket) => {
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await expect(open([`nats://127.0.0.1:${portOf(server)}`])).rejects.toMatchObject({
      code: 'store-unavailable',
    });
  } finally {
    server.close();
  }
});

test('a server that accepts and sends nothing fails within the limit', async () => {
  await using server = await startTestServer();
  server.freeze();
  const begun = performance.now();
  await expect(open([server.url], { connectWithin: 500 })).rejects.toMatchObject({
    code: 'store-unavailable',
  });
  expect(performance.now() - begun).toBeLessThan(byDefault);
});

test('connecting stops when the signal aborts', async () => {
  await using server = await startTestServer();
  server.freeze();
  const begun = performance.now();
  const signal = AbortSignal.timeout(200);
  await expect(open([server.url], { signal })).rejects.toMatchObject({ code: 'store-unavailable' });
  expect(performance.now() - begun).toBeLessThan(byDefault);
});

test('a server without JetStream is refused with that reason', async () => {
  await using server = await startConfigured(() => '');
  await expect(open([server.url])).rejects.toMatchObject({
    code: 'store-misconfigured',
    message: expect.stringContaining('JetStream is not'),
  });
});

test('an account without JetStream is refused with that reason', async () => {
  await using server = await startConfigured(
    (dir) => `
    jetstream { store_dir: "${dir}" }
    accounts { APP { users: [{ user: app, password: app }] }, JS { jetstream: enabled } }
    no_auth_user: app`,
  );
  await expect(open([server.url])).rejects.toMatchObject({
    code: 'store-misconfigured',
    message: expect.stringContaining('JetStream is not'),
  });
});

test('wrong credentials are refused with that reason', async () => {
  await using server = await startConfigured(
    (dir) => `
    jetstream { store_dir: "${dir}" }
    accounts { APP { jetstream: enabled, users: [{ user: app, password: right }] } }`,
  );
  await expect(
    open([server.url], { credentials: { user: 'app', pass: 'wrong' } }),
  ).rejects.toMatchObject({ code: 'store-refused' });
  await using store = await open([server.url], { credentials: { user: 'app', pass: 'right' } });
  expect(store.status().up).toBe(true);
});

test('a password in the address is not shown in a message', async () => {
  await using server = await startConfigured(
    (dir) => `
    jetstream { store_dir: "${dir}" }
    accounts { APP { jetstream: enabled, users: [{ user: app, password: "ri:gh@t" }] } }`,
  );
  const address = (pass: string) => server.url.replace('//', `//app:${encodeURIComponent(pass)}@`);
  await using store = await open([address('ri:gh@t')]);
  expect(store.status().up).toBe(true);
  const fault = await open([address('wrong')]).catch((cause: unknown) => cause);
  expect(fault).toMatchObject({ code: 'store-refused' });
  expect(String(fault)).not.toContain('wrong');
});

test('a token is accepted by a server that requires it', async () => {
  await using server = await startConfigured(
    (dir) => `jetstream { store_dir: "${dir}" }\nauthorization { token: "sesame" }`,
  );
  await expect(open([server.url])).rejects.toMatchObject({ code: 'store-refused' });
  for (const store of [
    await open([server.url], { credentials: { token: 'sesame' } }),
    await open([server.url.replace('//', '//sesame@')]),
  ]) {
    expect(store.status().up).toBe(true);
    await store[Symbol.asyncDispose]();
  }
});

test('closing does not wait for a frozen server', async () => {
  await using server = await startTestServer();
  const store = await open([server.url]);
  server.freeze();
  const begun = performance.now();
  await store[Symbol.asyncDispose]();
  expect(performance.now() - begun).toBeLessThan(3000);
});

test('a request after the close fails immediately', async () => {
  await using opened = await openOn([context.server.url]);
  const store = await open([context.server.url]);
  await store[Symbol.asyncDispose]();
  const begun = performance.now();
  await expect(store.registry.read('agent.a.b')).rejects.toMatchObject({
    code: 'store-unavailable',
  });
  const commit = { writes: [{ key: 'agent.a.b', expectedRevision: 0, text: 'x' }], events: [] };
  expect(await store.registry.commit(commit)).toMatchObject({ outcome: 'unavailable' });
  expect(performance.now() - begun).toBeLessThan(byDefault);
  expect(opened.store.status().up).toBe(true);
});

test('a reply subject that is not an inbox is refused', async () => {
  await expect(open([context.server.url], { inboxPrefix: 'mine' })).rejects.toMatchObject({
    code: 'bad-setting',
  });
  await using store = await open([context.server.url], { inboxPrefix: '_INBOX_h1' });
  expect(await store.registry.read('agent.a.b')).toMatchObject({ revision: 0 });
  expect(await store.registry.list(['agent.>'], 0)).toEqual([]);
});

test('a request with almost no time left has no answer and is not an error', async () => {
  // What is left of a call may be a part of a millisecond; one that threw for it ended its agent.
  const supervised = new SupervisedConnection(
    await connectNats({ servers: [context.server.url], name: 'test' }),
  );
  try {
    for (const within of [0.01, 0.5, 0.999]) {
      expect(await supervised.request('nobody.answers.in.time', '', { within })).toMatchObject({
        kind: expect.stringMatching(/^(not-sent|timed-out)$/),
      });
    }
  } finally {
    await supervised[Symbol.asyncDispose]();
  }
});

test('a server that is too busy for the login is unavailable, and the login is not called wrong', async () => {
  const server = createServer((socket) => {
    socket.write(
      `INFO ${JSON.stringify({ version: '2.15.1', headers: true, max_payload: 1_000_000 })}\r\n`,
    );
    socket.once('data', () => socket.end("-ERR 'Authentication Timeout'\r\n"));
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await expect(open([`nats://127.0.0.1:${portOf(server)}`])).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringContaining('Authentication Timeout'),
    });
  } finally {
    server.close();
  }
});

test('requests that a broken connection ended leave nothing behind when their time is over', async () => {
  await using proxy = await startProxy({ port: context.server.port });
  const client = await connectNats({ servers: [proxy.url], name: 'test' });
  await using connection = new SupervisedConnection(client);
  // A subscriber exists, and it sends no answer.
  client.subscribe('silent', { callback: () => {} });
  await client.flush();
  const waiting = Array.from({ length: 100 }, () =>
    connection.request('silent', '', { within: 500 }),
  );
  expect(entriesOf(client)).toBe(100);
  proxy.cut();
  const replies = await Promise.all(waiting);
  expect(new Set(replies.map(({ kind }) => kind))).toEqual(new Set(['timed-out']));
  expect(await connection.connected(10_000)).toBe(true);
  // The client has a limit of its own for each, 2 s after ours, and no way to end one before.
  await until('the client has forgotten them', () => entriesOf(client) === 0, 5000);
});

/** The requests that the client still knows: it has no public way to ask. */
const entriesOf = (client: object): number =>
  (
    client as { protocol: { muxSubscriptions: { size(): number } } }
  ).protocol.muxSubscriptions.size();
