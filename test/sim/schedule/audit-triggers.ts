import type { AuditWatch } from '../../runtime/support/audit-watch.ts';

/** What is done the moment something is written of a run. */
export class Awaited {
  readonly #audit: AuditWatch;
  readonly #waiting: { readonly run: string; readonly type: string; act(): void }[] = [];
  #told = 0;

  constructor(audit: AuditWatch) {
    this.#audit = audit;
  }

  /** Each time that an event of this type is written of it. */
  on(run: string, type: string, act: () => void): void {
    this.#waiting.push({ run, type, act });
  }

  /** Nobody waits any more. */
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
