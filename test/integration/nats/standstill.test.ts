import { connect } from '@nats-io/transport-node';
import { afterAll, expect, test } from 'vitest';
import { sleep } from '../../../src/adapters/nats/connection/backoff.ts';
import { connectNats } from '../../../src/adapters/nats/connection/connect.ts';
import { SupervisedConnection } from '../../../src/adapters/nats/connection/supervised-connection.ts';
import { startAgent } from '../../../src/index.ts';
import { startTestServer } from '../harness/nats-server.ts';

const server = await startTestServer();
afterAll(() => server[Symbol.asyncDispose]());

/** Keeps the event loop busy: no timer fires and no socket is read. Timers come first after it. */
async function standStill(duration: number): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  const until = performance.now() + duration;
  while (performance.now() < until);
}

test('an answer that came while the event loop stood still counts, though its time limit is over', async () => {
  const client = await connectNats({ servers: [server.url], name: 'standstill' });
  await using connection = new SupervisedConnection(client);
  const ask = (what: string, request: object, within: number) =>
    connection.request(`$JS.API.${what}`, JSON.stringify(request), { within });
  await ask('STREAM.CREATE.empty', { name: 'empty', subjects: ['empty'] }, 5000);
  const config = { durable_name: 'one', ack_policy: 'none' };
  await ask('CONSUMER.DURABLE.CREATE.empty.one', { stream_name: 'empty', config }, 5000);
  // The stream has no message, so the server answers after 0.3 s that there is none.
  const asked = ask('CONSUMER.MSG.NEXT.empty.one', { batch: 1, expires: 0.3e9 }, 600);
  await sleep(20);
  await standStill(1500);
  expect(await asked).toMatchObject({ kind: 'received' });
});

test('a request without an answer ends at its time limit', async () => {
  const client = await connectNats({ servers: [server.url], name: 'standstill' });
  await using connection = new SupervisedConnection(client);
  client.subscribe('silent');
  const began = performance.now();
  const reply = await connection.request('silent', '', { within: 300 });
  expect(reply).toMatchObject({ kind: 'timed-out', why: 'no answer in time' });
  expect(performance.now() - began).toBeLessThan(5000);
});

test('an agent starts though the event loop stood still for longer than it may take to connect', async () => {
  const agent = await startAgent({
    ...{ namespace: 'still', host: 'a', name: 'shop', collect: false, connectWithin: 1500 },
    connection: async (wanted) => {
      await standStill(2500);
      return connect({ ...wanted, servers: server.url });
    },
  });
  expect(agent.state).toBe('serving');
  await agent.stop();
});
