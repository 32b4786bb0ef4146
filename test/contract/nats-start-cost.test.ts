import { connect, type Stats } from '@nats-io/transport-node';
import { afterAll, expect, test } from 'vitest';
import { startAgent } from '../../src/index.ts';
import { startTestServer } from '../integration/harness/nats-server.ts';

const server = await startTestServer();
afterAll(() => server[Symbol.asyncDispose]());

/** Starts an agent in a namespace that exists, and returns what its connection sent until it served. */
async function sentBy(
  host: string,
  instances: number,
): Promise<Pick<Stats, 'outMsgs' | 'outBytes'>> {
  const connection = await connect({ servers: server.url, maxReconnectAttempts: -1 });
  const agent = await startAgent({
    ...{ connection, namespace: 'cost', host, name: 'shop', collect: false },
    instances: Array.from({ length: instances }, (_, n) => ({
      ...{ service: 'web', id: `${host}-${n}`, address: '192.0.2.1', port: 8080 },
      labels: { version: '1.0.0' },
    })),
  });
  const { outMsgs, outBytes } = connection.stats();
  await agent.stop();
  await connection.close();
  return { outMsgs, outBytes };
}

// Charts are published in the background: the first agent may end before it has published all of them.
for (const host of ['first', 'second', 'third']) await sentBy(host, 0);

// Two for each instance and three for the run are in the commits, and three are events of the session. An audit that lags
// costs a look or two. 1.2 kB for each message of an event, and room for two more.
test.each([
  [1, 24, 10_000],
  [10, 42, 26_000],
  [999, 2021, 2_150_000],
])(
  'an agent with %i instances sends at most %i messages and %i bytes to start',
  async (instances, messages, bytes) => {
    const sent = await sentBy(`h${instances}`, instances);
    expect(sent.outMsgs).toBeLessThanOrEqual(messages);
    expect(sent.outBytes).toBeLessThanOrEqual(bytes);
  },
);
