import { type Millis, type MonotonicTime, seconds } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import type { CommitOutcome, Registry } from '../../ports/registry.ts';

/**
 * Commits are refused until one is accepted, or until none was refused for so long: agents and collectors try again after
 * 10 s at the latest, and what they wanted to write may not be needed any more.
 */
const forgottenAfter: Millis = seconds(15);

/**
 * Whether the store accepts what one agent or collector writes. A store can accept the renewals of its lease and refuse its
 * commits: a stream is full, or another client has all the open batches that a stream may have. Such a collector
 * judges and nobody hears of it, so it must not look like one that observes the fleet. Such an agent registers nothing.
 */
export class RefusedCommits {
  readonly #ports: Pick<Ports, 'clock' | 'log' | 'metrics'>;
  readonly #reportedAfter: Millis;
  #refused: { readonly since: MonotonicTime; at: MonotonicTime; why: string } | undefined;
  #isReported = false;

  /** `reportedAfter`: for so long commits may be refused without a report; a server that restarts takes seconds. */
  constructor(ports: Pick<Ports, 'clock' | 'log' | 'metrics'>, reportedAfter: Millis) {
    this.#ports = ports;
    this.#reportedAfter = reportedAfter;
  }

  /** The same registry, whose commits are observed. */
  observe(registry: Registry): Registry {
    return {
      read: (key) => registry.read(key),
      list: (...which) => registry.list(...which),
      watch: (...which) => registry.watch(...which),
      commit: async (...which) => {
        const outcome = await registry.commit(...which);
        this.#take(outcome);
        return outcome;
      },
    };
  }

  /** Why all commits were refused for longer than what needs no report, and reports it once; undefined: they were not. */
  check(): string | undefined {
    const refused = this.#refused;
    if (!refused) return undefined;
    const now = this.#ports.clock.monotonic();
    if (now - refused.at > forgottenAfter) {
      this.#end();
      return undefined;
    }
    const lasts = now - refused.since;
    if (lasts <= this.#reportedAfter) return undefined;
    const why = `the store has refused its commits for ${Math.round(lasts / 1000)} s: ${refused.why}`;
    if (!this.#isReported) {
      this.#isReported = true;
      this.#ports.log.warn('commits-refused', { why });
      this.#ports.metrics.commitsRefused?.(true);
    }
    return why;
  }

  #take(outcome: CommitOutcome): void {
    if (outcome.outcome === 'committed' || outcome.outcome === 'conflict') {
      this.#end();
      return;
    }
    const now = this.#ports.clock.monotonic();
    this.#refused ??= { since: now, at: now, why: outcome.why };
    this.#refused.at = now;
    this.#refused.why = outcome.why;
    this.check();
  }

  #end(): void {
    if (this.#isReported) {
      this.#ports.log.warn('commits-accepted', {});
      this.#ports.metrics.commitsRefused?.(false);
    }
    this.#refused = undefined;
    this.#isReported = false;
  }
}
