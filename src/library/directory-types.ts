import type { AgentRow, InstanceRow } from '../domain/fleet/directory-rows.ts';
import type { PickPolicy } from '../domain/fleet/pick.ts';
import type { DirectoryChange } from '../runtime/directory/row-changes.ts';
import type { StoreOptions } from './open-ports.ts';
import type { Duration } from './options.ts';

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

/** Options of `OpenDirectory.pick`. */
export interface PickOptions {
  /** Which instances may be returned; default `prefer-live`. */
  readonly policy?: PickPolicy;
  /** Only instances that have all of these labels, each with this value. The policy judges the whole service. */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Where the caller runs: an instance on this host is preferred, then one whose agent has this zone; if there
   * is neither, all count. `host` is the id of the host, as `RunningAgent.host`. Default: all count.
   */
  readonly near?: { readonly host?: string; readonly zone?: string };
  /**
   * How loaded an instance is, by the caller's own knowledge, such as its open requests. Of two that are chosen at
   * random, the less loaded one is returned. Default: one at random.
   */
  readonly load?: (instance: InstanceRow) => number;
  /** Random numbers, uniform in [0, 1); default: those of the system. For tests. */
  readonly random?: () => number;
}

/**
 * What `OpenDirectory.on` can report. `unobserved`, `observed`: `observed` became false or true. `disconnected`: the
 * connection to the server broke; `connected`: it is back.
 */
export type DirectoryEvent = 'unobserved' | 'observed' | 'disconnected' | 'connected';

export type Listener = (changes: readonly DirectoryChange[]) => void;

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
   * A row is the same object until the instance changes, also for other callers. It is frozen, with its labels.
   *
   * With `policy`, only the instances that a consumer may use, the best first, at most one per
   * `service/id` (guarantee G11).
   * @throws {Fault} `bad-setting` if an argument breaks its rule
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
   * @throws {Fault} `bad-setting` if an argument breaks its rule
   */
  pick(service: string, options?: PickOptions): InstanceRow | undefined;
  /**
   * The instances of a service that the policy allows, as complete sets: the present one at once, and each
   * later one that differs. A slow reader gets the latest. It ends when the directory is closed; when `signal` aborts,
   * it throws the signal's reason.
   * @throws {Fault} `bad-setting` if an argument breaks its rule
   * @example
   * ```ts
   * import { openDirectory } from 'rollcall';
   *
   * await using directory = await openDirectory({ servers: 'nats://127.0.0.1:4222' });
   * for await (const instances of directory.watchService('web')) {
   *   process.stdout.write(`${instances.map(({ id }) => id).join(', ')}\n`);
   * }
   * ```
   */
  watchService(
    service: string,
    options?: Pick<PickOptions, 'policy' | 'labels'> & { readonly signal?: AbortSignal },
  ): AsyncGenerator<readonly InstanceRow[], void, undefined>;
  /**
   * Reports that an instance failed this consumer: `pick` does not return it for `duration`, unless no
   * other instance is left. It is not stored, and no other consumer is affected.
   * @throws {Fault} `bad-setting` if the name or the duration breaks its rule
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
   * stay in memory. It ends when the directory is disposed; when `signal` aborts, it throws the signal's reason.
   */
  changes(options?: {
    readonly signal?: AbortSignal;
  }): AsyncGenerator<readonly DirectoryChange[], void, undefined>;
  /** Calls the listener at each such event. Returns a function that removes the listener. */
  on(event: DirectoryEvent, listener: () => void): () => void;
  /**
   * Closes the connection, and ends all iterables. Disposing the directory is the same. Afterwards each function throws
   * a `Fault` with the code `bad-setting`: a view that nothing updates would return dead instances for ever.
   */
  close(): Promise<void>;
}
