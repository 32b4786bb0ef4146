import type { Revision, WallTime } from '../../domain/time.ts';
import type { History } from '../../ports/audit.ts';

/** The sequence of the first event that was stored at a time or later, or a bit earlier. Reads some single events. */
export async function firstStoredAfter(history: History, at: WallTime): Promise<Revision> {
  let { first, last } = await history.range();
  while (first < last) {
    const middle = Math.floor((first + last) / 2);
    let storedAt = at;
    for await (const event of history.read(middle)) {
      ({ storedAt } = event);
      break;
    }
    if (storedAt < at) first = middle + 1;
    else last = middle;
  }
  return first;
}
