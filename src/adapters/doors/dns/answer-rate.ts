import { isIPv4 } from 'node:net';
import { type Millis, seconds } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';

const window: Millis = seconds(1);
const mostNetworks = 10_000;
/** Whole answers a second over UDP to one network of other machines; more ask for TCP. */
const answersPerNetwork = 1000;

/**
 * Limits whole answers over UDP to each network of other machines. The sender's address can be forged, and an
 * answer is larger than its question. Above the limit an answer only asks for TCP, which forged
 * addresses cannot use.
 */
export class AnswerRate {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #limit: number;
  readonly #counts = new Map<string, number>();
  #began = Number.NEGATIVE_INFINITY;

  /** `limit`: answers a second to each /24 of IPv4 or /56 of IPv6. */
  constructor(clock: Pick<Clock, 'monotonic'>, limit = answersPerNetwork) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Counts an answer to this address; false above the limit. */
  allows(address: string): boolean {
    const now = this.#clock.monotonic();
    if (now - this.#began >= window) {
      this.#counts.clear();
      this.#began = now;
    }
    const network = networkOf(address);
    const count = this.#counts.get(network) ?? 0;
    if (count === 0 && this.#counts.size >= mostNetworks) return false;
    this.#counts.set(network, count + 1);
    return count < this.#limit;
  }
}

/** Senders of UDP are written in full groups or with `::`; the first half is enough for both. */
const networkOf = (address: string): string => {
  const v4 = address.replace(/^::ffff:/i, '');
  if (isIPv4(v4)) return v4.slice(0, v4.lastIndexOf('.'));
  const groups = (address.split('::')[0] ?? '').split(':');
  return groups.slice(0, 3).join(':') + (groups[3] ?? '').padStart(4, '0').slice(0, 2);
};
