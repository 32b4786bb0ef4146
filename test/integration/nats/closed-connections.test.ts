import { once } from 'node:events';
import { connect } from 'node:net';
import { errors } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';
import { closeNats, connectNats } from '../../../src/adapters/nats/connection/connect.ts';
import { connectionName } from '../../../src/adapters/nats/connection/connection-name.ts';
import { listSubject } from '../../../src/adapters/nats/disconnects/connection-lists.ts';
import { throughout, until } from '../harness/until.ts';
import { startConfigured } from './support/configured-server.ts';
import { agent, gone, looked, named, ofAgents, servers } from './support/disconnect-servers.ts';
import { closeOne, login, runOf, socketOf, watchOn } from './support/recorded-disconnects.ts';

const deaf = `, permissions: {
  publish: { allow: ["_INBOX.>", "echo"] }, subscribe: { allow: ["_INBOX.>", "echo"] } }`;
const asking = deaf.replace('"echo"]', `"echo", "${listSubject}"]`);

describe.each(Object.entries(servers))('a server %s', (_, { config, user, recorded }) => {
  test('reports each connection that closes during the watch once', async () => {
    await using server = await startConfigured(() => config);
    await closeOne(server.url, connectionName(runOf('before')), user);
    await using watcher = await watchOn(server.url, user);
    const connection = await connectNats({
      servers: [server.url],
      name: connectionName(agent),
      ...login(user),
    });
    await looked(watcher, server, user);
    expect(ofAgents(watcher)).toEqual([]);
    await closeNats(connection);
    await until('it is recorded', () => ofAgents(watcher).length > 0);
    await looked(watcher, server, user);
    await looked(watcher, server, user);
    expect(ofAgents(watcher)).toEqual([recorded]);
    expect(watcher.clientErrors).toEqual([]);
  });

  test('reports all connections that close at the same time', async () => {
    await using server = await startConfigured(() => config);
    await using watcher = await watchOn(server.url, user);
    await looked(watcher, server, user);
    const names = Array.from({ length: 250 }, (_n, n) => connectionName(runOf(`host-${n}`)));
    const sockets = await Promise.all(names.map((name) => socketOf(server.port, name, user)));
    await looked(watcher, server, user);
    for (const { socket } of sockets) socket.destroy();
    await until('all are recorded', () => ofAgents(watcher).length >= names.length);
    await looked(watcher, server, user);
    expect(new Set(ofAgents(watcher).map((departure) => departure.slot.host)).size).toBe(250);
    expect(ofAgents(watcher)).toHaveLength(250);
  });
});

describe('a server without accounts', () => {
  test('does not report a client that has reconnected under its name', async () => {
    await using server = await startConfigured(() => '');
    await using watcher = await watchOn(server.url);
    const first = await socketOf(server.port, connectionName(agent));
    await looked(watcher, server);
    first.socket.destroy();
    const second = await socketOf(server.port, connectionName(agent));
    await looked(watcher, server);
    expect(ofAgents(watcher)).toEqual([]);
    second.socket.destroy();
    await until('it is recorded', () => ofAgents(watcher).length > 0);
    expect(ofAgents(watcher)).toEqual([gone]);
  });

  test('reports a connection that had sent no name at the first list', async () => {
    await using server = await startConfigured(() => '');
    await using watcher = await watchOn(server.url);
    await looked(watcher, server);
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'data');
    await looked(watcher, server);
    socket.write(`CONNECT ${JSON.stringify({ verbose: false, name: connectionName(agent) })}\r\n`);
    await looked(watcher, server);
    socket.destroy();
    await until('it is recorded', () => ofAgents(watcher).length > 0);
  });

  test('reports nothing while it has more connections than the list holds', async () => {
    await using server = await startConfigured(() => '');
    await using watcher = await watchOn(server.url);
    await looked(watcher, server);
    const { socket } = await socketOf(server.port, connectionName(agent));
    const crowd = await Promise.all(
      Array.from({ length: 1024 }, () => socketOf(server.port, 'somebody')),
    );
    await throughout('nothing is recorded', () => ofAgents(watcher).length === 0, 700);
    socket.destroy();
    await throughout('nothing is recorded', () => ofAgents(watcher).length === 0, 1500);
    for (const one of crowd) one.socket.destroy();
    await looked(watcher, server);
    expect(ofAgents(watcher)).toEqual([]);
  });
});

test('a server that replies late is waited for', async () => {
  await using server = await startConfigured(() => '');
  const slow = await connectNats({ servers: [server.url], name: 'slow' });
  let connections = [{ cid: 1, name: connectionName(agent) }];
  let answered = 0;
  slow.subscribe(listSubject, {
    callback: (_, msg) => {
      const data = { server_id: 'slow', total: connections.length, connections };
      setTimeout(() => {
        msg.respond(JSON.stringify({ data }));
        answered += 1;
      }, 100);
    },
  });
  await slow.flush();
  await using watcher = await watchOn(server.url);
  await until('its connections are known', () => answered >= 6);
  expect(watcher.recorded).toEqual([]);
  connections = [];
  await until('it is recorded', () => watcher.recorded.length > 0);
  expect(watcher.recorded).toEqual([gone]);
  await closeNats(slow);
});

test('a user without permission to list is refused once, and lists again after a restart', async () => {
  let server = await startConfigured(() => named('', '', deaf));
  await using watcher = await watchOn(server.url, 'collector');
  const refusals = () =>
    watcher.clientErrors.filter(
      (error) => error instanceof errors.PermissionViolationError && error.operation === 'publish',
    );
  await until('it is refused', () => refusals().length > 0);
  await closeOne(server.url, connectionName(agent), 'agent');
  await throughout('nothing is recorded', () => watcher.recorded.length === 0, 1500);
  expect(refusals()).toHaveLength(1);
  expect(watcher.supervised.up).toBe(true);
  watcher.supervised.client.subscribe('echo', { callback: (_, msg) => void msg.respond('heard') });
  const echo = await watcher.supervised.client.request('echo', '', { timeout: 2000 });
  expect(echo.string()).toBe('heard');

  await server[Symbol.asyncDispose]();
  server = await startConfigured(() => named('', '', asking), server.port);
  await using _server = server;
  await looked(watcher, server, 'agent');
  expect(refusals()).toHaveLength(1);
});

test.each(Object.entries(servers))(
  'the answer of a server %s is read among unreadable answers',
  async (_, { config, user, recorded }) => {
    await using server = await startConfigured(() => config);
    const joker = await connectNats({ servers: [server.url], name: 'joker', ...login(user) });
    const data = { server_id: 'joker', now: '2026-11-23T12:00:00Z', total: 9, connections: [] };
    const answers = [
      ...['', 'nonsense', 'null', '7', '"text"', '[]', '{}', '{"data":null}', '{"data":7}'],
      ...[{ server_id: 7 }, { total: '9' }, { now: 7 }, { now: 'noon' }, { connections: null }].map(
        (wrong) => JSON.stringify({ data: { ...data, ...wrong } }),
      ),
      ...[null, 7, 'text', {}, { cid: 'one' }, { cid: 1 }, { cid: 2, name: 7, stop: [] }].map(
        (connection) => JSON.stringify({ data: { ...data, connections: [connection] } }),
      ),
    ];
    let asked = 0;
    joker.subscribe(listSubject, {
      callback: (_error, msg) => {
        asked += 1;
        for (const answer of [...answers, new Uint8Array([0xff, 0xfe, 0x00])]) msg.respond(answer);
        joker.publish(`${msg.reply}0`, answers.at(-1));
        joker.publish(`${msg.reply}x`, answers.at(-1));
      },
    });
    await joker.flush();
    await using watcher = await watchOn(server.url, user);
    const { socket } = await socketOf(server.port, connectionName(agent), user);
    await looked(watcher, server, user);
    socket.destroy();
    await until('it is recorded', () => ofAgents(watcher).length > 0);
    expect(ofAgents(watcher)).toEqual([recorded]);
    expect(asked).toBeGreaterThan(0);
    expect(watcher.clientErrors).toEqual([]);
    await closeNats(joker);
  },
);
