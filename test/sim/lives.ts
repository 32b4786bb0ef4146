import type { AuditEvent } from '../../src/domain/events.ts';

/** How far each run is, by what was written of it. */
export class Lives {
  readonly #ends = new Map<string, string>();
  readonly #started = new Set<string>();

  /** Whether the run had been started before. */
  take({ of, event }: AuditEvent): boolean {
    if (of.entity !== 'run') return false;
    const again = event.type === 'started' && this.#started.has(of.run);
    if (event.type === 'started') this.#started.add(of.run);
    if (ends.has(event.type)) this.#ends.set(of.run, event.type);
    return again;
  }

  /** What ended it; undefined: nothing has. */
  endOf(run: string): string | undefined {
    return this.#ends.get(run);
  }
}

const ends: ReadonlySet<string> = new Set(['expired', 'superseded', 'removed', 'left']);
