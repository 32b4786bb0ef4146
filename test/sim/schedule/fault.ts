import type { Millis } from '../../../src/domain/time.ts';
import type { Simulated } from '../simulation-result.ts';
import type { Shape } from './parameters.ts';
import type { Dice } from './random-draws.ts';

/** One thing that happens to a fleet: plain data, so that it can be kept, dropped, and played again. */
export interface Happening {
  /** How long after the one before. */
  readonly after: Millis;
  readonly what: string;
  /** `h1/a` an agent, `c1` a collector, `k1` a consumer. */
  readonly whom?: string;
  readonly how?: string;
  readonly times?: number;
  readonly lasts?: Millis;
  readonly often?: number;
}

/** Whom it befalls, and how. */
type Drawn = Omit<Happening, 'after' | 'what'>;

/** A kind of happening: how it is drawn, and what it does. */
export interface Fault {
  readonly what: string;
  /** How often it happens, beside the others. */
  readonly weight: number;
  readonly draw: (dice: Dice, shape: Shape) => Drawn;
  readonly happen: (sim: Simulated, happening: Happening) => void | Promise<void>;
}

/** What is planned for a seed. */
export interface Schedule {
  readonly seed: number;
  readonly shape: Shape;
  readonly happenings: readonly Happening[];
}
