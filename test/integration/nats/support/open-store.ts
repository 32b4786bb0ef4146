import { randomUUID } from 'node:crypto';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import {
  type SubjectNames,
  subjectNamesOf,
} from '../../../../src/adapters/nats/connection/subject-names.ts';
import {
  type NatsStore,
  type NatsStoreOptions,
  openNatsStore,
} from '../../../../src/adapters/nats/store.ts';
import { Namespace } from '../../../../src/domain/identity/names.ts';

/** A store on a real server, with direct access to the server. */
export type Opened = AsyncDisposable & {
  readonly store: NatsStore;
  readonly names: SubjectNames;
  /** A separate connection that does not use the store's proxy. */
  readonly raw: NatsConnection;
  readonly jsm: JetStreamManager;
};

export type OpenOptions = Partial<NatsStoreOptions> & {
  /** Servers for `raw`, if they differ. */
  readonly direct?: readonly string[];
  readonly rawLogin?: { readonly user: string; readonly pass: string };
};

export const freshNamespace = (): Namespace => Namespace.parse(randomUUID().slice(0, 8));

/** Opens the store in a new namespace, unless the options name one. */
export async function openOn(
  servers: readonly string[],
  { direct = servers, ...options }: OpenOptions = {},
): Promise<Opened> {
  await using stack = new AsyncDisposableStack();
  const namespace = options.namespace ?? freshNamespace();
  const raw = await connect({
    servers: [...direct],
    ...options.rawLogin,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 50,
    pingInterval: 1000,
  });
  stack.defer(() => raw.close());
  const store = stack.use(await openNatsStore({ name: 'test', ...options, servers, namespace }));
  const jsm = await jetstreamManager(raw, { timeout: 10_000 });
  const opened = stack.move();
  return {
    store,
    names: subjectNamesOf(namespace),
    raw,
    jsm,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** A commit of one record and one event. */
export const recordAndEvent = (
  key: string,
  expectedRevision: number,
  text: string,
  event: string,
) => ({
  writes: [{ key, expectedRevision, text }],
  events: [{ subject: event, text: `{"of":${JSON.stringify(key)}}` }],
});

/** All items of a finite source. */
export async function all<T>(source: AsyncIterable<T>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}
