import { Fault } from '../../domain/fault.ts';
import { seconds } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';

/** Between two attempts at a store that does not answer; jittered, so that a fleet does not beat in step. */
const pause = seconds(0.5);

/** Waits a little before the next attempt. */
export const retryDelay = (
  { clock, entropy }: Pick<Ports, 'clock' | 'entropy'>,
  signal?: AbortSignal,
): Promise<void> => clock.sleep(pause * (0.5 + entropy.fraction()), signal);

/**
 * Tries until the store answers. Gives up, with `undefined`, only when `signal` is aborted: not
 * knowing is no answer. Whatever else is thrown goes through.
 */
export async function retryUntilAvailable<T>(
  ports: Pick<Ports, 'clock' | 'entropy' | 'log'>,
  signal: AbortSignal,
  attempt: () => Promise<T>,
): Promise<T | undefined> {
  while (!signal.aborted) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'store-unavailable') throw error;
      ports.log.debug('store-unavailable', { why: error.message });
      await retryDelay(ports, signal);
    }
  }
  return undefined;
}
