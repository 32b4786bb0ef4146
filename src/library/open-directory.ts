import { z } from 'zod';
import { systemAdapters } from '../composition/system-adapters.ts';
import { DurationOrMillis } from '../composition/time/duration.ts';
import { Fault } from '../domain/fault.ts';
import { AvoidedInstances } from '../domain/fleet/avoided-instances.ts';
import type { InstanceRow } from '../domain/fleet/directory-rows.ts';
import { zoneOfRow } from '../domain/fleet/fleet-rows.ts';
import { defaultKeepLast } from '../domain/fleet/kept-instances.ts';
import {
  lessLoadedOfTwo,
  nearest,
  type PickPolicy,
  pickOne,
  pickPolicies,
  withLabels,
} from '../domain/fleet/pick.ts';
import { seconds } from '../domain/time.ts';
import { Directory } from '../runtime/directory/directory.ts';
import { setsFrom, valuesFrom } from './directory-iterables.ts';
import type { DirectoryEvent, Listener, OpenDirectory, PickOptions } from './directory-types.ts';
import { EventListeners } from './event-listeners.ts';
import { Callback, refuseUnknown } from './known-options.ts';
import { openPorts, type StoreOptions } from './open-ports.ts';
import { type Duration, readOption } from './options.ts';

/** Options of `openDirectory`. */
export interface DirectoryOptions extends StoreOptions {
  /** Time between two checks whether a collector is active; default 15 s. See `observed`. */
  readonly seatsEvery?: Duration;
  /**
   * How long `instances` and `pick` return the last instances of a service after their records were removed
   * although nothing shows that they ended; default 10 min; 0: not at all (guarantee G13).
   *
   * It applies if the service has no record left, to the policies `prefer-live` and `any`. Such a row has
   * `keptSince`. It ends when an instance of the service is registered.
   */
  readonly keepLast?: Duration;
}

/**
 * Opens a view of the instances of a namespace. The view is complete when the promise resolves.
 *
 * It creates nothing: for a namespace that does not exist yet it waits up to `connectWithin`. Lost connections are reopened without end; see
 * `OpenDirectory.age`.
 * @throws {Fault} `bad-setting`; `store-unavailable` if the view is not complete within
 * `connectWithin`; `not-found` if there is no such namespace; `store-refused`, `store-misconfigured`, `server-too-old`
 * @example
 * ```ts
 * import { openDirectory } from 'rollcall';
 *
 * await using directory = await openDirectory({ servers: 'nats://127.0.0.1:4222' });
 * const instance = directory.pick('web', { policy: 'prefer-live' });
 * if (instance) process.stdout.write(`${instance.address}:${instance.port} is ${instance.state}\n`);
 * for await (const changes of directory.changes()) {
 *   for (const { before, now } of changes) {
 *     process.stdout.write(`${before?.state ?? 'new'} -> ${now?.state ?? 'removed'}\n`);
 *   }
 * }
 * ```
 */
export async function openDirectory(options: DirectoryOptions): Promise<OpenDirectory> {
  refuseUnknown(options);
  await using opened = new AsyncDisposableStack();
  const seatsEvery = readOption('seatsEvery', DurationOrMillis, options.seatsEvery ?? seconds(15));
  const { ports } = opened.use(await openPorts(options, 'directory', 'wait'));
  const listeners = new Set<Listener>();
  const onChange: Listener = (changes) => {
    for (const listener of [...listeners]) callSafely(listener, changes);
  };
  const keepLast = readOption('keepLast', DurationOrMillis, options.keepLast ?? defaultKeepLast);
  const events = new EventListeners<DirectoryEvent>();
  const onObserved = (observed: boolean) => events.emit(observed ? 'observed' : 'unobserved');
  const directory = opened.use(
    new Directory(ports, { seatsEvery, keepLast, onChange, onObserved }),
  );
  const closed = opened.adopt(new AbortController(), async (controller) => controller.abort());
  await waitUntilComplete(directory, options);
  const avoided = new AvoidedInstances();
  const closing = opened.move();
  const listen = (listener: Listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const usable = (service: string, { policy = 'prefer-live', labels }: PickOptions) => {
    const rows = directory.usable(service, readPolicy(policy));
    return labels ? withLabels(rows, labels) : rows;
  };
  const zoneOf = (row: InstanceRow) => zoneOfRow(row, directory.fleet);
  return {
    instances(service, { policy } = {}) {
      if (policy === undefined) return directory.instances(service);
      return directory.usable(service, readPolicy(policy));
    },
    pick(service, options = {}) {
      const { near, load, random = systemAdapters.entropy.fraction } = readPick(options);
      const now = systemAdapters.clock.monotonic();
      const rows = avoided.filter(usable(service, options), now);
      const close = near ? nearest(rows, near, zoneOf) : rows;
      return load ? lessLoadedOfTwo(close, load, random) : pickOne(close, random());
    },
    watchService(service, options = {}) {
      readPick(options);
      const read = () => usable(service, options);
      return setsFrom(read, listen, closed.signal, systemAdapters.clock);
    },
    avoid({ service, id }, duration) {
      const within = readOption('duration', DurationOrMillis, duration);
      const instance = { service, id } as Pick<InstanceRow, 'service' | 'id'>;
      avoided.avoid(instance, within, systemAdapters.clock.monotonic());
    },
    agents: () => directory.agents(),
    get age() {
      return directory.age ?? 0;
    },
    get observed() {
      return directory.observed;
    },
    get observedAge() {
      return directory.observedAge ?? 0;
    },
    onChange: listen,
    changes: () => valuesFrom(listen, closed.signal),
    on: (event, listener) => events.on(readOption('event', EventName, event), listener),
    close: () => closing.disposeAsync(),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

/** What a listener throws is its program's, and reported there; the view and the other listeners go on. */
function callSafely(listener: Listener, changes: Parameters<Listener>[0]): void {
  try {
    listener(changes);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

const EventName = z.enum(['unobserved', 'observed']);

const PickOptionsRule = z.strictObject({
  policy: z.enum(pickPolicies).optional(),
  labels: z.record(z.string(), z.string()).optional(),
  near: z.strictObject({ host: z.string().optional(), zone: z.string().optional() }).optional(),
  load: Callback,
  random: Callback,
});

function readPick(options: PickOptions): PickOptions {
  readOption('pick', PickOptionsRule, options);
  return options;
}

const readPolicy = (policy: PickPolicy) => readOption('policy', z.enum(pickPolicies), policy);

async function waitUntilComplete(directory: Directory, options: DirectoryOptions): Promise<void> {
  const within = readOption('connectWithin', DurationOrMillis, options.connectWithin ?? seconds(5));
  const ready = directory.ready.then(() => true);
  const finished = new AbortController();
  const signal = options.signal
    ? AbortSignal.any([options.signal, finished.signal])
    : finished.signal;
  const isComplete = await Promise.race([
    ready,
    systemAdapters.clock.sleep(within, signal).then(() => false),
  ]);
  finished.abort();
  if (isComplete) return;
  throw new Fault(
    'store-unavailable',
    `the registry could not be read completely within ${within} ms`,
    {
      hint: 'check that JetStream runs and each stream has a leader: `rollcall doctor` checks both',
    },
  );
}
