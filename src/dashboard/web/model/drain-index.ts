import type { EntityState } from './agent-model.ts';

type Target = { readonly host: string } | { readonly service: string; readonly id: string };

/** The drains of the fleet by what they drain. */
export class DrainIndex {
  /** By target, then by the drain's number. */
  readonly #drains = new Map<string, Map<number, EntityState>>();

  clear(): void {
    this.#drains.clear();
  }

  /** Sets the state of a drain; undefined: it does not exist. */
  set(target: Target, number: number, drain: EntityState | undefined): void {
    const key = keyOf(target);
    const drains = this.#drains.get(key) ?? new Map<number, EntityState>();
    this.#drains.set(key, drains);
    if (drain?.state === 'draining') drains.set(number, drain);
    else drains.delete(number);
    if (drains.size === 0) this.#drains.delete(key);
  }

  /** The active drain of an instance: its own, or else its host's. */
  of(host: string, service: string, id: string): EntityState | undefined {
    if (this.#drains.size === 0) return undefined;
    const drains = this.#drains.get(keyOf({ service, id })) ?? this.#drains.get(keyOf({ host }));
    return drains?.values().next().value;
  }
}

/** A name has no control characters. */
const keyOf = (target: Target): string =>
  'host' in target ? target.host : `${target.service}\n${target.id}`;
