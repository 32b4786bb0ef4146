import type { Fleet } from '../../domain/fleet/fleet.ts';
import { LossLedger } from '../../domain/losses/loss-ledger.ts';
import type { OpenLosses } from '../../domain/losses/losses.ts';
import { openLosses } from '../../domain/losses/open-losses.ts';
import type { Revision } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import { readRecentLosses } from './recent-losses.ts';

/** The audit copies events a moment after their commit, so a change is looked at more than once. */
const looksAfterChange = 3;

/**
 * The losses of the last 24 hours that need attention, for a process with a view of the registry. The history is
 * read again only if agents came or went, or if something changed while losses are open.
 */
export class LossWatch {
  readonly #fleet: Fleet;
  readonly #ports: Pick<Ports, 'registry' | 'audit' | 'hash'>;
  #runs: ReadonlySet<string> = new Set();
  #upTo: Revision = -1;
  #looks = looksAfterChange;
  #ledger = new LossLedger();

  constructor(fleet: Fleet, ports: Pick<Ports, 'registry' | 'audit' | 'hash'>) {
    this.#fleet = fleet;
    this.#ports = ports;
  }

  /** The present losses. @throws {Fault} as {@link readRecentLosses} */
  async look(signal: AbortSignal): Promise<OpenLosses> {
    this.#noticeChanges();
    if (this.#looks > 0) {
      this.#ledger = await readRecentLosses(this.#ports, signal, this.#ports.hash);
      this.#looks -= 1;
    }
    return openLosses(this.#ledger, this.#fleet);
  }

  #noticeChanges(): void {
    const { upTo } = this.#fleet;
    if (upTo === this.#upTo) return;
    this.#upTo = upTo;
    const runs = new Set<string>();
    for (const { slot, agent } of this.#fleet.slots())
      if (agent?.kind === 'stored') runs.add(`${slot}.${agent.record.run}`);
    const isOther = runs.size !== this.#runs.size || [...runs].some((run) => !this.#runs.has(run));
    this.#runs = runs;
    if (isOther || this.#ledger.lost().length > 0) this.#looks = looksAfterChange;
  }
}
