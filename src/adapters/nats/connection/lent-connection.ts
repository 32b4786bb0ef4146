import { errors, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { Fault } from '../../../domain/fault.ts';

/** What is used of a connection. */
const used = [
  ...['close', 'flush', 'getServer', 'isClosed', 'publish', 'request', 'requestMany', 'status'],
  'subscribe',
];

/**
 * A connection that belongs to the application. Closing it ends what was made through it, and leaves the
 * connection of the application as it is. It may come from another copy of the client.
 * @throws {Fault} `bad-setting` if it is none, or is closed
 */
export function lentConnection(given: NatsConnection): NatsConnection {
  refuseUnusable(given);
  const subscriptions = new Set<Subscription>();
  const statuses = new Set<object>();
  let isClosed = false;
  const refuseIfClosed = () => {
    if (isClosed) throw new errors.ClosedConnectionError();
  };
  const own: Partial<NatsConnection> = {
    isClosed: () => isClosed || given.isClosed(),
    publish(...message) {
      refuseIfClosed();
      given.publish(...message);
    },
    async request(...request) {
      refuseIfClosed();
      return given.request(...request);
    },
    subscribe(...what) {
      refuseIfClosed();
      const subscription = given.subscribe(...what);
      subscriptions.add(subscription);
      void subscription.closed.then(() => subscriptions.delete(subscription));
      return subscription;
    },
    status() {
      const status = given.status();
      statuses.add(status);
      return status;
    },
    async close() {
      isClosed = true;
      if (!given.isClosed()) for (const one of subscriptions) one.unsubscribe();
      for (const one of statuses) if ('stop' in one && typeof one.stop === 'function') one.stop();
    },
  };
  return new Proxy(given, {
    get(target, name) {
      const value: unknown = Reflect.get(own, name) ?? Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function refuseUnusable(given: NatsConnection): void {
  const lacks = used.find((name) => typeof Reflect.get(given, name) !== 'function');
  // The connection of the package `nats` 2 has the same functions, and JetStream with them.
  const isOld = typeof Reflect.get(given, 'jetstream') === 'function';
  if (lacks !== undefined || isOld) {
    throw new Fault('bad-setting', 'connection: it is not a connection of nats-core 3', {
      hint: 'use `connect` of @nats-io/transport-node 3, or of another package on @nats-io/nats-core 3',
    });
  }
  if (given.isClosed()) throw new Fault('bad-setting', 'connection: it is closed');
}
