import type { State } from './state.ts';
import type { Broken } from './store.ts';

/** One possible next step. */
export interface Choice {
  /** Text for the story of a counterexample. */
  readonly say: string;
  /** Whether it is neither a fault nor a request, so that it also happens without any faults. */
  readonly calm: boolean;
  readonly next: State;
  readonly broken?: Broken | undefined;
}
