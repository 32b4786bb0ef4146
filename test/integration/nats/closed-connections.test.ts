import { once } from 'node:events';
import { connect } from 'node:net';
import { errors } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';
import { closeNats, connectNats } from '../../../src/adapters/nats/connection/connect.ts';
import { connectionName } from '../../../src/adapters/nats/connection/connection-name.ts';
import { listSubject } from '../../../src/adapters/nats/disconnects/connection-lists.ts';
import type { Disconnect } from '../../../src/ports/disconnects.ts';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import { throughout, until } from '../harness/until.ts';
import { type ConfiguredServer, startConfigured } from './support/configured-server.ts';
import {
  closeOne,
  login,
  runOf,
  socketOf,
  type User,
  type Watcher,
  watchOn,
} from './support/recorded-disconnects.ts';

const [agent, scout] = [runOf('h1'), runOf('scout')];
const slot = { host: agent.host, agent: agent.agent };
const closed: Disconnect = { slot, how: 'closed-by-client', reason: 'Client Closed' };
const gone: Disconnect = { slot, how: 'other', reason: '' };

const named = (exports = '', imports = '', permissions = '') => `
accounts {
  SYS { ${exports} }
  APP {
    users: [
      { user: agent, password: agent }
      { user: collector, password: collector${permissions} }
    ]
    ${imports}
  }
}
system_account: SYS`;

const importing = named(
  'exports: [{ stream: "$SYS.ACCOUNT.*.DISCONNECT", account_token_position: 3 }]',
  'imports: [{ stream: { account: SYS, subject: "$SYS.ACCOUNT.APP.DISCONNECT" } }]',
);

const deaf = `, permissions: {
  publish: { allow: ["_INBOX.>", "echo"] }, subscribe: { allow: ["_INBOX.>", "echo"] } }`;
const asking = deaf.replace('"echo"]', `"echo", "${listSubject}"]`);

/** A server, who watches there, and as whom agents connect. */
const servers: Record<string, { config: string; user?: User; recorded: Disconnect }> = {
  'without accounts': { config: '', recorded: gone },
  'of which our account imports no advisories': {
    config: named(),
    user: 'agent',
    recorded: closed,
  },
  'of which our account imports advisories': { config: importing, user: 'agent', recorded: closed },
};

const ofAgents = ({ recorded }: Watcher) =>
  recorded.filter(({ slot: { host } }) => host !== scout.host);

/**
 * Until one that was seen open is recorded as closed: so everything that closed before has been looked at.
 */
async function looked(watcher: Watcher, server: ConfiguredServer, user?: User): Promise<void> {
  const scouts = () => watcher.recorded.length - ofAgents(watcher).length;
  for (const before = scouts(); scouts() === before; ) {
    const connection = await connectNats({
      servers: [server.url],
      name: connectionName(scout),
      ...login(user),
    });
    await new Promise((resolve) => setTimeout(resolve, 700));
    await closeNats(connection);
    await new Promise((resolve) => setTimeout(resolve, 700));
  }
}

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

describe('three servers', () => {
  const clusters: Record<string, { config: string; user?: User; recorded: Disconnect }> = {
    'without accounts': { config: '', recorded: gone },
    'of which our account imports no advisories': {
      config: named(),
      user: 'agent',
      recorded: closed,
    },
  };

  async function startThree(config: string) {
    const ports = await freePorts(3);
    const routes = ports.map((port) => `"nats://127.0.0.1:${port}"`).join(', ');
    await using started = new AsyncDisposableStack();
    const three: ConfiguredServer[] = [];
    for (const [n, port] of ports.entries()) {
      const cluster = `cluster { name: c, host: 127.0.0.1, port: ${port}, routes: [${routes}] }`;
      const whole = `server_name: s${n}\n${cluster}\n${config}`;
      three.push(started.use(await startConfigured(() => whole)));
    }
    const kept = started.move();
    return { three, [Symbol.asyncDispose]: () => kept.disposeAsync() };
  }

  describe.each(Object.entries(clusters))('%s', (_, { config, user, recorded }) => {
    test('report the connections of each server', async () => {
      await using cluster = await startThree(config);
      const [first] = cluster.three;
      if (first === undefined) throw new Error('three were started');
      await using watcher = await watchOn(first.url, user);
      for (const server of cluster.three) await looked(watcher, server, user);
      const before = watcher.recorded.length;
      const sockets = await Promise.all(
        cluster.three.map(({ port }, n) => socketOf(port, connectionName(runOf(`h${n}`)), user)),
      );
      for (const server of cluster.three) await looked(watcher, server, user);
      expect(ofAgents(watcher)).toEqual([]);
      for (const { socket } of sockets) socket.destroy();
      await until('all are recorded', () => ofAgents(watcher).length >= 3);
      for (const server of cluster.three) await looked(watcher, server, user);
      const hosts = ofAgents(watcher).map((departure) => departure.slot.host);
      expect(hosts.toSorted()).toEqual(['h0', 'h1', 'h2']);
      expect(ofAgents(watcher)[0]).toEqual({ ...recorded, slot: expect.anything() });
      expect(watcher.recorded.length).toBeGreaterThan(before);
    });

    test('report no connection of a server that does not reply', async () => {
      await using cluster = await startThree(config);
      const [first, second] = cluster.three;
      if (first === undefined || second === undefined) throw new Error('three were started');
      await using watcher = await watchOn(first.url, user);
      const there = await socketOf(second.port, connectionName(runOf('there')), user);
      const here = await socketOf(first.port, connectionName(agent), user);
      for (const server of cluster.three) await looked(watcher, server, user);
      second.kill('SIGSTOP');
      here.socket.destroy();
      await until('that of the others is recorded', () => ofAgents(watcher).length > 0);
      await looked(watcher, first, user);
      expect(ofAgents(watcher)).toEqual([recorded]);
      second.kill('SIGCONT');
      await looked(watcher, second, user);
      expect(ofAgents(watcher)).toEqual([recorded]);
      there.socket.destroy();
      await until('it is recorded', () => ofAgents(watcher).length > 1);
    });
  });

  test('without accounts do not report a client that moved to another server', async () => {
    await using cluster = await startThree('');
    const [first, second] = cluster.three;
    if (first === undefined || second === undefined) throw new Error('three were started');
    await using watcher = await watchOn(first.url);
    const before = await socketOf(first.port, connectionName(agent));
    for (const server of cluster.three) await looked(watcher, server);
    before.socket.destroy();
    const after = await socketOf(second.port, connectionName(agent));
    for (const server of cluster.three) await looked(watcher, server);
    expect(ofAgents(watcher)).toEqual([]);
    after.socket.destroy();
    await until('it is recorded', () => ofAgents(watcher).length > 0);
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
  'a server %s is understood among answers that nobody understands',
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
