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

  /** The active hold that covers an agent. */
  covering(host: string, agent: string): EntityState | undefined {
    const holds = this.#holds.get(host);
    if (!holds) return undefined;
    return [...holds.values()].find(
      ({ entity, state }) =>
        state === 'planned' &&
        entity.entity === 'hold' &&
        (entity.agent === undefined || entity.agent === agent),
    );
  }
}
