import { isIP } from 'node:net';
import { readSnapshot, writeSnapshot } from '../../adapters/files/view-snapshot.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { type Millis, minutes } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import { ServiceDirectory } from '../../runtime/directory/service-directory.ts';

const saveEvery: Millis = minutes(1);

/** A view of the services for doors and drivers, which does not read the store yet. */
export async function createServiceView(
  { keepLast, snapshot }: { readonly keepLast: Millis; readonly snapshot: string | undefined },
  { log, metrics }: Pick<Ports, 'log' | 'metrics'>,
): Promise<ServiceDirectory> {
  const saved = snapshot === undefined ? undefined : await readSnapshot(snapshot);
  if (saved && 'unusable' in saved)
    log.warn('snapshot-unusable', { file: snapshot, why: saved.unusable });
  const usable = saved && 'rows' in saved ? saved : undefined;
  return new ServiceDirectory(
    { clock: systemClock, log, metrics },
    { keepLast, isIp: isIP, saved: usable },
  );
}

/** Writes what the view shows to the file, once a minute, until the signal. */
export async function keepSnapshot(
  view: ServiceDirectory,
  file: string,
  { log }: Pick<Ports, 'log'>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const now = view.snapshot();
    try {
      if (now) await writeSnapshot(file, now);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      log.warn('snapshot-not-written', { file, why });
    }
    await systemClock.sleep(saveEvery, signal);
  }
}
