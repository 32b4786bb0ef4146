import type { MonotonicTime } from '../../../src/domain/time.ts';
import type { CollectorProcess } from '../../runtime/support/fleet-in-memory.ts';
import type { Simulated } from '../simulation-result.ts';

/** Since when each collector has been able to judge: it had a seat and its sight, undisturbed. */
export class Ability {
  readonly #sim: Simulated;
  /** By collector: how often its sight changed, and when that was last noticed. */
  readonly #changes = new Map<CollectorProcess, { readonly count: number; at: MonotonicTime }>();

  constructor(sim: Simulated) {
    this.#sim = sim;
  }

  /** Called often: a change is dated by the call that finds it. */
  look(): void {
    for (const one of this.#sim.roster.livingCollectors()) {
      const count = countOf(one);
      if (this.#changes.get(one)?.count === count) continue;
      this.#changes.set(one, { count, at: this.#sim.now });
    }
  }

  /** undefined: it is not able now. */
  since(one: CollectorProcess): MonotonicTime | undefined {
    const { gate, view, sight, line, interruptions } = one.process;
    const isWorking = ['watching', 'removing'].includes(one.collector.state);
    const changed = this.#changes.get(one);
    if (!isWorking || gate.shut || view.shut || sight.shut) return undefined;
    // A change since the last look has no date yet.
    if (changed?.count !== countOf(one)) return undefined;
    if (line.calmSince === undefined || line.refusedWatch) return undefined;
    return Math.max(
      changed.at,
      line.calmSince,
      interruptions.at(-1)?.to ?? 0,
      this.#sim.heardLateAt.get(one.process) ?? 0,
      this.#sim.servesSince,
    );
  }
}

const countOf = ({ transitions }: CollectorProcess): number =>
  transitions.filter(({ event }) => sightChanges.has(event.type)).length;

const sightChanges: ReadonlySet<string> = new Set(['seated', 'sighted', 'blinded', 'unseated']);
