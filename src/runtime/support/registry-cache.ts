import { Fleet } from '../../domain/fleet/fleet.ts';
import { allKeys } from '../../domain/identity/registry-keys.ts';
import type { Millis, MonotonicTime, Revision } from '../../domain/time.ts';
import type { ViewOwner } from '../../ports/metrics.ts';
import type { Ports } from '../../ports/ports.ts';
import type { WatchEvent } from '../../ports/watch.ts';

/**
 * The registry as this process sees it, kept by a watch. When the watch is down it stays as it was,
 * with its age.
 */
export class RegistryCache {
  readonly fleet = new Fleet();
  readonly #ports: Pick<Ports, 'registry' | 'clock' | 'metrics'>;
  readonly #owner: ViewOwner;
  readonly #touched: (slots: ReadonlySet<string>) => void;
  readonly #waiting = new Set<() => void>();
  readonly #first = Promise.withResolvers<void>();
  #heard: MonotonicTime | undefined;

  constructor(
    ports: Pick<Ports, 'registry' | 'clock' | 'metrics'>,
    onChange: (slots: ReadonlySet<string>) => void = () => {},
    owner: ViewOwner = 'collector',
  ) {
    this.#ports = ports;
    this.#touched = onChange;
    this.#owner = owner;
  }

  /** Resolves with the first complete snapshot. */
  get loaded(): Promise<void> {
    return this.#first.promise;
  }

  /** Since the store was last heard; undefined before the first snapshot. */
  get age(): Millis | undefined {
    return this.#heard === undefined ? undefined : this.#ports.clock.monotonic() - this.#heard;
  }

  /** Follows the registry until the signal. */
  async follow(signal: AbortSignal): Promise<void> {
    const { registry, metrics } = this.#ports;
    for await (const feed of registry.watch([allKeys], signal)) this.#take(feed);
    metrics.viewClosed(this.#owner);
  }

  /** Resolves `true` when the view has passed this revision, `false` once the signal is aborted. */
  async waitForRevision(revision: Revision, signal: AbortSignal): Promise<boolean> {
    while (this.fleet.upTo < revision && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const wake = () => resolve();
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
      await promise;
      signal.removeEventListener('abort', wake);
      this.#waiting.delete(wake);
    }
    return !signal.aborted;
  }

  #take(feed: WatchEvent): void {
    if (feed.kind === 'stale') return;
    this.#heard = this.#ports.clock.monotonic();
    this.#ports.metrics.viewHeard(this.#owner);
    if (feed.kind === 'heartbeat') return;
    const { fleet } = this;
    const touched =
      feed.kind === 'snapshot'
        ? fleet.replace(feed.entries, feed.upTo)
        : fleet.apply(feed.entries, feed.upTo);
    if (feed.kind === 'snapshot') this.#first.resolve();
    this.#touched(touched);
    for (const resolve of this.#waiting) resolve();
  }
}
