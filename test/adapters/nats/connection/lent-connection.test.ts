import type { NatsConnection } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';
import { lentConnection } from '../../../../src/adapters/nats/connection/lent-connection.ts';

/** The connection of an application, which remembers what is done with it. */
function application(more: object = {}) {
  const done: string[] = [];
  const note =
    (what: string, result: unknown = undefined) =>
    () => {
      done.push(what);
      return result;
    };
  const connection = {
    options: { inboxPrefix: '_INBOX_app' },
    isClosed: () => false,
    close: note('close'),
    publish: note('publish'),
    request: note('request', Promise.resolve('reply')),
    subscribe: note('subscribe', {
      closed: new Promise(() => {}),
      unsubscribe: note('unsubscribe'),
    }),
    status: note('status', { stop: note('stop') }),
    ...{ flush: note('flush'), getServer: note('getServer'), requestMany: note('requestMany') },
    ...more,
  };
  return { done, connection: connection as unknown as NatsConnection };
}

describe('the connection of an application', () => {
  test('stays open, and what was made through it ends', async () => {
    const { done, connection } = application();
    const lent = lentConnection(connection);
    lent.subscribe('a');
    lent.status();
    expect(await lent.request('b')).toBe('reply');
    await lent.close();
    expect(done).toEqual(['subscribe', 'status', 'request', 'unsubscribe', 'stop']);
    expect(lent.isClosed()).toBe(true);
    expect(connection.isClosed()).toBe(false);
    await expect(lent.request('b')).rejects.toMatchObject({ name: 'ClosedConnectionError' });
    expect(() => lent.publish('b')).toThrow('closed');
    expect(() => lent.subscribe('b')).toThrow('closed');
    expect(done).toHaveLength(5);
  });

  test('shows its other properties', () => {
    const lent = lentConnection(application().connection);
    expect(lent).toMatchObject({ options: { inboxPrefix: '_INBOX_app' } });
  });

  test.each([
    ['that is closed', { isClosed: () => true }, 'connection: it is closed'],
    ['of the package nats 2', { jetstream: () => ({}) }, 'not a connection of nats-core 3'],
    ['without a function', { requestMany: undefined }, 'not a connection of nats-core 3'],
  ])('%s is refused', (_, more, why) => {
    expect(() => lentConnection(application(more).connection)).toThrow(why);
  });
});
