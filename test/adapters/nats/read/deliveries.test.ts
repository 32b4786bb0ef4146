import type { Msg } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import type {
  Reply,
  SupervisedConnection,
} from '../../../../src/adapters/nats/connection/supervised-connection.ts';
import { deliveries } from '../../../../src/adapters/nats/read/deliveries.ts';

const heard = (body: object): Reply => ({
  kind: 'received',
  msg: { string: () => JSON.stringify(body) } as Msg,
});

/**
 * A server that hosts the consumer, whose copy of the stream ends at 5: it says in each heartbeat that there
 * is nothing more, and on request that nothing is pending. The leader's stream ends at `leaderAt`.
 */
function laggingServer(leaderAt: number) {
  let consumers = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  let deliver: (error: null, msg: Msg) => void = () => {};
  const values: Record<string, string> = { 'Nats-Last-Consumer': '0', 'Nats-Last-Stream': '5' };
  const heartbeat = {
    headers: { code: 100, get: (name: string) => values[name] ?? '' },
  } as unknown as Msg;
  const request = async (subject: string): Promise<Reply> => {
    if (subject.startsWith('$JS.API.STREAM.INFO.')) {
      const state = { messages: 9, bytes: 900, first_seq: 1, last_seq: leaderAt };
      return heard({ config: { name: 'S' }, state });
    }
    if (subject.startsWith('$JS.API.CONSUMER.INFO.')) {
      return heard({ delivered: { consumer_seq: 0 }, num_pending: 0 });
    }
    consumers += 1;
    timer = setInterval(() => deliver(null, heartbeat), 100);
    return heard({});
  };
  const client = {
    options: {},
    isClosed: () => false,
    subscribe: (subject: string, { callback }: { callback: typeof deliver }) => {
      deliver = callback;
      return { getSubject: () => subject, unsubscribe: () => clearInterval(timer) };
    },
  };
  const connection = {
    up: true,
    client,
    request,
    connected: async () => true,
    publish: () => true,
    onDisconnect: () => () => {},
  } as unknown as SupervisedConnection;
  return { connection, consumers: () => consumers };
}

async function followFor(millis: number, leaderAt: number): Promise<number> {
  const { connection, consumers } = laggingServer(leaderAt);
  const signal = AbortSignal.timeout(millis);
  const source = { stream: 'S', from: 1, subjects: [], within: 1000, signal };
  for await (const _ of deliveries(connection, source, undefined)) break;
  return consumers();
}

test('a reader creates a new consumer if its server reports nothing pending and the leader has more messages', async () => {
  expect(await followFor(4500, 9)).toBeGreaterThan(1);
});

test('a reader at the end of the leader’s stream keeps its consumer', async () => {
  expect(await followFor(4500, 5)).toBe(1);
});
