import { Fault } from '../../../domain/fault.ts';
import { type Millis, type MonotonicTime, seconds } from '../../../domain/time.ts';
import { MissingStream } from '../connection/missing-stream.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { ensureStreams, missingStreams, type StreamOptions } from './ensure-streams.ts';

/** The streams are looked for at most so often. */
const lookEvery: Millis = seconds(1);

/** How long a stream must be missing before it is created again: a server that starts may not know it yet. */
const createAfter: Millis = seconds(3);

export interface StreamKeeperOptions extends StreamOptions {
  /** Whether this process may create streams. */
  readonly create: boolean;
}

/**
 * Creates the streams of an open store again when they are gone: deleted, or the server has an empty disk.
 *
 * To the processes a lost store is a store that does not answer for a while. Afterwards their leases and
 * records are gone, so that every run starts over and registers its instances again.
 */
export class StreamKeeper {
  readonly #connection: SupervisedConnection;
  readonly #options: StreamKeeperOptions;
  #lookedAt: MonotonicTime = Number.NEGATIVE_INFINITY;
  #missingSince: MonotonicTime | undefined;
  #looking: Promise<void> | undefined;
  #recreated = 0;
  #failure: string | undefined;

  constructor(connection: SupervisedConnection, options: StreamKeeperOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  /** How often this process has created missing streams. */
  get recreated(): number {
    return this.#recreated;
  }

  /** Why missing streams cannot be created; undefined if none is missing or they were created. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** The port, where a lost store is `store-unavailable` until its streams exist again. */
  guard<T extends object>(port: T): T {
    const guarded = Object.entries(port).map(([name, member]) => [
      name,
      typeof member === 'function' ? this.#guarded(member as AnyFunction) : member,
    ]);
    return Object.fromEntries(guarded);
  }

  #guarded(call: AnyFunction): AnyFunction {
    return (...args) => {
      const result = call(...args);
      return result instanceof Promise ? this.#after(result) : result;
    };
  }

  async #after(result: Promise<unknown>): Promise<unknown> {
    try {
      const value = await result;
      // Another process may have created the streams: what succeeds again clears the failure.
      if (isUnavailable(value) || this.#missingSince !== undefined) void this.#look();
      return value;
    } catch (cause) {
      if (!(cause instanceof Fault) || !mayBeLost.has(cause.code)) throw cause;
      await this.#look();
      // Another process may have created the stream since.
      if (this.#missingSince === undefined && !(cause instanceof MissingStream)) throw cause;
      const why = this.#failure ?? 'its streams are missing and will be created again';
      throw new Fault('store-unavailable', `the store is lost: ${why}`, { cause });
    }
  }

  /** Looks for the streams, unless that was done a moment ago. Never rejects. */
  #look(): Promise<void> {
    // Its login may not ask, and each refusal would be a violation in the log of the server.
    if (this.#connection.reads === 'own-keys') return Promise.resolve();
    const isRecent = performance.now() - this.#lookedAt < lookEvery;
    if (this.#looking || isRecent || !this.#connection.up) {
      return this.#looking ?? Promise.resolve();
    }
    this.#looking = this.#lookOnce().finally(() => {
      this.#looking = undefined;
      this.#lookedAt = performance.now();
    });
    return this.#looking;
  }

  async #lookOnce(): Promise<void> {
    try {
      const missing = await missingStreams(this.#connection, this.#options);
      if (missing.length === 0) {
        this.#missingSince = undefined;
        this.#failure = undefined;
        return;
      }
      this.#missingSince ??= performance.now();
      if (performance.now() - this.#missingSince < createAfter) return;
      await ensureStreams(this.#connection, this.#options);
      this.#recreated += 1;
      this.#missingSince = undefined;
      this.#failure = undefined;
    } catch (cause) {
      if (this.#missingSince === undefined) return;
      this.#failure = cause instanceof Error ? cause.message : String(cause);
    }
  }
}

type AnyFunction = (...args: readonly unknown[]) => unknown;

const mayBeLost: ReadonlySet<string> = new Set(['store-unavailable', 'store-misconfigured']);

/** The outcome of a commit that was not stored. */
const isUnavailable = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'outcome' in value &&
  value.outcome === 'unavailable';
