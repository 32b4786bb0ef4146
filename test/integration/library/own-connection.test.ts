import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errors, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDirectory, startAgent, startCollector } from '../../../src/index.ts';
import { copyOfClient } from '../harness/client-copy.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

type Client = typeof import('@nats-io/transport-node');

const world = withServer();
let folder: string;
let copied: Awaited<ReturnType<typeof copyOfClient>>;
let copy: Client;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-own-'));
  copied = await copyOfClient();
  copy = copied.client;
});
afterAll(async () => {
  await copied[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const web1 = { service: 'web', id: 'web-1', port: 80 };
const subscriptionsOf = (client: NatsConnection): number =>
  (
    client as unknown as { protocol: { subscriptions: { size(): number } } }
  ).protocol.subscriptions.size();
const refusalOf = (call: Promise<unknown>): Promise<unknown> => call.catch((cause) => cause);

describe('a connection of the application, from another copy of the client,', () => {
  it('carries an agent, a collector and a directory, and is open and empty after them', async () => {
    expect(copy.errors.RequestError).not.toBe(errors.RequestError);
    const connection = await copy.connect({ servers: world.server.url, maxReconnectAttempts: -1 });
    const at = { connection, namespace: 'own', stateDir: folder };
    const agent = await startAgent({
      ...at,
      host: 'h1',
      name: 'shop',
      instances: [web1],
      ttl: '2s',
    });
    const collector = await startCollector({ ...at, host: 'h1' });
    const directory = await openDirectory(at);
    await until('the instance is live', () => directory.pick('web')?.state === 'live');
    agent.report(web1, { state: 'failing', detail: 'disk full' });
    await until('it fails', () => directory.instances('web')[0]?.state === 'failing');
    await agent.stop();
    await until('it is gone', () => directory.instances('web').length === 0);
    await collector.close();
    await directory.close();
    expect(connection.isClosed()).toBe(false);
    await until('nothing is subscribed', () => subscriptionsOf(connection) <= 1);
    await connection.flush();
    await connection.close();
  });

  it('survives a restart of the server', async () => {
    const connection = await copy.connect({
      servers: world.server.url,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
    });
    const at = { connection, namespace: 'restart', stateDir: folder };
    await using agent = await startAgent({ ...at, host: 'h1', name: 'shop', instances: [web1] });
    await using directory = await openDirectory(at);
    const seen: string[] = [];
    for (const event of ['disconnected', 'connected'] as const) {
      agent.on(event, () => seen.push(`agent ${event}`));
      directory.on(event, () => seen.push(`directory ${event}`));
    }
    await world.server.restart();
    agent.report(web1, { state: 'failing', detail: 'x' });
    await until('it fails', () => directory.instances('web')[0]?.state === 'failing');
    expect(seen.sort()).toEqual([
      ...['agent connected', 'agent disconnected'],
      ...['directory connected', 'directory disconnected'],
    ]);
    await agent.stop();
    await directory.close();
    expect(seen).toHaveLength(4);
    await connection.close();
  });

  it('gives the same errors as a connection of the library', async () => {
    const connection = await copy.connect({ servers: world.server.url });
    const names = { namespace: 'mistyped', connectWithin: 300 };
    const own = await refusalOf(openDirectory({ servers: world.server.url, ...names }));
    expect(await refusalOf(openDirectory({ connection, ...names }))).toMatchObject({
      code: (own as { code: string }).code,
      message: (own as Error).message,
    });
    await connection.close();
    const closed = await refusalOf(openDirectory({ connection, ...names }));
    expect(closed).toMatchObject({ code: 'bad-setting', message: 'connection: it is closed' });
  });
});

describe('a function that opens a connection', () => {
  it('gets the name of the run and is closed with its agent', async () => {
    const opened: NatsConnection[] = [];
    const wishes: unknown[] = [];
    const agent = await startAgent({
      connection: async (wanted) => {
        wishes.push(wanted);
        const one = await copy.connect({ ...wanted, servers: world.server.url });
        opened.push(one);
        return one;
      },
      ...{ namespace: 'own-2', stateDir: folder, host: 'h1', name: 'shop' },
    });
    expect(wishes).toMatchObject([
      { name: `rollcall h1/shop ${agent.run}`, maxReconnectAttempts: -1 },
    ]);
    await agent.stop();
    expect(opened.map((one) => one.isClosed())).toEqual([true]);
  });

  it('that fails is named, with its error as the cause', async () => {
    const cause = new Error('vault is sealed');
    const failing = openDirectory({ connection: () => Promise.reject(cause), connectWithin: 100 });
    expect(await refusalOf(failing)).toMatchObject({
      code: 'store-unavailable',
      message: 'connection: the function that opens it failed: vault is sealed',
      cause,
    });
  });
});
