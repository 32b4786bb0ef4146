import { setTimeout as pause } from 'node:timers/promises';
import { type OpenDirectory, openDirectory } from '../../../../src/index.ts';

interface Seen {
  token: number;
  registration: string;
  at: number;
  longest: number;
}

/**
 * A program that asks the library every 50 ms for the instances of `web`, as one that sends requests does. It notes how
 * long each was missing, and whether a token was seen for two registrations.
 */
export class Consumer implements AsyncDisposable {
  readonly #directory: OpenDirectory;
  readonly #seen = new Map<string, Seen>();
  readonly #ended = new AbortController();
  readonly #polling: Promise<void>;
  /** Polls that found no instance at all, since the first that found one. */
  empty = 0;
  /** Tokens that did not grow with a new registration. */
  readonly repeated: string[] = [];

  private constructor(directory: OpenDirectory) {
    this.#directory = directory;
    this.#polling = this.#poll();
  }

  static async open(servers: string, namespace: string): Promise<Consumer> {
    const directory = await openDirectory({
      ...{ servers, namespace, connectWithin: '30s', seatsEvery: '1s' },
    });
    return new Consumer(directory);
  }

  get live(): readonly string[] {
    return this.#directory
      .instances('web')
      .filter(({ state }) => state === 'live')
      .map(({ id }) => id)
      .toSorted();
  }

  /** The run that registered it; undefined if it is not registered. */
  runOf(id: string): string | undefined {
    return this.#directory.instances('web').find((row) => row.id === id)?.run;
  }

  /** The last token of each, by id. */
  get tokens(): ReadonlyMap<string, number> {
    return new Map([...this.#seen].map(([id, { token }]) => [id, token]));
  }

  /** The longest time in ms that one of these could not be used, since it was first seen. */
  longestAbsence(...ids: readonly string[]): number {
    return Math.max(...ids.map((id) => this.#seen.get(id)?.longest ?? Number.POSITIVE_INFINITY));
  }

  async #poll(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      const now = performance.now();
      const rows = this.#directory.instances('web', { policy: 'any' });
      for (const { id, token, run } of rows) {
        const registration = `${run} ${token}`;
        const before = this.#seen.get(id) ?? { token, registration, at: now, longest: 0 };
        const isNew = before.registration !== registration;
        if (isNew && token <= before.token) {
          this.repeated.push(`${id}: ${before.registration}, then ${registration}`);
        }
        const longest = Math.max(before.longest, now - before.at);
        this.#seen.set(id, { token, registration, at: now, longest });
      }
      if (rows.length === 0 && this.#seen.size > 0) this.empty += 1;
      await pause(50, undefined, { signal }).catch(() => {});
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await this.#polling;
    await this.#directory.close();
  }
}
