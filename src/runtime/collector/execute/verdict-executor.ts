import { zoneOf } from '../../../domain/collection/brake.ts';
import type { HoldClocks } from '../../../domain/collection/hold-end.ts';
import { agentMapKey, leaseKey } from '../../../domain/identity/registry-keys.ts';
import type {
  StoredAgent,
  StoredDrain,
  StoredHold,
} from '../../../domain/records/stored-record.ts';
import type { Revision } from '../../../domain/time.ts';
import type { CollectorWrite } from '../../../ports/metrics.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { RegistryCache } from '../../support/registry-cache.ts';
import { endDrain } from '../../transitions/drain-changes.ts';
import { endHold } from '../../transitions/fleet-changes.ts';
import type { Author, Change } from '../../transitions/record-change.ts';
import { transitionRun } from '../../transitions/run-changes.ts';
import { evidenceOfVerdict, type Judgement, type Observer } from '../observe/gather-evidence.ts';
import { type BatchableCommit, type BrakePermit, CommitBatcher } from './commit-batcher.ts';
import { removeExpired } from './remove-instances.ts';
import type { ZoneBrakes } from './zone-brakes.ts';

/** Stores verdicts and notifies the runs concerned. A refused write is judged again. */
export class VerdictExecutor {
  readonly #author: Author;
  readonly #view: RegistryCache;
  readonly #observer: Observer;
  readonly #brakes: ZoneBrakes;
  readonly #ports: Ports;
  readonly #commits: CommitBatcher;

  constructor(
    author: Author,
    view: RegistryCache,
    observer: Observer,
    brakes: ZoneBrakes,
    ports: Ports,
  ) {
    this.#author = author;
    this.#view = view;
    this.#observer = observer;
    this.#brakes = brakes;
    this.#ports = ports;
    this.#commits = new CommitBatcher(ports.registry, (all) => brakes.rewritesFor(all));
  }

  /** Stores a suspicion. Returns whether it is known to be stored. */
  async suspect(judgement: Judgement): Promise<boolean> {
    const { judged, verdict } = judgement;
    if (verdict.do !== 'suspect') return false;
    const { record } = judged;
    const evidence = evidenceOfVerdict(judgement, this.#observer);
    const event = { type: 'suspected', reason: verdict.why } as const;
    const change = transitionRun(this.#author, judged, event, { evidence });
    const renewedAt = this.#observer.observations.seenAt(leaseKey(record));
    const from = Math.max(renewedAt ?? 0, this.#observer.disconnectOf(record)?.at ?? 0);
    if (change === 'ignored' || (await this.#commit('suspect', change)) === undefined) return false;
    const { clock, metrics, messaging } = this.#ports;
    metrics.suspected(verdict.why, from === 0 ? undefined : clock.monotonic() - from);
    messaging.notify(record, 'suspected');
    return true;
  }

  /** Stores an expiry. Returns its revision, or undefined if it is not known to be stored. */
  async expire(
    judgement: Judgement,
    permit: BrakePermit | undefined,
  ): Promise<Revision | undefined> {
    const { judged, fences } = judgement;
    // The brake was on meanwhile, and admits only runs with a permit.
    if (judgement.evidence.brake === 'lets-through' && !permit) return undefined;
    const zone = zoneOf(judged.record);
    const evidence = {
      ...evidenceOfVerdict(judgement, this.#observer),
      zone: { name: zone, ...this.#brakes.countOf(zone) },
    };
    const change = transitionRun(this.#author, judged, { type: 'expired' }, { evidence });
    if (change === 'ignored') return undefined;
    const revision = await this.#commit('expire', change, { fences, permit });
    if (revision === undefined) return undefined;
    this.#ports.metrics.expired();
    this.#ports.messaging.notify(judged.record, 'expired');
    return revision;
  }

  /**
   * Waits until the cache contains this revision. Returns the record, if it is still that write.
   */
  async waitForRecord(of: StoredAgent, revision: Revision, signal: AbortSignal) {
    if (!(await this.#view.waitForRevision(revision, signal))) return undefined;
    const current = this.#view.fleet.slot(agentMapKey(of.record))?.agent;
    return current?.kind === 'stored' && current.revision === revision ? current : undefined;
  }

  async remove(expired: StoredAgent, signal: AbortSignal): Promise<void> {
    await removeExpired(expired, this.#author, this.#view, this.#ports, this.#commits, signal);
  }

  /** Ends a hold. Resolves when the view shows it, so that the next sweep does not try again. */
  async endHold(hold: StoredHold, { server, own }: HoldClocks, signal: AbortSignal): Promise<void> {
    const evidence = { until: hold.record.until, serverTime: server, ownTime: own };
    const change = endHold(this.#author, hold, 'ran-out', { evidence });
    const revision = await this.#commit('end-hold', change);
    if (revision !== undefined) await this.#view.waitForRevision(revision, signal);
  }

  /** Ends a drain, likewise. */
  async endDrain(
    drain: StoredDrain,
    { server, own }: HoldClocks,
    signal: AbortSignal,
  ): Promise<void> {
    const evidence = { until: drain.record.until, serverTime: server, ownTime: own };
    const change = endDrain(this.#author, drain, 'ran-out', { evidence });
    const revision = await this.#commit('end-drain', change);
    if (revision !== undefined) await this.#view.waitForRevision(revision, signal);
  }

  /**
   * Commits a change. Returns the revision of the record, or undefined if it is not known to be
   * stored.
   */
  async #commit(
    what: CollectorWrite,
    change: Change,
    along: Pick<BatchableCommit, 'fences' | 'permit'> = {},
  ): Promise<Revision | undefined> {
    const result = await this.#commits.commit({ changes: [change], ...along });
    if (result.outcome === 'conflict') this.#ports.metrics.conflictAvoided(what);
    return result.outcome === 'committed' ? result.revisions.get(change.key) : undefined;
  }
}
