import type { Commit, CommitOutcome } from '../../../../src/ports/registry.ts';

/** A registry that answers on command; `refuses`: keys whose writes it refuses. */
export class SlowRegistry {
  readonly batches: Commit[] = [];
  readonly refuses = new Set<string>();
  readonly #waiting: (() => void)[] = [];

  async commit(commit: Commit): Promise<CommitOutcome> {
    this.batches.push(commit);
    await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    if (commit.writes.some(({ key }) => this.refuses.has(key))) return { outcome: 'conflict' };
    return {
      outcome: 'committed',
      revisions: new Map(commit.writes.map(({ key }, n) => [key, this.batches.length * 1000 + n])),
    };
  }

  /** Answers until no request is pending. */
  async answer(): Promise<void> {
    for (let idle = 0; idle < 10; idle += 1) {
      const next = this.#waiting.shift();
      next?.();
      if (next) idle = 0;
      await Promise.resolve();
    }
  }

  /** The keys that each batch wrote. */
  get written(): readonly (readonly string[])[] {
    return this.batches.map(({ writes }) => writes.map(({ key }) => key));
  }
}

export const one = (key: string, fences: Commit['fences'] = []): Commit => ({
  writes: [{ key, expectedRevision: 1, text: '{}' }],
  events: [{ subject: `${key}.1`, text: '{}' }],
  ...(fences.length > 0 && { fences }),
});
export const keys = (count: number) => Array.from({ length: count }, (_, n) => `k${n}`);
