import { Fault } from '../../domain/fault.ts';
import type { Slot } from '../../domain/identity/names.ts';
import type { LeasePolicy } from '../../domain/policy/lease-policy.ts';
import { type Millis, minutes, seconds } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import { Collector } from '../collector/collector.ts';

/** Time until a collector that failed is started again; it doubles with each failure. */
const firstPause: Millis = seconds(10);
/** The server logs each request that it refuses, and a fleet may have thousands of such agents. */
const longestPause: Millis = minutes(10);

/**
 * A collector in the process of an agent. Without a seat it costs a read of the seats now and then. If it may not
 * collect, or fails, the agent continues, and starts it again after 10 s to 10 min: rights may be granted later.
 */
export class BackgroundCollector implements AsyncDisposable {
  readonly #slot: Slot;
  readonly #lease: LeasePolicy;
  readonly #ports: Ports;
  readonly #over = new AbortController();
  readonly #running: Promise<void>;
  /** What ended it last; undefined while it works. */
  #failure: string | undefined;
  #bug: { readonly cause: unknown } | undefined;

  constructor(slot: Slot, lease: LeasePolicy, ports: Ports) {
    this.#slot = slot;
    this.#lease = lease;
    this.#ports = ports;
    this.#running = this.#run();
    // A bug is rethrown when it is disposed. Until then the agent goes on.
    this.#running.catch((cause: unknown) => this.#report(cause));
  }

  async #run(): Promise<void> {
    const { clock, entropy } = this.#ports;
    const { signal } = this.#over;
    let pause = firstPause;
    while (!signal.aborted) {
      const began = clock.monotonic();
      try {
        await this.#collect(signal);
        return;
      } catch (cause) {
        this.#report(cause);
      }
      if (clock.monotonic() - began > longestPause) pause = firstPause;
      await clock.sleep(pause * (0.5 + entropy.fraction()), signal);
      pause = Math.min(2 * pause, longestPause);
    }
  }

  /** One collector, until it is stopped or fails. */
  async #collect(signal: AbortSignal): Promise<void> {
    const self = { ...this.#slot, run: this.#ports.entropy.runId() };
    const onTransition = () => {
      if (this.#failure !== undefined) this.#ports.log.info('collects-again');
      this.#failure = undefined;
    };
    const collector = new Collector(self, { lease: this.#lease, onTransition }, this.#ports);
    const stop = () => void collector.stop().catch(() => {});
    signal.addEventListener('abort', stop);
    try {
      await collector.done;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** A failure that repeats is logged once. */
  #report(cause: unknown): void {
    const why = cause instanceof Error ? cause.message : String(cause);
    if (!(cause instanceof Fault)) this.#bug ??= { cause };
    if (why === this.#failure) return;
    this.#failure = why;
    if (cause instanceof Fault) this.#ports.log.info('does-not-collect', { why });
    else this.#ports.log.warn('collector-failed', { why });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    await this.#running.catch(() => {});
    if (this.#bug) throw this.#bug.cause;
  }
}
