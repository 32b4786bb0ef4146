import type { StoredAgent } from '../../domain/records/stored-record.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { CommitOutcome, CommitWait } from '../../ports/registry.ts';

const shortest: Millis = seconds(5);
const longest: Millis = seconds(60);

/**
 * How long a run waits for the answer to a commit.
 *
 * A single server stores 40 to 280 commits a second, and answers all waiting commits together, after the last of them.
 * When a whole fleet returns, the answers take longer than 5 s. An agent that sends its commit again makes the queue
 * longer: 600 commits at once that were sent again after 5 s never ended. If the connection breaks, the wait ends at
 * once.
 */
export class CommitPatience {
  #unanswered = 0;

  /** A start can wait. A running agent has news, so it waits longer only after commits without an answer. */
  wait(agent: StoredAgent | undefined, signal: AbortSignal): CommitWait {
    const isStarting = agent === undefined || agent.record.phase === 'registering';
    const grown = Math.min(longest, shortest * 2 ** this.#unanswered);
    return { within: isStarting ? longest : grown, signal };
  }

  ended({ outcome }: CommitOutcome): void {
    if (outcome === 'unknown') this.#unanswered += 1;
    else this.#unanswered = 0;
  }
}
