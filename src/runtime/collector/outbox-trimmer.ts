import { Fault } from '../../domain/fault.ts';
import { lossNames } from '../../domain/store-history/store-loss.ts';
import type { Ports } from '../../ports/ports.ts';
import { recordLosses } from '../operator/record-losses.ts';
import type { Author } from '../transitions/record-change.ts';

type TrimmerPorts = Pick<Ports, 'audit' | 'log'>;

/** Trims the outbox, and records what the store lost where no operator has to accept it. */
export class OutboxTrimmer {
  readonly #author: Author;
  readonly #ports: TrimmerPorts;
  #hasWarned = false;

  constructor(author: Author, ports: TrimmerPorts) {
    this.#author = author;
    this.#ports = ports;
  }

  /** Does nothing more at a failure: the next call tries again. */
  async trim(): Promise<void> {
    const { audit, log } = this.#ports;
    try {
      await audit.tidy().catch((cause: unknown) => this.#warnOfLoss(cause));
      for (const loss of await recordLosses(this.#author, this.#ports)) {
        log.warn('store-repaired', { why: lossNames[loss.kind], ...loss });
      }
    } catch (error) {
      log.debug('outbox-not-tidied', { why: String(error) });
    }
  }

  /** A loss of the audit stops only the trimming. It is logged once. */
  #warnOfLoss(cause: unknown): void {
    if (!(cause instanceof Fault) || cause.code !== 'history-lost') throw cause;
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#ports.log.warn('history-lost', { why: cause.message, hint: cause.hint });
  }
}
