import { Fleet, type Keep } from '../../domain/fleet/fleet.ts';
import { missedEntries } from '../../domain/fleet/missed-entries.ts';
import { allKeys } from '../../domain/identity/registry-keys.ts';
import type {
  KeyValueEntry,
  StoredInstance,
  ViewInstance,
} from '../../domain/records/stored-record.ts';
import type { Millis, MonotonicTime, Revision } from '../../domain/time.ts';
import type { ViewOwner } from '../../ports/metrics.ts';
import type { Ports } from '../../ports/ports.ts';
import type { SnapshotReader, WatchEvent } from '../../ports/watch.ts';
import { LeftOutReport } from './left-out-report.ts';
import { reportMissed } from './report-missed.ts';

/** Entries that a view is about to apply, or the view that is about to take the place of its contents. */
export type ViewChange<I extends ViewInstance> =
  | { readonly entries: readonly KeyValueEntry[] }
  | { readonly next: Fleet<I>; readonly isFirst: boolean };

interface Listeners<I extends ViewInstance> {
  /** Called before a change, when the view still has its earlier contents. */
  readonly before?: (change: ViewChange<I>) => void;
  /** Called after it with the affected slots. */
  readonly after?: OnChange;
}

/**
 * `isCurrent` is false from an interruption of the watch until the server confirms that the view is current:
 * of what changed meanwhile, only the last version arrives.
 */
type OnChange = (slots: ReadonlySet<string>, arrival: Arrival) => void;

interface Arrival {
  readonly isCurrent: boolean;
  /** What changed; undefined: the whole contents are new. */
  readonly entries: readonly KeyValueEntry[] | undefined;
}

/**
 * The registry as this process sees it, updated by a watch. While the watch is down, the cache
 * keeps its last contents; `age` tells how old they are.
 */
export class RegistryCache<I extends ViewInstance = StoredInstance> {
  readonly fleet: Fleet<I>;
  readonly #ports: Pick<Ports, 'registry' | 'clock' | 'log' | 'metrics'>;
  readonly #owner: ViewOwner;
  readonly #listeners: Listeners<I>;
  readonly #keep: Keep<I> | undefined;
  /** The contents of the snapshot that is being read. */
  #next: Fleet<I> | undefined;
  readonly #waiting = new Set<() => void>();
  readonly #leftOut: LeftOutReport;
  readonly #firstSnapshot = Promise.withResolvers<void>();
  #lastMessageAt: MonotonicTime | undefined;
  #trouble: string | undefined;
  #isCurrent = true;

  constructor(
    ports: Pick<Ports, 'registry' | 'clock' | 'log' | 'metrics'>,
    listeners: Listeners<I> = {},
    owner: ViewOwner = 'collector',
    keep?: Keep<I>,
  ) {
    this.#ports = ports;
    this.#listeners = listeners;
    this.#owner = owner;
    this.#keep = keep;
    this.fleet = new Fleet(keep);
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
    const reader: SnapshotReader = {
      begin: () => {
        this.#next = new Fleet(this.#keep);
      },
      take: (entries) => void this.#next?.apply(entries, 0),
    };
    for await (const event of registry.watch([allKeys], signal, reader)) this.#apply(event);
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
  #compare({ why, removals }: Snapshot, next: Fleet<I>): void {
    if (why === undefined) return;
    const view = { revisions: this.fleet.revisions(), upTo: this.fleet.upTo };
    const entries = [...next.revisions()].map(([key, revision]) => ({ key, revision }));
    const missed = missedEntries(view, { entries, removals }, { lapses: false });
    reportMissed(missed, { watch: this.#owner, why }, this.#ports);
  }

  /** Whether nothing was read yet. */
  get #isEmpty(): boolean {
    return this.fleet.upTo === 0 && this.fleet.size === 0;
  }

  /** Puts a snapshot into the place of the contents. */
  #replace(snapshot: Snapshot): ReadonlySet<string> {
    const next = this.#next ?? new Fleet(this.#keep);
    if (this.#next === undefined) next.apply(snapshot.removals ?? [], 0);
    this.#next = undefined;
    next.apply(snapshot.entries, snapshot.upTo);
    this.#compare(snapshot, next);
    this.#listeners.before?.({ next, isFirst: this.#isEmpty });
    return this.fleet.become(next);
  }

  #change({ entries, upTo }: WatchEvent & { readonly kind: 'changes' }): ReadonlySet<string> {
    this.#listeners.before?.({ entries });
    return this.fleet.apply(entries, upTo);
  }

  #apply(event: WatchEvent): void {
    this.#trouble = event.kind === 'stale' ? event.why : undefined;
    if (event.kind === 'stale') this.#isCurrent = false;
    if (event.kind === 'heartbeat') this.#isCurrent = true;
    if (event.kind === 'stale') return;
    this.#lastMessageAt = this.#ports.clock.monotonic();
    this.#ports.metrics.viewHeard(this.#owner);
    if (event.kind === 'heartbeat') return;
    const changed = event.kind === 'snapshot' ? this.#replace(event) : this.#change(event);
    if (event.kind === 'snapshot') this.#firstSnapshot.resolve();
    const entries = event.kind === 'snapshot' ? undefined : event.entries;
    this.#listeners.after?.(changed, { isCurrent: this.#isCurrent, entries });
    for (const resolve of this.#waiting) resolve();
    this.#leftOut.report(this.fleet.leftOut);
  }
}

type Snapshot = WatchEvent & { readonly kind: 'snapshot' };
