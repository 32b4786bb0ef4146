import { Fault } from '../../domain/fault.ts';
import type { Slot } from '../../domain/identity/names.ts';
import type { LeasePolicy } from '../../domain/policy/lease-policy.ts';
import type { Ports } from '../../ports/ports.ts';
import { Collector } from '../collector/collector.ts';

/**
 * A process that is there anyway offers itself for a seat. Without one it costs a look at the seats now
 * and then; where it may not collect it says so once, and goes on with what it is there for.
 */
export class BackgroundCollector implements AsyncDisposable {
  readonly #collector: Collector;
  readonly #over: Promise<void>;

  constructor(slot: Slot, lease: LeasePolicy, ports: Ports) {
    const me = { ...slot, run: ports.entropy.runId() };
    this.#collector = new Collector(me, { lease, onTransition: () => {} }, ports);
    this.#over = this.#collector.done.catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error;
      ports.log.info('does-not-collect', { why: error.message });
    });
    this.#over.catch(() => {}); // a bug comes out where it is disposed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#collector.stop().catch(() => {});
    await this.#over;
  }
}
