import { systemAdapters } from '../../composition/system-adapters.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Directory } from '../../runtime/directory/directory.ts';
import { documentLine } from '../terminal/iso-times.ts';
import type { footer } from './footer.ts';

const checkEvery: Millis = seconds(0.5);

/** The server sends a sign of life every second; a view older than this is stale. */
export const staleAfter: Millis = seconds(5);

/** Reports when the view becomes stale or unobserved, and when it recovers. */
export async function printViewStatus(
  directory: Directory,
  json: boolean,
  io: Parameters<typeof footer>[2] & { out(line: string): void },
  signal: AbortSignal,
): Promise<void> {
  const statusNow = () => ({
    observed: directory.observed,
    stale: (directory.age ?? 0) > staleAfter,
  });
  let before = statusNow();
  if (json) io.out(documentLine({ event: 'view', ...before, age: directory.age ?? null }));
  while (!signal.aborted) {
    await systemAdapters.clock.sleep(checkEvery, signal);
    const now = statusNow();
    if (now.observed === before.observed && now.stale === before.stale) continue;
    before = now;
    if (json) io.out(documentLine({ event: 'view', ...now, age: directory.age ?? null }));
    else {
      const old = now.stale
        ? 'the store does not answer: the view may be out of date'
        : 'the view is up to date';
      io.out(now.observed ? old : `${old}; no collector is active: silent agents are not detected`);
    }
  }
}
