import { Fault } from '../../../domain/fault.ts';
import type { ZoneName } from '../../../domain/identity/names.ts';
import { brakeKey } from '../../../domain/identity/registry-keys.ts';
import type { Revision } from '../../../domain/time.ts';
import type { Commit, CommitOutcome, Fence, Registry } from '../../../ports/registry.ts';

/** One of those that a zone's brake lets through while it stands at this revision. */
export interface BrakePermit {
  readonly zone: ZoneName;
  readonly revision: Revision;
}

/** A commit that may share a batch with others; `place`: it expires a run under a brake. */
export interface BatchableCommit extends Commit {
  readonly permit?: BrakePermit | undefined;
}

interface Waiting {
  readonly commit: BatchableCommit;
  readonly resolve: (outcome: CommitOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** At most so many runs share one batch: a refusal is then found in a few halvings. */
const sharedBy = 20;
const messagesAtMost = 1000;

/**
 * Commits that come while another one is under way share the next: a server with one file-backed copy
 * takes some 200 batches a second, however small they are (docs/adr/0001), and a rack has a thousand
 * runs.
 *
 * A batch that is refused is halved, so that one stale record does not hold up the others; each commit
 * gets its own outcome.
 */
export class CommitBatcher {
  readonly #registry: Pick<Registry, 'commit'>;
  readonly #extras: (commits: readonly BatchableCommit[]) => readonly Commit[];
  readonly #waiting: Waiting[] = [];
  #busy = false;

  /** `extras`: what has to be stored along with these, made at the last moment. */
  constructor(
    registry: Pick<Registry, 'commit'>,
    extras: (commits: readonly BatchableCommit[]) => readonly Commit[] = () => [],
  ) {
    this.#registry = registry;
    this.#extras = extras;
  }

  commit(commit: BatchableCommit): Promise<CommitOutcome> {
    const { promise, resolve, reject } = Promise.withResolvers<CommitOutcome>();
    this.#waiting.push({ commit, resolve, reject });
    if (!this.#busy) void this.#work();
    return promise;
  }

  async #work(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) await this.#store(this.#next());
    this.#busy = false;
  }

  /** The first that waits, and whatever fits in with it. */
  #next(): readonly Waiting[] {
    const batch: Waiting[] = [];
    const claims = new Map<string, number>();
    let room = messagesAtMost - sharedBy * 2;
    for (const waiting of this.#waiting) {
      const { commit } = waiting;
      const size = sizeOf(commit);
      if (batch.length > 0 && size > room) continue;
      const own = claimsOf(commit);
      if (!agree(own, claims)) continue;
      for (const [key, claim] of own) claims.set(key, claim);
      batch.push(waiting);
      room -= size;
      if (batch.length === sharedBy) break;
    }
    for (const waiting of batch) this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
    return batch;
  }

  async #store(batch: readonly Waiting[]): Promise<void> {
    const outcome = await this.#attempt(batch);
    if (outcome === undefined) return;
    if (outcome.outcome !== 'conflict' || batch.length === 1) {
      for (const { resolve } of batch) resolve(outcome);
      return;
    }
    const half = Math.ceil(batch.length / 2);
    await this.#store(batch.slice(0, half));
    await this.#store(batch.slice(half));
  }

  /** Undefined where it could not even be tried: those who wait have been told. */
  async #attempt(batch: readonly Waiting[]): Promise<CommitOutcome | undefined> {
    try {
      const commits = batch.map(({ commit }) => commit);
      return await this.#registry.commit(merged([...commits, ...this.#extras(commits)]));
    } catch (error) {
      // One of them can't be stored at all: the others must not go down with it.
      if (error instanceof Fault && batch.length > 1) return { outcome: 'conflict' };
      for (const { reject } of batch) reject(error);
      return undefined;
    }
  }
}

type Claim = readonly [key: string, how: number];

const writes = Number.NaN; // equal to nothing, not even to another write
const isLetThrough = -1;

const claimsOf = (commit: BatchableCommit): readonly Claim[] => [
  ...commit.writes.map(({ key }): Claim => [key, writes]),
  ...(commit.fences ?? []).map(({ key, expectedRevision: expect }): Claim => [key, expect]),
  ...(commit.permit ? [[brakeKey(commit.permit.zone), isLetThrough] as const] : []),
];

/**
 * Two that expect one key at two revisions can't both be right, and no key may be in a commit twice:
 * the second waits, and finds out.
 */
const agree = (claims: readonly Claim[], known: ReadonlyMap<string, number>): boolean =>
  claims.every(([key, how]) => !known.has(key) || known.get(key) === how);

const sizeOf = ({ writes, events, fences = [] }: Commit): number =>
  writes.length + Math.max(events.length, fences.length);

/** One commit of all of them: each fence once, writes and events in the same order. */
function merged(commits: readonly Commit[]): Commit {
  const fences = new Map<string, Fence>();
  for (const fence of commits.flatMap(({ fences = [] }) => fences)) fences.set(fence.key, fence);
  return {
    writes: commits.flatMap(({ writes }) => writes),
    events: commits.flatMap(({ events }) => events),
    ...(fences.size > 0 && { fences: [...fences.values()] }),
  };
}
