import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { errors } from '@nats-io/transport-node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectNats } from '../../../src/adapters/nats/connection/connect.ts';
import { connectionName } from '../../../src/adapters/nats/connection/connection-name.ts';
import { SupervisedConnection } from '../../../src/adapters/nats/connection/supervised-connection.ts';
import {
  advisorySubject,
  natsDisconnects,
} from '../../../src/adapters/nats/disconnects/disconnects.ts';
import { HostId } from '../../../src/domain/identity/names.ts';
import { throughout, until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { type ConfiguredServer, startConfigured } from './support/configured-server.ts';
import {
  closeOne,
  login,
  runOf,
  socketOf,
  type User,
  watchOn,
} from './support/recorded-disconnects.ts';

const context = withServer();

const [agent, scout] = [runOf('h1'), runOf('scout')];
const slot = { host: agent.host, agent: agent.agent };
const gone = { slot, how: 'closed-by-client', reason: 'Client Closed' };

/** A client in a process of its own, to which signals can be sent. */
async function clientProcess() {
  const script = fileURLToPath(new URL('../embedded/support/client.ts', import.meta.url));
  const args = [script, context.server.url, connectionName(agent)];
  const child = spawn(execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

describe('a process', () => {
  test('that is killed is recorded immediately as a closed connection', async () => {
    await using watcher = await watchOn(context.server.url);
    const child = await clientProcess();
    const began = performance.now();
    child.kill('SIGKILL');
    await until('it is recorded', () => watcher.recorded.length > 0);
    // The server closes the connection of a client that does not answer only after 6 s.
    expect(performance.now() - began).toBeLessThan(4000);
    expect(watcher.recorded).toEqual([gone]);
  });

  test('that hangs is recorded when the server closes its connection', async () => {
    await using watcher = await watchOn(context.server.url);
    const child = await clientProcess();
    child.kill('SIGSTOP');
    await until('it is recorded', () => watcher.recorded.length > 0);
    expect(watcher.recorded).toEqual([{ slot, how: 'other', reason: 'Stale Connection' }]);
  });
});

test.each<[string, (socket: Socket) => unknown, string]>([
  ['is reset', (socket) => socket.resetAndDestroy(), 'Read Error'],
  ['speaks nonsense', (socket) => socket.write('nonsense\r\n'), 'Protocol Violation'],
])('a connection that %s was not closed by its client', async (_, happens, reason) => {
  await using watcher = await watchOn(context.server.url);
  const { socket } = await socketOf(context.server.port, connectionName(agent));
  happens(socket);
  await until('it is recorded', () => watcher.recorded.length > 0);
  expect(watcher.recorded).toEqual([{ slot, how: 'other', reason }]);
});

test('a client with names too long for the server connects without a name', async () => {
  const long = { ...agent, host: HostId.parse('.'.repeat(1024)) };
  const name = `rollcall ${'=2E'.repeat(1400)}/a run12345`;
  const refused = await socketOf(context.server.port, name);
  expect(refused.answer).toContain('maximum control line exceeded');
  await using watcher = await watchOn(context.server.url);
  await closeOne(context.server.url, connectionName(long));
  await closeOne(context.server.url, connectionName(agent));
  await until('the next one is recorded', () => watcher.recorded.length > 0);
  expect(watcher.recorded).toEqual([gone]);
});

test('an unreadable advisory is ignored, and a forged one is recorded', async () => {
  await using watcher = await watchOn(context.server.url);
  const { supervised, recorded } = watcher;
  const name = connectionName(agent);
  const said = [
    '',
    'nonsense',
    'null',
    '7',
    '"text"',
    '[]',
    '{}',
    '{"client":null}',
    '{"client":7,"reason":"Client Closed"}',
    '{"client":{},"reason":"Client Closed"}',
    '{"client":{"name":7},"reason":"Client Closed"}',
    '{"client":{"name":["rollcall h1/a run12345"]}}',
    '{"client":{"name":"rollcall h1/a"},"reason":"Client Closed"}',
    '{"client":{"name":"rollcall =00/a run12345"},"reason":"Client Closed"}',
    '{"client":{"name":"ROLLCALL h1/a run12345"},"reason":"Client Closed"}',
    `{"client":{"name":"${name}"},"reason":"Client Closed"`,
    new Uint8Array([0xff, 0xfe, 0x00]),
  ];
  const subject = advisorySubject.replace('*', 'APP');
  for (const payload of said) supervised.client.publish(subject, payload);
  for (const reason of [undefined, 7, 'New Words', 'Client Closed']) {
    supervised.client.publish(subject, JSON.stringify({ client: { name, more: [] }, reason }));
  }
  await until('all is recorded', () => recorded.length >= 4);
  expect(recorded).toEqual([
    { slot, how: 'other', reason: '' },
    { slot, how: 'other', reason: '' },
    { slot, how: 'other', reason: 'New Words' },
    gone,
  ]);
  expect(watcher.clientErrors).toEqual([]);
});

/** Nothing is recorded, for longer than telling takes; and the connection is none the worse for it. */
async function tellsNothing(
  { supervised, recorded }: Awaited<ReturnType<typeof watchOn>>,
  server: ConfiguredServer,
  user?: User,
): Promise<void> {
  await closeOne(server.url, connectionName(agent), user);
  await throughout('nothing is recorded', () => recorded.length === 0, 1500);
  expect(supervised.up).toBe(true);
  supervised.client.subscribe('echo', { callback: (_, message) => void message.respond('heard') });
  expect((await supervised.client.request('echo', '', { timeout: 2000 })).string()).toBe('heard');
}

/** Until the departures of a scout come through: then the watch stands. */
async function tells(
  { recorded }: Awaited<ReturnType<typeof watchOn>>,
  server: ConfiguredServer,
  user?: User,
): Promise<void> {
  await until('a scout is recorded', async () => {
    await closeOne(server.url, connectionName(scout), user);
    return recorded.length > 0;
  });
  const before = recorded.length;
  await closeOne(server.url, connectionName(agent), user);
  await until('the agent is recorded', () => recorded.some(({ slot }) => slot.host === agent.host));
  expect(recorded.slice(before).at(-1)).toEqual(gone);
}

/** As docs/how-to/detect-killed-processes.md has it. */
const ownAccount = `
accounts {
  SYS { exports: [{ stream: "$SYS.ACCOUNT.*.DISCONNECT", account_token_position: 3 }] }
  APP {
    users: [{ user: agent, password: agent }, { user: collector, password: collector }]
    imports: [{ stream: { account: SYS, subject: "$SYS.ACCOUNT.APP.DISCONNECT" } }]
  }
}
system_account: SYS`;

const twoAccounts = `
accounts {
  SYS { exports: [{ stream: "$SYS.ACCOUNT.AGENTS.DISCONNECT", accounts: [REGISTRY] }] }
  AGENTS { users: [{ user: agent, password: agent }] }
  REGISTRY {
    users: [{ user: collector, password: collector }]
    imports: [{ stream: { account: SYS, subject: "$SYS.ACCOUNT.AGENTS.DISCONNECT" } }]
  }
}
system_account: SYS`;

const permitted = (...grants: readonly string[]) => `
accounts {
  SYS { exports: [{ stream: "$SYS.ACCOUNT.*.DISCONNECT", account_token_position: 3 }] }
  APP {
    users: [
      { user: agent, password: agent }
      { user: collector, password: collector, permissions: {
        publish: { allow: ${JSON.stringify(['_INBOX.>', 'echo', ...grants])} }
        subscribe: { allow: ${JSON.stringify(['_INBOX.>', 'echo', ...grants])} } } }
    ]
    imports: [{ stream: { account: SYS, subject: "$SYS.ACCOUNT.APP.DISCONNECT" } }]
  }
}
system_account: SYS`;

const toListen = (complaint: Error) =>
  complaint instanceof errors.PermissionViolationError && complaint.operation === 'subscription';

describe('a server', () => {
  test.each([
    ['imports its own', ownAccount],
    ['imports those of the agents’ account', twoAccounts],
    ['may subscribe to them', permitted(advisorySubject)],
  ])('tells a collector whose account %s', async (_, config) => {
    await using server = await startConfigured(() => config);
    await using watcher = await watchOn(server.url, 'collector');
    await tells(watcher, server, 'agent');
    expect(watcher.clientErrors.filter(toListen)).toEqual([]);
  });

  test('that denies the subscription is reported once, and subscribed again after its restart', async () => {
    let server = await startConfigured(() => permitted());
    await using watcher = await watchOn(server.url, 'collector');
    await tellsNothing(watcher, server, 'agent');
    expect(watcher.clientErrors.filter(toListen)).toHaveLength(1);

    await server[Symbol.asyncDispose]();
    server = await startConfigured(() => permitted(advisorySubject), server.port);
    await using _server = server;
    await tells(watcher, server, 'agent');
    expect(watcher.clientErrors.filter(toListen)).toHaveLength(1);
  });

  test('that denies the subscription ends no watch before the signal aborts', async () => {
    await using server = await startConfigured(() => permitted());
    const connection = await connectNats({
      servers: [server.url],
      name: 'w',
      ...login('collector'),
    });
    await using supervised = new SupervisedConnection(connection);
    const stop = new AbortController();
    let ended = false;
    const watching = natsDisconnects(supervised)
      .watch(() => {}, stop.signal)
      .then(() => {
        ended = true;
      });
    await throughout('it goes on', () => !ended, 300);
    stop.abort();
    await watching;
  });

  test('that denies the subscription ends a watch when its connection is closed', async () => {
    await using server = await startConfigured(() => permitted());
    const connection = await connectNats({
      servers: [server.url],
      name: 'w',
      ...login('collector'),
    });
    const supervised = new SupervisedConnection(connection);
    const watching = natsDisconnects(supervised).watch(() => {}, new AbortController().signal);
    await connection.flush();
    await supervised[Symbol.asyncDispose]();
    await watching;
  });
});
