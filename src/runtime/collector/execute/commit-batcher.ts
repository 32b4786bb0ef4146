import { Fault } from '../../../domain/fault.ts';
import type { ZoneName } from '../../../domain/identity/names.ts';
import { brakeKey } from '../../../domain/identity/registry-keys.ts';
import type { Revision } from '../../../domain/time.ts';
import type { Commit, CommitOutcome, Fence, Registry } from '../../../ports/registry.ts';
import type { Change } from '../../transitions/record-change.ts';
import { sealCommit } from '../../transitions/seal-changes.ts';

/**
 * Permission to expire one run under the brake of its zone, valid while the brake record is at this
 * revision.
 */
export interface BrakePermit {
  readonly zone: ZoneName;
  readonly revision: Revision;
}

/** A commit that may share a batch with others, and then its signature. */
export interface BatchableCommit {
  readonly changes: readonly Change[];
  readonly fences?: readonly Fence[];
  /** It expires a run under a brake. */
  readonly permit?: BrakePermit | undefined;
}

interface Waiting {
  readonly commit: BatchableCommit;
  readonly resolve: (outcome: CommitOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Largest number of commits in a batch: a refused one is then found in a few halvings. */
const maxCommits = 20;
const maxMessages = 1000;

/**
 * Commits that arrive while another one is in progress share the next batch: a server with one
 * file-backed replica accepts about 200 batches a second, however small (docs/adr/0001), and a rack
 * can have a thousand runs.
 *
 * A refused batch is halved, so that one stale record does not block the others; each commit gets
 * its own outcome.
 */
export class CommitBatcher {
  readonly #registry: Pick<Registry, 'commit'>;
  readonly #extras: (commits: readonly BatchableCommit[]) => readonly Commit[];
  readonly #waiting: Waiting[] = [];
  #isBusy = false;

  /** `extras`: commits that must be stored with these, built at the last moment. */
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
    if (!this.#isBusy) void this.#drain();
    return promise;
  }

  async #drain(): Promise<void> {
    this.#isBusy = true;
    while (this.#waiting.length > 0) await this.#store(this.#takeBatch());
    this.#isBusy = false;
  }

  /** The first waiting commit, and all others that fit into its batch. */
  #takeBatch(): readonly Waiting[] {
    const batch: Waiting[] = [];
    const claims = new Map<string, number>();
    let room = maxMessages - maxCommits * 2;
    for (const waiting of this.#waiting) {
      const { commit } = waiting;
      const size = sizeOf(commit);
      if (batch.length > 0 && size > room) continue;
      const ownClaims = claimsOf(commit);
      if (!areCompatible(ownClaims, claims)) continue;
      for (const [key, claim] of ownClaims) claims.set(key, claim);
      batch.push(waiting);
      room -= size;
      if (batch.length === maxCommits) break;
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

  /** Undefined if the batch could not be sent; the waiting commits were rejected. */
  async #attempt(batch: readonly Waiting[]): Promise<CommitOutcome | undefined> {
    try {
      const commits = batch.map(({ commit }) => commit);
      return await this.#registry.commit(merge(commits, this.#extras(commits)));
    } catch (error) {
      // One of them can never be stored: the others must not fail with it.
      if (error instanceof Fault && batch.length > 1) return { outcome: 'conflict' };
      for (const { reject } of batch) reject(error);
      return undefined;
    }
  }
}

type Claim = readonly [key: string, state: number];

const writes = Number.NaN; // equal to nothing, not even to another write
const withPermit = -1;

const claimsOf = (commit: BatchableCommit): readonly Claim[] => [
  ...commit.changes.map(({ key }): Claim => [key, writes]),
  ...(commit.fences ?? []).map(({ key, expectedRevision }): Claim => [key, expectedRevision]),
  ...(commit.permit ? [[brakeKey(commit.permit.zone), withPermit] as const] : []),
];

/**
 * Two commits that expect different revisions of one key cannot both be right, and a commit must
 * not contain a key twice: the second commit waits for the next batch.
 */
const areCompatible = (claims: readonly Claim[], known: ReadonlyMap<string, number>): boolean =>
  claims.every(([key, state]) => !known.has(key) || known.get(key) === state);

function sizeOf({ changes, fences = [] }: BatchableCommit): number {
  const events = changes.reduce((sum, change) => sum + change.events.length, 0);
  return changes.length + Math.max(events, fences.length);
}

/** One commit of all: each fence once, writes and events in the same order, signed together. */
function merge(commits: readonly BatchableCommit[], extras: readonly Commit[]): Commit {
  const sealed = [sealCommit(commits.flatMap(({ changes }) => changes)), ...extras];
  const fences = new Map<string, Fence>();
  for (const { fences: all = [] } of [...commits, ...extras]) {
    for (const fence of all) fences.set(fence.key, fence);
  }
  return {
    writes: sealed.flatMap(({ writes }) => writes),
    events: sealed.flatMap(({ events }) => events),
    ...(fences.size > 0 && { fences: [...fences.values()] }),
  };
}
