import type { State } from './state.ts';
import type { Broken } from './store.ts';

/** One thing that may happen next. */
export interface Choice {
  /** Text for the story of a counterexample. */
  readonly say: string;
  /** Whether it is neither a fault nor a request: it also happens when everything works from here. */
  readonly calm: boolean;
  readonly next: State;
  readonly broken?: Broken | undefined;
}
