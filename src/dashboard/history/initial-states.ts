import type { ApiOrigin } from '../api-types.ts';

/** The state of an entity before its first known row. */
export interface InitialState {
  readonly state: number;
  readonly since: number;
  readonly chart: number;
  readonly note: number;
  readonly origin: ApiOrigin;
  /** Older rows were loaded since. Fills only what those rows do not show. */
  readonly isCovered: boolean;
}

export const noOrigin: ApiOrigin = [0, 0];

/** The states of entities before their first rows, by the entity's number. */
export class InitialStates {
  readonly #states: (InitialState | undefined)[] = [];

  of(entity: number): InitialState | undefined {
    return this.#states[entity];
  }

  set(entity: number, state: InitialState): void {
    this.#states[entity] = state;
  }

  /** Older rows of this entity were loaded. */
  cover(entity: number): void {
    const state = this.#states[entity];
    if (state) this.#states[entity] = { ...state, isCovered: true };
  }

  /** Removes the states that loaded rows replace. */
  removeCovered(): void {
    this.#states.forEach((state, entity) => {
      if (state?.isCovered) this.#states[entity] = undefined;
    });
  }
}
