import { Fault } from '../../domain/fault.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';

/** The middle of the first pauses between attempts at a store that does not answer. */
const shortPause: Millis = seconds(0.5);
/** A server restarts and a leader is elected within a few seconds, so only then the pauses double. */
const shortPauses = 4;
/**
 * After an outage a whole fleet comes back, and a store that is asked twice a second by each agent does little
 * else than refuse. Well below the default ttl of 15 s: once the store answers, an agent must not wait long.
 */
const longestPause: Millis = seconds(4);

/**
 * Waits before the next attempt, after so many failures in a row. The pause is a half to one and a half of its
 * middle, so that the agents of a fleet do not retry at the same moment.
 */
export const retryDelay = (
  { clock, entropy }: Pick<Ports, 'clock' | 'entropy'>,
  signal?: AbortSignal,
  failures = 1,
): Promise<void> => {
  const middle = Math.min(longestPause, shortPause * 2 ** Math.max(0, failures - shortPauses));
  return clock.sleep(middle * (0.5 + entropy.fraction()), signal);
};

/**
 * Repeats `attempt` until the store answers. Returns `undefined` only when `signal` aborts: no
 * answer is not an answer. Every other error is rethrown.
 *
 * `pauses`: `short` ones do not grow, for what has a deadline of its own and costs the store little.
 */
export async function retryUntilAvailable<T>(
  ports: Pick<Ports, 'clock' | 'entropy' | 'log'>,
  signal: AbortSignal,
  attempt: () => Promise<T>,
  pauses: 'growing' | 'short' = 'growing',
): Promise<T | undefined> {
  for (let failures = 1; !signal.aborted; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'store-unavailable') throw error;
      ports.log.debug('store-unavailable', { why: error.message });
      await retryDelay(ports, signal, pauses === 'growing' ? failures : 1);
    }
  }
  return undefined;
}
