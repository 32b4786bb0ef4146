import type { Revision } from '../../domain/time.ts';
import type { Delivered, Tap } from './tap.ts';

/**
 * Takes everything that is there, until the consumer is at the end of its stream and past `atLeast`.
 *
 * At the end, because a key that is overwritten on the way comes with its new revision only: a view
 * cut off before would lack it. Asked of the consumer itself, because it may sit on a replica that
 * lags behind the leader, and because what it skipped is not delivered.
 * @returns the sequence up to which everything has been taken; undefined: the tap died, or a
 *   heartbeat found it still behind `atLeast` after `patience` of them
 * @throws {Fault} `store-unavailable`
 */
export async function catchUp(
  tap: Tap,
  atLeast: Revision,
  take: (messages: readonly Delivered[]) => void,
): Promise<{ readonly upTo: Revision } | { readonly dead: string }> {
  let idles = 0;
  let taken = 0;
  let last: Revision = 0;
  const add = (messages: readonly Delivered[]) => {
    take(messages);
    taken += messages.length;
    last = messages.at(-1)?.seq ?? last;
  };
  for (let ask = true; ; ) {
    if (ask) {
      const { position, deliveries, pending } = await tap.progress();
      if (pending === 0 && position >= atLeast) {
        while (taken < deliveries) {
          const item = await tap.next();
          if (item.kind === 'dead') return { dead: item.why };
          if (item.kind === 'messages') add(item.messages);
        }
        return { upTo: Math.max(position, last) };
      }
    }
    const item = await tap.next();
    if (item.kind === 'dead') return { dead: item.why };
    if (item.kind === 'messages') {
      add(item.messages);
      ask = item.messages.at(-1)?.pending === 0;
      continue;
    }
    idles += 1;
    if (idles > patience) return { dead: `at ${item.position}, behind ${atLeast}` };
    ask = true;
  }
}

/** Heartbeats, one a second: after that another consumer may sit on a better replica. */
const patience = 3;
