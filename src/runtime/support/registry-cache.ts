import { Fleet } from '../../domain/fleet/fleet.ts';
import { missedEntries } from '../../domain/fleet/missed-entries.ts';
import { allKeys } from '../../domain/identity/registry-keys.ts';
import type { Millis, MonotonicTime, Revision } from '../../domain/time.ts';
import type { ViewOwner } from '../../ports/metrics.ts';
import type { Ports } from '../../ports/ports.ts';
import type { WatchEvent } from '../../ports/watch.ts';
import { LeftOutReport } from './left-out-report.ts';
import { reportMissed } from './report-missed.ts';

/**
 * `isCurrent` is false from an interruption of the watch until the server confirms that the view is current:
 * of what changed meanwhile, only the last version arrives.
 */
type OnChange = (slots: ReadonlySet<string>, arrival: { readonly isCurrent: boolean }) => void;

/**
 * The registry as this process sees it, updated by a watch. While the watch is down, the cache
 * keeps its last contents; `age` tells how old they are.
 */
export class RegistryCache {
  readonly fleet = new Fleet();
  readonly #ports: Pick<Ports, 'registry' | 'clock' | 'log' | 'metrics'>;
  readonly #owner: ViewOwner;
  readonly #onChange: OnChange;
  readonly #waiting = new Set<() => void>();
  readonly #leftOut: LeftOutReport;
  readonly #firstSnapshot = Promise.withResolvers<void>();
  #lastMessageAt: MonotonicTime | undefined;
  #trouble: string | undefined;
  #isCurrent = true;

  constructor(
    ports: Pick<Ports, 'registry' | 'clock' | 'log' | 'metrics'>,
    onChange: OnChange = () => {},
    owner: ViewOwner = 'collector',
  ) {
    this.#ports = ports;
    this.#onChange = onChange;
    this.#owner = owner;
    this.#leftOut = new LeftOutReport(owner, ports);
  }

  /** Resolves with the first complete snapshot. */
  get loaded(): Promise<void> {
    return this.#firstSnapshot.promise;
  }

  /** Time since the last message of the store; undefined before the first snapshot. */
  get age(): Millis | undefined {
    return this.#lastMessageAt === undefined
      ? undefined
      : this.#ports.clock.monotonic() - this.#lastMessageAt;
  }

  /** Why the watch receives nothing; undefined while it receives. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Follows the registry until the signal. */
  async follow(signal: AbortSignal): Promise<void> {
    const { registry, metrics } = this.#ports;
    for await (const event of registry.watch([allKeys], signal)) this.#apply(event);
    metrics.viewClosed(this.#owner);
  }

  /** Resolves `true` when the cache contains this revision, `false` when the signal aborts. */
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

  /** A difference that no later write explains is never silent: the view was wrong until now. */
  #compare(snapshot: WatchEvent & { readonly kind: 'snapshot' }): void {
    const { why } = snapshot;
    if (why === undefined) return;
    const view = { revisions: this.fleet.revisions(), upTo: this.fleet.upTo };
    const missed = missedEntries(view, snapshot, { lapses: false });
    reportMissed(missed, { watch: this.#owner, why }, this.#ports);
  }

  #apply(event: WatchEvent): void {
    this.#trouble = event.kind === 'stale' ? event.why : undefined;
    if (event.kind === 'stale') this.#isCurrent = false;
    if (event.kind === 'heartbeat') this.#isCurrent = true;
    if (event.kind === 'stale') return;
    this.#lastMessageAt = this.#ports.clock.monotonic();
    this.#ports.metrics.viewHeard(this.#owner);
    if (event.kind === 'heartbeat') return;
    if (event.kind === 'snapshot') this.#compare(event);
    const { fleet } = this;
    const changed =
      event.kind === 'snapshot'
        ? fleet.replace(event.entries, event.upTo)
        : fleet.apply(event.entries, event.upTo);
    if (event.kind === 'snapshot') this.#firstSnapshot.resolve();
    this.#onChange(changed, { isCurrent: this.#isCurrent });
    for (const resolve of this.#waiting) resolve();
    this.#leftOut.report(this.fleet.leftOut);
  }
}
