import { systemAdapters } from '../../composition/system-adapters.ts';
import { Fault } from '../../domain/fault.ts';
import { lossesByZone, type OpenLosses, type ZoneLoss } from '../../domain/losses/losses.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Directory } from '../../runtime/directory/directory.ts';
import { LossWatch } from '../../runtime/operator/loss-watch.ts';
import type { LossChange } from '../tables/loss-lines.ts';

const lookEvery: Millis = seconds(2);

/**
 * Calls `tell` with the present losses, then with each change, until the signal aborts. While the history does not
 * answer, or for a login that may not read it, nothing is known to have changed.
 */
export async function followLosses(
  { ports, directory }: { readonly ports: Ports; readonly directory: Directory },
  tell: (changes: readonly LossChange[], open: OpenLosses) => void,
  signal: AbortSignal,
): Promise<void> {
  const watch = new LossWatch(directory.fleet, ports);
  let before: readonly ZoneLoss[] | undefined;
  while (!signal.aborted) {
    const open = await watch.look(signal).catch((cause: unknown) => {
      if (cause instanceof Fault || signal.aborted) return undefined;
      throw cause;
    });
    if (open && !signal.aborted) {
      const now = lossesByZone(open);
      const changes = changesOf(before ?? [], now);
      if (changes.length > 0 || !before) tell(changes, open);
      before = now;
    }
    await systemAdapters.clock.sleep(lookEvery, signal);
  }
}

function changesOf(before: readonly ZoneLoss[], now: readonly ZoneLoss[]): readonly LossChange[] {
  return [...new Set([...before, ...now].map(({ zone }) => zone))]
    .map((zone) => ({
      zone,
      before: before.find((one) => one.zone === zone),
      now: now.find((one) => one.zone === zone),
    }))
    .filter((one) => JSON.stringify(one.before) !== JSON.stringify(one.now));
}
