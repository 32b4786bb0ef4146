import type { Msg } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';
import { code } from '../../../../src/adapters/nats/connection/jetstream-errors.ts';
import { subjectNamesOf } from '../../../../src/adapters/nats/connection/subject-names.ts';
import type {
  Reply,
  SupervisedConnection,
} from '../../../../src/adapters/nats/connection/supervised-connection.ts';
import { takeSnapshot } from '../../../../src/adapters/nats/read/snapshot.ts';
import { Fault } from '../../../../src/domain/fault.ts';
import { Namespace } from '../../../../src/domain/identity/names.ts';

const bucket = subjectNamesOf(Namespace.parse('test')).registry;
const spec = { bucket, filters: ['agent.>'], atLeast: 0, within: 60_000 };
const lost = '7 were sent, 0 came';

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
 * A server whose consumer loses all that it sends. `later`: what is said of the stream once the first
 * try has failed so; nothing, and the connection is closed, where that is left out.
 */
function losingEverything(later?: Reply): { link: SupervisedConnection; tries: () => number } {
  let tries = 0;
  let hear: (error: null, msg: Msg) => void = () => {};
  const said = (name: string) => (name === 'Nats-Last-Consumer' ? '7' : '');
  const ask = async (subject: string): Promise<Reply> => {
    if (subject.startsWith('$JS.API.STREAM.INFO.')) {
      tries += 1;
      return tries === 1 ? info : (later ?? { kind: 'not-sent', why: 'the connection is closed' });
    }
    if (subject.startsWith('$JS.API.CONSUMER.INFO.')) {
      return heard({ delivered: { consumer_seq: 7 }, num_pending: 0 });
    }
    // Its first heartbeat, behind seven messages that never came.
    hear(null, { headers: { code: 100, get: said } } as unknown as Msg);
    return heard({});
  };
  const connection = {
    options: {},
    isClosed: () => tries > 1 && later === undefined,
    subscribe: (subject: string, { callback }: { callback: typeof hear }) => {
      hear = callback;
      return { getSubject: () => subject, unsubscribe: () => {} };
    },
  };
  const link = {
    up: true,
    connection,
    request: ask,
    publish: () => true,
    onDisconnect: () => () => {},
  };
  return { link: link as unknown as SupervisedConnection, tries: () => tries };
}

const failureOf = (link: SupervisedConnection, within = spec.within) =>
  takeSnapshot(link, { ...spec, within }).catch((cause: unknown) => cause);

describe('a list that cannot be read', () => {
  test('says what ended its tries, and not only that the last one got no answer', async () => {
    const { link, tries } = losingEverything();
    const fault = await failureOf(link);
    const last = `STREAM.INFO.${bucket.stream}: the connection is closed`;
    expect(fault).toMatchObject({
      code: 'store-unavailable',
      message: `reading agent.>: ${lost}; then ${last}`,
      cause: { message: last },
    });
    expect(fault).toBeInstanceOf(Fault);
    expect(tries()).toBe(2);
  });

  test('of a stream that has gone meanwhile says that alone: no other try would find it', async () => {
    expect(await failureOf(losingEverything(missing).link)).toMatchObject({
      code: 'store-misconfigured',
      message: `stream ${bucket.stream} is missing`,
    });
  });

  test('says what ended its only try as it is', async () => {
    const { link } = losingEverything();
    await failureOf(link);
    expect(await failureOf(link)).toMatchObject({
      code: 'store-unavailable',
      message: `STREAM.INFO.${bucket.stream}: the connection is closed`,
    });
  });

  test('for which there was no time at all says so', async () => {
    const { link, tries } = losingEverything();
    const fault = { code: 'store-unavailable', message: 'reading agent.>: no time' };
    expect(await failureOf(link, 0)).toMatchObject(fault);
    expect(tries()).toBe(0);
  });
});
