import type { MemoryServer } from '../../../src/adapters/memory/server/memory-server.ts';
import type { VirtualClock } from '../../../src/adapters/memory/time/virtual-clock.ts';
import { RunId } from '../../../src/domain/identity/names.ts';
import type { MonotonicTime } from '../../../src/domain/time.ts';
import type { Entropy } from '../../../src/ports/entropy.ts';
import type { Leader } from './link-faults.ts';
import type { Timekeeping } from './process-clock.ts';

/** The shared parts of all processes of a simulated fleet. */
export interface Surroundings {
  readonly clock: VirtualClock;
  readonly world: MemoryServer;
  readonly leader: Leader;
  /** The accuracy of the clocks of the machine of this process. */
  timekeeping(): Timekeeping;
  /** Unique numbers. */
  next(): number;
  /** Uniform in [0, 1), from the seed. */
  fraction(): number;
  /** Called after the store has served a request. */
  served(): void;
}

/** An action of a process, before it or after its answer. */
export type Moment =
  | 'before-commit'
  | 'after-commit'
  | 'before-renewal'
  | 'after-renewal'
  | 'before-probe'
  | 'after-probe';

export interface Interruption {
  /** `unsighted`: its watch of the leases delivered nothing. */
  readonly why: 'stopped' | 'cut-off' | 'unsighted';
  readonly from: MonotonicTime;
  readonly to: MonotonicTime;
}

/** Ids and fractions from the seed of the fleet. */
export function entropyOf({ next, fraction }: Surroundings): Entropy {
  return {
    runId: () => RunId.parse(`run${String(next()).padStart(6, '0')}`),
    eventId: () => `event-${next()}`,
    fraction,
  };
}
