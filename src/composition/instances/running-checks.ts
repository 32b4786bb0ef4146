import { systemClock } from '../../adapters/system/clock.ts';
import { checkHealth } from '../../adapters/system/health/run-health-check.ts';
import {
  type Health,
  type InstanceSpec,
  unchecked,
} from '../../domain/records/desired-instances.ts';
import type { Agent } from '../../runtime/agent/agent.ts';
import type { ListedInstance } from './listed-instances.ts';

interface Checking {
  readonly how: string;
  readonly stop: AbortController;
}

/** The health of each instance until its first report: one with a check has to pass it first. */
export function initialHealth(listed: readonly ListedInstance[]): (spec: InstanceSpec) => Health {
  const unknown = new Set(listed.filter(({ check }) => check?.initial === 'failing').map(keyOf));
  return (spec) =>
    unknown.size > 0 && unknown.has(keyOf({ spec })) ? unchecked : { state: 'serving' };
}

/** The health checks of one agent's instances. Each runs independently and reports to the agent. */
export class HealthChecks {
  readonly #agent: Pick<Agent, 'reportCheck'>;
  readonly #running = new Map<string, Checking>();

  constructor(agent: Pick<Agent, 'reportCheck'>) {
    this.#agent = agent;
  }

  /** Starts new checks and ends removed ones. An unchanged check keeps its count of failures. */
  replace(listed: readonly ListedInstance[]): void {
    const wanted = new Map(
      listed.flatMap((one) => (one.check ? [[keyOf(one), one] as const] : [])),
    );
    for (const [key, { how, stop }] of this.#running) {
      const now = wanted.get(key);
      if (now && howOf(now) === how) continue;
      stop.abort();
      this.#running.delete(key);
      const [service, id] = JSON.parse(key);
      // Without a check, its last result no longer applies.
      if (!now) this.#agent.reportCheck({ service, id }, { state: 'serving' });
    }
    for (const [key, one] of wanted) if (!this.#running.has(key)) this.#start(key, one);
  }

  stop(): void {
    for (const { stop } of this.#running.values()) stop.abort();
    this.#running.clear();
  }

  #start(key: string, one: ListedInstance): void {
    if (one.check === undefined) return;
    const stop = new AbortController();
    this.#running.set(key, { how: howOf(one), stop });
    void checkHealth(
      one.check,
      (health) => this.#agent.reportCheck(one.spec, health),
      systemClock,
      stop.signal,
    );
  }
}

const keyOf = ({ spec }: Pick<ListedInstance, 'spec'>): string =>
  JSON.stringify([spec.service, spec.id]);
const howOf = ({ check: how }: ListedInstance): string => JSON.stringify(how);
