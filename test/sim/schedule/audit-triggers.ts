import type { AuditWatch } from '../../runtime/support/audit-watch.ts';

/** Actions that run when an event about a run is written. */
export class Awaited {
  readonly #audit: AuditWatch;
  readonly #waiting: { readonly run: string; readonly type: string; act(): void }[] = [];
  #told = 0;

  constructor(audit: AuditWatch) {
    this.#audit = audit;
  }

  /** Runs the action at each event of this type about the run. */
  on(run: string, type: string, act: () => void): void {
    this.#waiting.push({ run, type, act });
  }

  /** Drops all actions. */
  forget(): void {
    this.#waiting.length = 0;
  }

  look(): void {
    const { events } = this.#audit;
    for (; this.#told < events.length; this.#told += 1) {
      const { of, event } = events[this.#told] ?? {};
      if (of?.entity !== 'run') continue;
      for (const one of this.#waiting) {
        if (one.run === of.run && one.type === event?.type) one.act();
      }
    }
  }
}
