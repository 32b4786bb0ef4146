import type { Revision } from '../../domain/time.ts';
import { pause } from './pause.ts';
import type { Delivered, Tap } from './tap.ts';

/** Heartbeats, one a second: after that another consumer may sit on a better replica. */
const patience = 3;

/**
 * Takes everything that is there, until the consumer is at the end of its stream and past `atLeast`.
 *
 * At the end, because a key that is overwritten on the way comes with its new revision only: a view
 * cut off before would lack it. Asked of the consumer itself, because it may sit on a replica that
 * lags behind the leader, and because what its filter skips is not delivered.
 * @returns the sequence up to which everything has been taken; or why this tap will not get there
 * @throws {Fault} `store-unavailable`
 */
export async function catchUp(
  tap: Tap,
  atLeast: Revision,
  take: (messages: readonly Delivered[]) => void,
): Promise<{ readonly upTo: Revision } | { readonly dead: string }> {
  let taken = 0;
  let last: Revision = 0;
  let idles = 0;
  let target = await whereTheEndIs(tap, atLeast);
  for (;;) {
    if (target !== undefined && taken >= target.deliveries) {
      return { upTo: Math.max(target.position, last) };
    }
    const item = await tap.next();
    if (item.kind === 'dead') return { dead: item.why };
    if (item.kind === 'messages') {
      take(item.messages);
      taken += item.messages.length;
      last = item.messages.at(-1)?.seq ?? last;
      const atTheEnd = item.messages.at(-1)?.pending === 0;
      if (atTheEnd) target ??= await whereTheEndIs(tap, atLeast);
      continue;
    }
    idles += 1;
    if (idles > patience) return { dead: `it is at ${item.position}, behind ${atLeast}` };
    target ??= await whereTheEndIs(tap, atLeast);
  }
}

/**
 * The consumer's place, where that is the end of its stream; undefined while it is not.
 *
 * Right after its last delivery it has not yet looked at what follows, and says so a moment later; its
 * next heartbeat would say it too, but that takes a second.
 */
async function whereTheEndIs(tap: Tap, atLeast: Revision) {
  for (const wait of [0, 1, 2, 5, 10, 20, 50]) {
    if (wait > 0) await pause(wait);
    const progress = await tap.progress();
    if (progress.pending > 0) return undefined;
    if (progress.position >= atLeast) return progress;
  }
  return undefined;
}
