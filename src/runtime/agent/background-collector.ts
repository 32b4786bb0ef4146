import { Fault } from '../../domain/fault.ts';
import type { Slot } from '../../domain/identity/names.ts';
import type { LeasePolicy } from '../../domain/policy/lease-policy.ts';
import type { Ports } from '../../ports/ports.ts';
import { Collector } from '../collector/collector.ts';

/**
 * A collector in the process of an agent. Without a seat it costs a read of the seats now and then.
 * If it may not collect, it logs that once and the agent continues.
 */
export class BackgroundCollector implements AsyncDisposable {
  readonly #collector: Collector;
  readonly #ended: Promise<void>;

  constructor(slot: Slot, lease: LeasePolicy, ports: Ports) {
    const self = { ...slot, run: ports.entropy.runId() };
    this.#collector = new Collector(self, { lease, onTransition: () => {} }, ports);
    this.#ended = this.#collector.done.catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error;
      ports.log.info('does-not-collect', { why: error.message });
    });
    // A bug is rethrown when it is disposed. Until then the agent goes on without collecting.
    this.#ended.catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      ports.log.warn('collector-failed', { why });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#collector.stop().catch(() => {});
    await this.#ended;
  }
}
