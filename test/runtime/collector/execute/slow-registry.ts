import type { AuditEvent, ChainRef } from '../../../../src/domain/events/event-schema.ts';
import type { RunId } from '../../../../src/domain/identity/names.ts';
import type { Commit, CommitOutcome } from '../../../../src/ports/registry.ts';
import type { BatchableCommit } from '../../../../src/runtime/collector/execute/commit-batcher.ts';
import type { Author, Change } from '../../../../src/runtime/transitions/record-change.ts';
import { sealCommit } from '../../../../src/runtime/transitions/seal-changes.ts';

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

/** The chain of a key's events. */
export const chainOf = (key: string): ChainRef => ({ entity: 'policy', run: key as RunId });
const author = { ports: {} } as Author;

export const changeOf = (key: string): Change => {
  const event: Partial<AuditEvent> = { v: 1, n: 1, of: chainOf(key), prev: null };
  return { author, key, expectedRevision: 1, record: {}, events: [event as AuditEvent] };
};
export const one = (key: string, fences: Commit['fences'] = []): BatchableCommit => ({
  changes: [changeOf(key)],
  ...(fences.length > 0 && { fences }),
});
export const extra = (key: string): Commit => sealCommit([changeOf(key)]);
export const keys = (count: number) => Array.from({ length: count }, (_, n) => `k${n}`);
