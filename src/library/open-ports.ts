import { z } from 'zod';
import { type Access, stripCredentials } from '../composition/access.ts';
import { DurationOrMillis } from '../composition/duration.ts';
import { openStore, portsOf } from '../composition/open-store.ts';
import { Namespace, type RunRef } from '../domain/identity/names.ts';
import { type Millis, seconds } from '../domain/time.ts';
import type { Log } from '../ports/log.ts';
import { type Metrics, noopMetrics } from '../ports/metrics.ts';
import { type Duration, readOption } from './options.ts';

export interface StoreOptions {
  /** `nats://host:port`, one or several. */
  readonly servers: string | readonly string[];
  /** Which fleet; default `default`. */
  readonly namespace?: string;
  /** What proves who we are: the texts, not the paths of files. */
  readonly credentials?: NonNullable<Access['credentials']>;
  /** PEM texts. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** How long the first connection may take; default 5 s. What breaks later is tried for ever. */
  readonly connectWithin?: Duration;
  /** Ends connecting. */
  readonly signal?: AbortSignal;
  /** Default: nothing is logged. */
  readonly log?: Log;
  /** Default: nothing is counted. */
  readonly metrics?: Metrics;
}

const connectWithin: Millis = seconds(5);
const never = new AbortController().signal;
const silent: Log = { debug: () => {}, info: () => {}, warn: () => {} };

const Servers = z.union([
  z
    .string()
    .min(1)
    .transform((one) => [one]),
  z.array(z.string().min(1)).min(1),
]);

/**
 * The ports on the store that the options name; `create`: a namespace that is not there is made.
 * For a run, the charts of what it will write are published.
 * @throws {Fault} `store-unavailable` and others
 */
export async function openPorts(options: StoreOptions, as: RunRef | string, create = true) {
  const { servers, login } = stripCredentials(readOption('servers', Servers, options.servers));
  const { user, password } = login;
  const credentials =
    options.credentials ??
    (user === undefined ? undefined : { user, ...(password && { pass: password }) });
  const access = {
    servers,
    namespace: readOption('namespace', Namespace, options.namespace ?? 'default'),
    ...(credentials && { credentials }),
    ...(options.tls && { tls: options.tls }),
  };
  const within = readOption(
    'connectWithin',
    DurationOrMillis,
    options.connectWithin ?? connectWithin,
  );
  const store = await openStore(access, {
    as,
    signal: options.signal ?? never,
    within,
    create,
  });
  const ports = portsOf(store, {
    log: options.log ?? silent,
    metrics: options.metrics ?? noopMetrics,
  });
  if (typeof as !== 'string') {
    const { publishCharts } = await import('../runtime/transitions/publish-charts.ts');
    void publishCharts(ports);
  }
  return {
    ports,
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}
