import type { EntityState } from './agent-model.ts';

/** The holds of the fleet by host. */
export class HoldIndex {
  /** By host, then by the hold's number. */
  readonly #holds = new Map<string, Map<number, EntityState>>();

  clear(): void {
    this.#holds.clear();
  }

  /** Sets the state of a hold; undefined: it does not exist. */
  set(host: string, number: number, hold: EntityState | undefined): void {
    const holds = this.#holds.get(host) ?? new Map<number, EntityState>();
    this.#holds.set(host, holds);
    if (hold) holds.set(number, hold);
    else holds.delete(number);
  }

  /** The holds on an agent or its host, also those that are over. */
  on(host: string, agent: string): EntityState[] {
    return [...(this.#holds.get(host)?.values() ?? [])].filter(
      ({ entity }) => entity.entity === 'hold' && (entity.agent ?? agent) === agent,
    );
  }
}
