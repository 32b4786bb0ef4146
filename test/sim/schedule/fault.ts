import type { Millis } from '../../../src/domain/time.ts';
import type { Simulated } from '../simulation-result.ts';
import type { Shape } from './parameters.ts';
import type { Dice } from './random-draws.ts';

/** One fault: plain data, so that it can be stored, dropped and replayed. */
export interface Happening {
  /** Time after the previous fault. */
  readonly after: Millis;
  readonly what: string;
  /** `h1/a` an agent, `c1` a collector, `k1` a consumer. */
  readonly whom?: string;
  readonly how?: string;
  readonly times?: number;
  readonly lasts?: Millis;
  readonly often?: number;
}

/** The target and the variant. */
type Drawn = Omit<Happening, 'after' | 'what'>;

/** A kind of fault: how it is drawn, and what it does. */
export interface Fault {
  readonly what: string;
  /** Its weight among the kinds. */
  readonly weight: number;
  readonly draw: (dice: Dice, shape: Shape) => Drawn;
  readonly happen: (sim: Simulated, happening: Happening) => void | Promise<void>;
}

/** The schedule of a seed. */
export interface Schedule {
  readonly seed: number;
  readonly shape: Shape;
  readonly happenings: readonly Happening[];
}
