import { readBrake, readInstance } from '../../../../src/domain/records/stored-record.ts';
import { type Millis, type MonotonicTime, seconds } from '../../../../src/domain/time.ts';
import { recordsIn } from '../../records-in.ts';
import { lateness } from '../../schedule/parameters.ts';
import type { Simulated } from '../../simulation-result.ts';
import type { Checker, Written } from '../checks.ts';

/**
 * The records of a dead run are removed within the bound, the agent record last; in a braked zone no faster
 * than the pace. Convergence of the fleet is checked separately, after the faults end.
 */
export const g4: Checker = {
  guarantee: 'G4',
  of: (sim, complain) => {
    const pace = new Pace(sim, complain);
    return {
      onWritten: (written) => {
        pace.look(written);
        for (const { key, text } of written.records) {
          if (text !== undefined || !key.startsWith('agent.') || sim.byHand.has(key)) continue;
          const under = key.replace('agent.', 'instance.');
          const left = recordsIn(sim.fleet.world, `${under}.`).filter(
            (entry) => readInstance(entry).kind === 'stored',
          );
          if (left.length > 0) complain(`${key} went before ${left[0]?.key}`);
        }
      },
      onDeath: ({ run, at, goneAt }) => {
        const { lease, drift } = sim.shape;
        const bound: Millis =
          (lease.ttl + lease.grace) * (1 + 2 * drift) + seconds(4) + 4 * lateness(sim.shape);
        if (goneAt === undefined) complain(`${run} died in peace, and was not gone in time`);
        else if (goneAt - at > bound)
          complain(`${run} was gone after ${goneAt - at} of ${bound} ms`);
      },
    };
  },
};

/**
 * While a brake exists, every expiry in its zone rewrites it, and two expiries are a pace apart. If a sweep
 * is longer than the pace, one sweep may make as many as the pace allows in that time.
 */
class Pace {
  readonly #sim: Simulated;
  readonly #complain: (what: string) => void;
  #times: MonotonicTime[] = [];
  #run = '';

  constructor(sim: Simulated, complain: (what: string) => void) {
    this.#sim = sim;
    this.#complain = complain;
  }

  look({ at, events, records }: Written): void {
    const expired = events.filter(
      ({ of, event }) => of.entity === 'run' && event.type === 'expired',
    );
    if (expired.length === 0) return;
    const brake = readBrake(
      recordsIn(this.#sim.fleet.world, 'brake.default')[0] ?? {
        key: '',
        revision: 0,
        text: undefined,
      },
    );
    if (brake.kind !== 'stored') return;
    if (!records.some(({ key }) => key === brake.key)) {
      this.#complain(`${expired.length} expired past the brake`);
    }
    const { run } = brake.record;
    if (this.#run !== run) this.#times = [];
    this.#run = run;
    const { leastPace, shape, fleet } = this.#sim;
    const atOnce = Math.max(1, Math.floor(shape.sweepEvery / leastPace));
    // One write may be late and the next one on time.
    const least = leastPace * (1 - 2 * shape.drift) - 1 - fleet.audit.underWay;
    for (const _ of expired) {
      const since = at - (this.#times.at(-atOnce) ?? Number.NEGATIVE_INFINITY);
      if (since < least) this.#complain(`${atOnce + 1} expired in ${since} ms, not ${least}`);
      this.#times.push(at);
    }
  }
}
