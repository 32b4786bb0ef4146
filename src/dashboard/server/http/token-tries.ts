import { isIPv4 } from 'node:net';
import { type Millis, seconds } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';

/** Wrong tokens that an address may send at once, and the time after which it may send one more. */
const burst = 10;
const pace: Millis = seconds(6);
/** Number of networks that are remembered. */
const mostNetworks = 10_000;

/**
 * Counts the wrong tokens from each address: ten at once, then one each six seconds. All loopback addresses count as
 * one, and so do the addresses of a /64 of IPv6, because one client can have all of them.
 */
export class TokenTries {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** By network: when all its wrong tokens are forgotten. */
  readonly #clearAt = new Map<string, number>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Seconds until this address may try again; 0: now. */
  wait(address: string): number {
    const left = (this.#clearAt.get(networkOf(address)) ?? 0) - this.#clock.monotonic();
    return Math.max(0, Math.ceil((left - (burst - 1) * pace) / seconds(1)));
  }

  /** An address sent a wrong token. */
  failed(address: string): void {
    const network = networkOf(address);
    const clearAt = Math.max(this.#clock.monotonic(), this.#clearAt.get(network) ?? 0) + pace;
    this.#clearAt.delete(network);
    this.#clearAt.set(network, clearAt);
    const [oldest = ''] = this.#clearAt.keys();
    if (this.#clearAt.size > mostNetworks) this.#clearAt.delete(oldest);
  }
}

function networkOf(address: string): string {
  const v4 = address.replace(/^::ffff:/i, '');
  if (address === '::1' || /^127\./.test(v4)) return 'loopback';
  if (isIPv4(v4)) return v4;
  const groups = (address.split('::')[0] ?? '').split(':');
  return groups.slice(0, 4).join(':');
}
