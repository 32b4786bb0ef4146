import { z } from 'zod';
import { systemAdapters } from '../composition/system-adapters.ts';
import { DurationOrMillis } from '../composition/time/duration.ts';
import { Fault } from '../domain/fault.ts';
import { AvoidedInstances } from '../domain/fleet/avoided-instances.ts';
import type { AgentRow, InstanceRow } from '../domain/fleet/directory-rows.ts';
import { defaultKeepLast } from '../domain/fleet/kept-instances.ts';
import { type PickPolicy, pickOne, pickPolicies } from '../domain/fleet/pick.ts';
import { seconds } from '../domain/time.ts';
import { Directory } from '../runtime/directory/directory.ts';
import type { DirectoryChange } from '../runtime/directory/row-changes.ts';
import { refuseUnknown } from './known-options.ts';
import { openPorts, type StoreOptions } from './open-ports.ts';
import { type Duration, readOption } from './options.ts';

/** Options of `openDirectory`. */
export interface DirectoryOptions extends StoreOptions {
  /** Time between two checks whether a collector is active; default 15 s. See `observed`. */
  readonly seatsEvery?: Duration;
  /**
   * How long `instances` and `pick` return the last instances of a service after their records were removed
   * although nothing is known to have ended them; default 10 min; 0: not at all (guarantee G13).
   *
   * It applies if the service has no record left, to the policies `prefer-live` and `any`. Such a row has
   * `keptSince`. It ends when an instance of the service is registered.
   */
  readonly keepLast?: Duration;
}

/** Options of `OpenDirectory.pick`. */
export interface PickOptions {
  /** Which instances may be returned; default `prefer-live`. */
  readonly policy?: PickPolicy;
  /** Random numbers, uniform in [0, 1); default: those of the system. For tests. */
  readonly random?: () => number;
}

type Listener = (changes: readonly DirectoryChange[]) => void;

/**
 * A view of the instances and agents of a namespace, updated by a watch of the registry.
 *
 * Reading it is local and costs no request. While the store does not answer, the view keeps its last
 * contents, and `age` tells how old they are (guarantee G9). Disposing it closes the connection.
 */
export interface OpenDirectory extends AsyncDisposable {
  /**
   * The instances of one service, or of all services, each with its state and the reason for it.
   *
   * With `policy`, only the instances that a consumer may use, the best first, at most one per
   * `service/id` (guarantee G11).
   * @throws {Fault} `bad-setting` if there is no such policy
   */
  instances(
    service?: string,
    options?: { readonly policy?: PickPolicy | undefined },
  ): readonly InstanceRow[];
  /**
   * One instance of the service, chosen at random from those that the policy allows; undefined if it
   * allows none.
   *
   * It comes from the view as it was `age` ms ago, so with `prefer-live` and `any` it may be dubious; its
   * `reason` tells why.
   * @throws {Fault} `bad-setting` if there is no such policy
   */
  pick(service: string, options?: PickOptions): InstanceRow | undefined;
  /**
   * Reports that an instance failed this consumer: `pick` does not return it for `duration`, unless no
   * other instance is left. It is not stored, and no other consumer is affected.
   * @throws {Fault} `bad-setting` if the duration breaks its rule
   * @example
   * ```ts
   * import { openDirectory } from 'rollcall';
   *
   * await using directory = await openDirectory({ servers: 'nats://127.0.0.1:4222' });
   * const instance = directory.pick('web');
   * if (instance) {
   *   await fetch(`http://${instance.address}:${instance.port}/`).catch(() => {
   *     directory.avoid(instance, '10s');
   *   });
   * }
   * ```
   */
  avoid(instance: { readonly service: string; readonly id: string }, duration: Duration): void;
  /** The agents, each with its current run and state. */
  agents(): readonly AgentRow[];
  /** Milliseconds since the last message of the store, heartbeats of the watch included. */
  readonly age: number;
  /**
   * Whether a collector is active and sees the fleet. Without one, nothing notices that an agent fell
   * silent. It is as old as `observedAge`.
   */
  readonly observed: boolean;
  /** Milliseconds since `observed` was last read; it grows while the leases cannot be read. */
  readonly observedAge: number;
  /**
   * Calls the listener with each later change, grouped as they were stored. Returns a function that
   * removes the listener. What it throws is an uncaught exception of the program, and the view goes on.
   */
  onChange(listener: Listener): () => void;
  /**
   * The same changes as an iterable, from this call on. It skips none: changes that are not read yet
   * stay in memory. It ends when the directory is disposed.
   */
  changes(): AsyncGenerator<readonly DirectoryChange[], void, undefined>;
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
  const directory = opened.use(new Directory(ports, { seatsEvery, keepLast, onChange }));
  const closed = opened.adopt(new AbortController(), async (controller) => controller.abort());
  await waitUntilComplete(directory, options);
  const avoided = new AvoidedInstances();
  const closing = opened.move();
  const listen = (listener: Listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return {
    instances(service, { policy } = {}) {
      if (policy === undefined) return directory.instances(service);
      return directory.usable(service, readPolicy(policy));
    },
    pick(service, { policy = 'prefer-live', random = systemAdapters.entropy.fraction } = {}) {
      const now = systemAdapters.clock.monotonic();
      const usable = directory.usable(service, readPolicy(policy));
      return pickOne(avoided.filter(usable, now), random());
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
    changes: () => changesFrom(listen, closed.signal),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

/** What a listener throws is its program's, and reported there; the view and the other listeners go on. */
function callSafely(listener: Listener, changes: readonly DirectoryChange[]): void {
  try {
    listener(changes);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
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

function changesFrom(
  listen: (listener: Listener) => () => void,
  closed: AbortSignal,
): AsyncGenerator<readonly DirectoryChange[], void, undefined> {
  const queue: (readonly DirectoryChange[])[] = [];
  let wake = () => {};
  const stop = listen((changes) => {
    queue.push(changes);
    wake();
  });
  closed.addEventListener('abort', () => wake(), { once: true });
  return (async function* () {
    try {
      while (!closed.aborted) {
        const next = queue.shift();
        if (next) yield next;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      stop();
    }
  })();
}
