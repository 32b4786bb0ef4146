import type { Millis } from '../time.ts';
import { seconds } from '../time.ts';

/** The next seat in rank steps in when it has seen no progress for so long, on its own clock. */
export const takeoverDelay: Millis = seconds(5);

/**
 * Whose turn a run is: 0 for the seat that acts at once, 1 for the one that steps in after it, and so
 * on. Rendezvous hashing: every seat that knows the same seats comes to the same order, and a seat that
 * goes moves only its own runs.
 */
export function rendezvousRank(run: string, seat: number, held: Iterable<number>): number {
  const own = weight(run, seat);
  let rank = 0;
  for (const other of held) {
    if (other === seat) continue;
    const theirs = weight(run, other);
    if (theirs > own || (theirs === own && other < seat)) rank += 1;
  }
  return rank;
}

/** FNV-1a over the run's id and the seat's number, mixed once more: all that is asked of it is evenness. */
function weight(run: string, seat: number): number {
  let hash = 0x811c9dc5;
  for (const char of `${run}.${seat}`) {
    hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
