import type { ViewOwner } from '../../ports/metrics.ts';
import type { Ports } from '../../ports/ports.ts';

/** Keys in a log line; a fleet may have 100 000. */
const most = 10;

/** Counts and logs what a snapshot corrected in a view. `why`: why the snapshot was taken. */
export function reportMissed(
  keys: readonly string[],
  { watch, why }: { readonly watch: ViewOwner; readonly why: string },
  { log, metrics }: Pick<Ports, 'log' | 'metrics'>,
): void {
  metrics.viewCorrected?.(watch, keys.length);
  if (keys.length === 0) log.debug('view-confirmed', { watch, why });
  else log.warn('view-corrected', { watch, why, entries: keys.length, keys: keys.slice(0, most) });
}
