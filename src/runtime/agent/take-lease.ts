import type { Ports } from '../../ports/ports.ts';
import type { LeaseKeeper } from '../support/lease-keeper.ts';
import { retryDelay, retryUntilAvailable } from '../support/retry.ts';

/** Acquires the lease, however often the store fails or answers too late. `false`: the signal was aborted. */
export async function takeLease(
  keeper: LeaseKeeper,
  ports: Ports,
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted) {
    const taken = await retryUntilAvailable(ports, signal, () => keeper.acquire(), 'short');
    if (taken === 'acquired') return true;
    await retryDelay(ports, signal);
  }
  return false;
}
