import type { Millis, MonotonicTime } from '../time.ts';
import type { InstanceRow } from './directory-rows.ts';

/** From so many entries on, those that are over are removed. */
const sweepAt = 1000;

type Named = Pick<InstanceRow, 'service' | 'id'>;

/**
 * Instances that failed one consumer: it does not use them for a while. No other consumer is affected: the
 * agent of an instance decides whether it is healthy.
 */
export class AvoidedInstances {
  readonly #until = new Map<string, MonotonicTime>();

  avoid(instance: Named, duration: Millis, now: MonotonicTime): void {
    if (this.#until.size >= sweepAt) this.#sweep(now);
    this.#until.set(keyOf(instance), now + duration);
  }

  /** The rows without the avoided ones; all of them if nothing else is left. */
  filter(rows: readonly InstanceRow[], now: MonotonicTime): readonly InstanceRow[] {
    if (this.#until.size === 0) return rows;
    const others = rows.filter((row) => (this.#until.get(keyOf(row)) ?? now) <= now);
    return others.length > 0 ? others : rows;
  }

  #sweep(now: MonotonicTime): void {
    for (const [key, until] of this.#until) if (until <= now) this.#until.delete(key);
  }
}

const keyOf = ({ service, id }: Named): string => JSON.stringify([service, id]);
