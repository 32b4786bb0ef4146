import { Fault } from '../../domain/fault.ts';
import type { Fleet } from '../../domain/fleet/fleet.ts';
import { countLost } from '../../domain/losses/losses.ts';
import type { Ports } from '../../ports/ports.ts';
import { LossWatch } from '../operator/loss-watch.ts';

type LossPorts = Pick<Ports, 'registry' | 'audit' | 'hash' | 'metrics' | 'log'>;

/** Reports what is lost as metrics, in a process with monitoring. */
export class LossMetrics {
  readonly #watch: LossWatch;
  readonly #ports: LossPorts;
  #isReading = false;

  constructor(fleet: Fleet, ports: LossPorts) {
    this.#watch = new LossWatch(fleet, ports);
    this.#ports = ports;
  }

  /** Only the first seat reports: the metrics of the others are empty. A failed read leaves the last report. */
  async report(isLeader: boolean, signal: AbortSignal): Promise<void> {
    const { metrics, log } = this.#ports;
    if (!metrics.lost || this.#isReading) return;
    if (!isLeader) return metrics.lost([]);
    this.#isReading = true;
    try {
      metrics.lost(countLost((await this.#watch.look(signal)).lost));
    } catch (error) {
      if (!(error instanceof Fault) && !signal.aborted) throw error;
      log.debug('losses-not-read', { why: String(error) });
    } finally {
      this.#isReading = false;
    }
  }
}
