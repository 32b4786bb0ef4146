import { Fault } from '../../domain/fault.ts';
import { seconds } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';

/**
 * Time between two attempts at a store that does not answer. Jitter keeps the agents of a fleet
 * from retrying at the same moment.
 */
const pause = seconds(0.5);

/** Waits before the next attempt. */
export const retryDelay = (
  { clock, entropy }: Pick<Ports, 'clock' | 'entropy'>,
  signal?: AbortSignal,
): Promise<void> => clock.sleep(pause * (0.5 + entropy.fraction()), signal);

/**
 * Repeats `attempt` until the store answers. Returns `undefined` only when `signal` aborts: no
 * answer is not an answer. Every other error is rethrown.
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
