import type { StreamInfo } from '@nats-io/jetstream';
import type { Msg } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';
import { code } from '../../../../src/adapters/nats/connection/jetstream-errors.ts';
import { subjectNamesOf } from '../../../../src/adapters/nats/connection/subject-names.ts';
import type {
  Reply,
  SupervisedConnection,
} from '../../../../src/adapters/nats/connection/supervised-connection.ts';
import { isStillLed, takeSnapshot } from '../../../../src/adapters/nats/read/snapshot.ts';
import { Fault } from '../../../../src/domain/fault.ts';
import { Namespace } from '../../../../src/domain/identity/names.ts';

const bucket = subjectNamesOf(Namespace.parse('test')).registry;
const spec = { bucket, filters: ['agent.>'], atLeast: 0, within: 60_000 };
const lost = 'the server sent 7 messages, 0 arrived';

const heard = (body: object): Reply => ({
  kind: 'received',
  msg: { string: () => JSON.stringify(body) } as Msg,
});
const info = heard({
  config: { name: bucket.stream },
  state: { messages: 7, bytes: 700, first_seq: 1, last_seq: 7 },
});
const missing = heard({ error: { code: 404, err_code: code.streamNotFound, description: 'none' } });

/**
 * A server whose consumer loses every message. `later` is the reply about the stream after the first
 * try has failed; without it the connection is closed then. `consumer`: the reply about the consumer, which sends nothing.
 */
function lossyConnection(
  later?: Reply,
  consumer?: Reply,
): { connection: SupervisedConnection; tries: () => number } {
  let tries = 0;
  let deliver: (error: null, msg: Msg) => void = () => {};
  const header = (name: string) => (name === 'Nats-Last-Consumer' ? '7' : '');
  const request = async (subject: string): Promise<Reply> => {
    if (subject.startsWith('$JS.API.STREAM.INFO.')) {
      tries += 1;
      return tries === 1 ? info : (later ?? { kind: 'not-sent', why: 'the connection is closed' });
    }
    if (subject.startsWith('$JS.API.CONSUMER.INFO.')) {
      return consumer ?? heard({ delivered: { consumer_seq: 7 }, num_pending: 0 });
    }
    if (consumer) return heard({});
    // Its first heartbeat: seven messages were sent before it, and none arrived.
    deliver(null, { headers: { code: 100, get: header } } as unknown as Msg);
    return heard({});
  };
  const client = {
    options: {},
    isClosed: () => tries > 1 && later === undefined,
    subscribe: (subject: string, { callback }: { callback: typeof deliver }) => {
      deliver = callback;
      return { getSubject: () => subject, unsubscribe: () => {} };
    },
  };
  const connection = {
    up: true,
    client,
    request,
    publish: () => true,
    onDisconnect: () => () => {},
  };
  return { connection: connection as unknown as SupervisedConnection, tries: () => tries };
}

const last = `the JetStream API did not answer STREAM.INFO.${bucket.stream}: the connection is closed`;
const failureOf = (connection: SupervisedConnection, within = spec.within) =>
  takeSnapshot(connection, { ...spec, within }).catch((cause: unknown) => cause);

const noConsumer = heard({
  error: { code: 404, err_code: code.consumerNotFound, description: 'consumer not found' },
});

describe('a snapshot that cannot be read', () => {
  test('is tried again if the server no longer has its consumer, as after a broken connection', async () => {
    const { connection, tries } = lossyConnection(undefined, noConsumer);
    expect(await failureOf(connection)).toMatchObject({
      code: 'store-unavailable',
      message: `agent.> cannot be read: the server has no such consumer any more; then ${last}`,
    });
    expect(tries()).toBe(2);
  });

  test('reports why the earlier tries failed, not only the last one', async () => {
    const { connection, tries } = lossyConnection();
    const fault = await failureOf(connection);
    expect(fault).toMatchObject({
      code: 'store-unavailable',
      message: `agent.> cannot be read: ${lost}; then ${last}`,
      cause: { message: last },
    });
    expect(fault).toBeInstanceOf(Fault);
    expect(tries()).toBe(2);
  });

  test('reports only the missing stream when the stream was deleted meanwhile', async () => {
    expect(await failureOf(lossyConnection(missing).connection)).toMatchObject({
      code: 'store-misconfigured',
      message: `stream ${bucket.stream} is missing`,
    });
  });

  test('reports the failure of its only try unchanged', async () => {
    const { connection } = lossyConnection();
    await failureOf(connection);
    expect(await failureOf(connection)).toMatchObject({
      code: 'store-unavailable',
      message: last,
    });
  });

  test('reports that no time was left when the limit is 0', async () => {
    const { connection, tries } = lossyConnection();
    const fault = { code: 'store-unavailable', message: 'agent.> cannot be read: no time left' };
    expect(await failureOf(connection, 0)).toMatchObject(fault);
    expect(tries()).toBe(0);
  });
});

const streamAs = (leader: string, created: string, last_seq: number) =>
  ({ created, cluster: { leader }, state: { last_seq } }) as StreamInfo;

test.each<[string, StreamInfo | undefined, boolean]>([
  ['leads a stream that grew', streamAs('n1', 'then', 8), true],
  ['no longer leads the stream', streamAs('n2', 'then', 8), false],
  ['leads a stream that was recreated', streamAs('n1', 'now', 8), false],
  ['leads a stream that lost its end', streamAs('n1', 'then', 6), false],
  ['has no stream', undefined, false],
])(
  'a report of a server about its consumer is accepted or ignored correctly if it %s',
  (_, now, counts) => {
    expect(isStillLed(streamAs('n1', 'then', 7), now)).toBe(counts);
  },
);
