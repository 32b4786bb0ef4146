import { agentKey, holdKey, policyKey } from '../../../src/domain/identity/registry-keys.ts';
import { defaultFleetPolicy } from '../../../src/domain/policy/fleet-policy.ts';
import type { AgentRecord } from '../../../src/domain/records/schemas.ts';
import { readAgent, readPolicy } from '../../../src/domain/records/stored-record.ts';
import { type Millis, type MonotonicTime, seconds } from '../../../src/domain/time.ts';
import { lateness } from '../schedule/parameters.ts';
import type { Checker, Written } from './checks.ts';

interface Count {
  readonly seen: number;
  readonly suspect: number;
}

/**
 * If more runs of a zone are silent than the policy allows, no collector that knows it expires a run without
 * a brake. A brake is set only for silence that occurred and was not covered by a hold.
 */
export const tooMuchSilence: Checker = {
  guarantee: 'too much silence is braked',
  of: (sim, complain) => {
    const zone = new Zone();
    // A collector that judged before the limit was reached may write this much later.
    const patience = (): Millis =>
      sim.fleet.audit.underWay + 2 * lateness(sim.shape) + sim.shape.sweepEvery + seconds(2);
    return {
      onWritten: ({ at, events, records }) => {
        const { tooMuchSince, mostFraction } = zone;
        zone.take(records, at);
        for (const { of, event, evidence } of events) {
          if (of.entity === 'brake' && event.type === 'tripped') {
            const { seen, suspect } = evidence as unknown as Count;
            if (!zone.was({ seen, suspect })) {
              complain(`a brake for ${suspect} of ${seen}, and so many were never silent`);
            }
          }
          if (of.entity !== 'run' || event.type !== 'expired' || evidence?.['brake'] !== 'off') {
            continue;
          }
          const known = evidence['zone'] as Count;
          const isLong = tooMuchSince !== undefined && at - tooMuchSince > patience();
          if (isLong && isTooMuch(known, mostFraction)) {
            complain(`${of.run} expired without a brake, with ${known.suspect} of ${known.seen}`);
          }
        }
      },
    };
  },
};

const { count } = defaultFleetPolicy.brake;
const isTooMuch = ({ seen, suspect }: Count, fraction: number): boolean =>
  suspect >= count && suspect > fraction * seen;

/** Number of runs, and of runs silent without a hold, counted record by record. */
class Zone {
  /** The largest count so far, because a view that lags uses an old one. */
  mostFraction = defaultFleetPolicy.brake.fraction;
  tooMuchSince: MonotonicTime | undefined;
  readonly #agents = new Map<string, AgentRecord>();
  readonly #holds = new Set<string>();
  readonly #were = new Set<string>();

  was({ seen, suspect }: Count): boolean {
    return this.#were.has(`${suspect} of ${seen}`);
  }

  take(records: Written['records'], at: MonotonicTime): void {
    for (const { key, text, revision } of records) {
      if (key.startsWith('hold.')) {
        if (text === undefined) this.#holds.delete(key);
        else this.#holds.add(key);
      } else if (key.startsWith('agent.')) {
        const read = readAgent({ key, text, revision });
        if (read.kind === 'stored') this.#agents.set(agentKey(read.record), read.record);
        else this.#agents.delete(key);
      } else if (key === policyKey) {
        const read = readPolicy({ key, text, revision });
        if (read.kind !== 'stored') continue;
        this.mostFraction = Math.max(this.mostFraction, read.record.policy.brake.fraction);
      } else continue;
      const now = this.#count();
      this.#were.add(`${now.suspect} of ${now.seen}`);
      if (!isTooMuch(now, this.mostFraction)) this.tooMuchSince = undefined;
      else this.tooMuchSince ??= at;
    }
  }

  #count(): Count {
    const all = [...this.#agents.values()].filter(({ phase }) => phase !== 'expired');
    const silent = all.filter(
      ({ suspect, phase, host, agent }) =>
        suspect &&
        phase !== 'leaving' &&
        !this.#holds.has(holdKey(host)) &&
        !this.#holds.has(holdKey(host, agent)),
    );
    return { seen: all.length, suspect: silent.length };
  }
}
