import type { State } from './state.ts';
import type { Broken } from './store.ts';

/** One thing that may happen next. */
export interface Choice {
  /** In words, for the story of a counterexample. */
  readonly say: string;
  /** It is no fault and nobody's wish: it happens also when all goes well from here. */
  readonly calm: boolean;
  readonly next: State;
  readonly broken?: Broken | undefined;
}
