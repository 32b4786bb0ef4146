import type { Lane } from '../../../history/query-types.ts';

/** The lowest number of live instances in a range of time. */
export interface Lowest {
  readonly live: number;
  /** When it first was that low. */
  readonly at: number;
}

/**
 * The lowest number of live instances of a service, from the lanes of all its registrations, since its first live instance
 * in the range of time; undefined: it had none.
 */
export function lowestLive(lanes: readonly Lane[], from: number, to: number): Lowest | undefined {
  const changes: (readonly [at: number, by: number])[] = [];
  let live = 0;
  for (const { start, steps } of lanes) {
    let was = isLive(start);
    live += Number(was);
    for (const [at, state] of steps) {
      const is = isLive(state);
      if (is !== was && at <= to) changes.push([at, Number(is) - Number(was)]);
      was = is;
    }
  }
  let lowest: Lowest | undefined = live > 0 ? { live, at: from } : undefined;
  changes.sort(([a], [b]) => a - b);
  for (const [n, [at, by]] of changes.entries()) {
    live += by;
    // Changes of one commit have one time: only the number after the last of them existed.
    if (changes[n + 1]?.[0] !== at && (lowest ? live < lowest.live : live > 0))
      lowest = { live, at };
  }
  return lowest;
}

const isLive = (state: string | null): boolean => state === 'live' || state === 'unverified';
