import { type Millis, type MonotonicTime, minutes, type WallTime } from '../time.ts';
import type { InstanceRow } from './directory-rows.ts';

/** How long the last instances of a service are kept after they were removed without having left. */
export const defaultKeepLast: Millis = minutes(10);

/**
 * Whether instances that an earlier process wrote into another program stay there, although the registry has
 * no record of their service (G13). A process that never saw a record of it does not know what ended them: a
 * collector may have removed the records of silent agents before this process began.
 */
export const isEarlierWorkKept = (
  { hasSeen, runningFor }: { readonly hasSeen: boolean; readonly runningFor: Millis },
  keepLast: Millis,
): boolean => !hasSeen && runningFor < keepLast;

/** A row before and after a change; undefined: it did not exist, or it is gone. */
interface RowChange {
  readonly before: InstanceRow | undefined;
  readonly now: InstanceRow | undefined;
}

/** What is known about the moment of a change. */
export interface Moment {
  readonly monotonic: MonotonicTime;
  readonly wall: WallTime;
  /**
   * Whether every change up to here was seen. After an interruption a view may see that a row is gone, and
   * not what happened to it before.
   */
  readonly isCurrent: boolean;
  /** Whether the run that owned the row had announced that it leaves. */
  readonly hasLeft: (row: InstanceRow) => boolean;
}

interface Kept {
  readonly row: InstanceRow;
  readonly until: MonotonicTime;
}

/**
 * The instances that were removed although nothing is known to have ended them (guarantee G13).
 *
 * A collector removes the records of silent agents after a while. If all agents of a service are silent, a
 * consumer would then get an empty service, although the instances may still work. So it remembers them for
 * a while, and hands them out if the registry has no row of the service left. Instances that left, were
 * deregistered or failed their health check are not remembered.
 */
export class KeptInstances {
  readonly #keepLast: Millis;
  /**
   * By service, then by id: a name is never handed out twice (G11). Several registrations of a name may have been removed, each
   * at its time; the latest of those that are still kept has the name.
   */
  readonly #services = new Map<string, Map<string, readonly Kept[]>>();

  /** `keepLast`: 0 remembers nothing. */
  constructor(keepLast: Millis) {
    this.#keepLast = keepLast;
  }

  /** Applies changes of rows. A new registration ends what is remembered of its service. */
  take(changes: readonly RowChange[], at: Moment): void {
    if (this.#keepLast <= 0) return;
    for (const { before, now } of changes) {
      if (before && !now && isUnexplained(before, at)) this.#remember(before, at);
    }
    for (const { before, now } of changes) if (now && !before) this.#services.delete(now.service);
  }

  /** The instances of a service without rows, each with the time since when it is kept. */
  of(service: string, now: MonotonicTime): readonly InstanceRow[] {
    const kept = this.#services.get(service);
    if (!kept) return [];
    for (const [id, all] of kept) {
      const left = all.filter(({ until }) => until > now);
      if (left.length > 0) kept.set(id, left);
      else kept.delete(id);
    }
    if (kept.size === 0) this.#services.delete(service);
    return [...kept.values()].map((all) => latestOf(all).row);
  }

  /** The services of which something may be remembered. */
  services(): readonly string[] {
    return [...this.#services.keys()];
  }

  #remember(before: InstanceRow, { monotonic, wall }: Moment): void {
    const { service, id } = before;
    const kept = this.#services.get(service) ?? new Map<string, readonly Kept[]>();
    this.#services.set(service, kept);
    const reason = before.reason ?? 'unobserved';
    const row = Object.freeze<InstanceRow>({
      ...before,
      state: 'dubious',
      reason,
      keptSince: wall,
    });
    // An earlier registration that was kept is of no use any more: this one has its name for longer.
    const isLater = (one: Kept) => one.until > monotonic && one.row.token > before.token;
    const others = (kept.get(id) ?? []).filter(isLater);
    kept.set(id, [...others, { row, until: monotonic + this.#keepLast }]);
  }
}

const latestOf = (all: readonly Kept[]): Kept =>
  all.reduce((latest, one) => (one.row.token > latest.row.token ? one : latest));

/**
 * Whether a row is gone and nothing explains it. Its own report, its run and its successor explain a removal:
 * it failed, it drained, an operator drained it, its run left, another registration has its name, or a newer run did not adopt it.
 */
function isUnexplained(row: InstanceRow, { isCurrent, hasLeft }: Moment): boolean {
  if (row.health.state !== 'serving' || row.drain || hasLeft(row)) return false;
  switch (row.reason) {
    case 'silent':
    case 'unreachable':
    case 'planned':
    case 'orphan':
      return true;
    case 'superseded':
      return row.successor === 'expired';
    case 'contested':
      return false;
    // The run lived as far as was known: it removed the row itself, unless something was missed.
    case 'unobserved':
    case null:
      return !isCurrent;
    default:
      return row.reason satisfies never;
  }
}
