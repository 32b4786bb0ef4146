import { readAgent, type StoredAgent, type StoredInstance } from '../domain/entry.ts';
import { Fault } from '../domain/fault.ts';
import type { SlotView } from '../domain/fleet.ts';
import { judgeLeftover } from '../domain/judge.ts';
import { agentKey, leaseKey, slotTokens } from '../domain/keys.ts';
import { type LeasePolicy, leftoverAfter, removalsPerBatch } from '../domain/policy.ts';
import type { AgentRecord } from '../domain/records.ts';
import { type Millis, type Monotonic, type Revision, seconds } from '../domain/time.ts';
import type { Ports } from '../ports/ports.ts';
import type { Author } from './change.ts';
import {
  type Clocks,
  type Examined,
  evidenceOfVerdict,
  examine,
  glance,
  readLease,
} from './examine.ts';
import { Leftovers } from './leftovers.ts';
import { removeExpired, removeLeftovers } from './remove.ts';
import { moveRun } from './run-changes.ts';
import type { Sightings } from './sightings.ts';
import type { View } from './view.ts';

/** A run that was doubted, examined and kept is examined again after so long. */
const askAgainAfter: Millis = seconds(1);

/** What a sweep is told about the work it begins and ends. */
export interface SweepListener {
  removing(busy: boolean): void;
}

/**
 * One collector's judging and removing: a level-triggered sweep over all that its view shows.
 *
 * Each slot is worked on by one task at a time; a task that fails is begun again by a later sweep,
 * from whatever is there then.
 */
export class Sweeper implements Clocks {
  readonly sightings: Sightings;
  readonly #author: Author;
  readonly #view: View;
  readonly #fallback: LeasePolicy;
  readonly #ports: Ports;
  readonly #listener: SweepListener;
  readonly #leftovers: Leftovers;
  /** Since when each slot's suspicion has been known, and which one that is. */
  readonly #suspects = new Map<string, { doubt: string; since: Monotonic }>();
  readonly #busy = new Map<string, Promise<void>>();
  /** When a run was last examined and kept: it is not asked again at every sweep. */
  readonly #kept = new Map<string, Monotonic>();
  #removals = 0;

  /** `fallback`: how long an instance whose slot has no record may stay. */
  constructor(
    author: Author,
    seeing: { readonly view: View; readonly sightings: Sightings },
    fallback: LeasePolicy,
    ports: Ports,
    listener: SweepListener,
  ) {
    this.#author = author;
    this.#view = seeing.view;
    this.sightings = seeing.sightings;
    this.#fallback = fallback;
    this.#ports = ports;
    this.#listener = listener;
    this.#leftovers = new Leftovers(ports.clock);
  }

  /** Begins to judge: every silence, grace and leftover counts from now. */
  start(): void {
    this.sightings.start();
    this.#suspects.clear();
    this.#leftovers.start(this.#view.fleet);
  }

  touched(slots: ReadonlySet<string>): void {
    for (const slot of slots) {
      if (this.#view.fleet.slot(slot)?.agent) continue;
      this.#suspects.delete(slot);
      this.#kept.delete(slot);
    }
    this.#leftovers.touched(slots, this.#view.fleet);
  }

  suspectFor(record: AgentRecord): Millis {
    if (!record.suspect) return 0;
    const now = this.#ports.clock.monotonic();
    const slot = slotTokens(record);
    const known = this.#suspects.get(slot);
    // Each suspicion has a grace of its own, also where the view has missed what lay between two.
    const doubt = `${record.run} ${record.suspect.since}`;
    const since = known?.doubt === doubt ? known.since : now;
    this.#suspects.set(slot, { doubt, since });
    return now - Math.max(since, this.sightings.startedAt);
  }

  /** Looks at everything once, and begins whatever is to be done. */
  sweep(signal: AbortSignal): void {
    for (const slot of this.#view.fleet.slots()) {
      if (slot.agent?.kind !== 'stored') continue;
      const seen = slot.agent;
      if (!seen.record.suspect) this.#suspects.delete(slot.slot);
      const { do: what } = glance(seen, this);
      if (what === 'keep') this.#kept.delete(slot.slot);
      if (what === 'keep' || what === 'hold' || this.#keptLately(slot.slot, seen)) continue;
      this.#work(slot.slot, () => this.#attend(seen, signal));
    }
    for (const { slot, leftovers } of this.#leftovers.due(this.#view.fleet)) {
      const { policy } = this.#policyOf(slot);
      const due = leftovers.filter(([, age]) => age >= leftoverAfter(policy)).map(([l]) => l);
      if (due.length > 0) this.#work(slot.slot, () => this.#clear(slot, due));
    }
  }

  /** Around the ttl every sweep looks: a silence that has just become long enough is seen at once. */
  #keptLately(slot: string, { record }: StoredAgent): boolean {
    const kept = this.#kept.get(slot);
    if (kept === undefined || this.#ports.clock.monotonic() - kept >= askAgainAfter) return false;
    const past = this.sightings.silenceOf(leaseKey(record)) - record.ttl;
    return record.phase !== 'expired' && !(past >= 0 && past < askAgainAfter);
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#busy.values());
  }

  #work(slot: string, task: () => Promise<void>): void {
    if (this.#busy.has(slot)) return;
    const working = task()
      .catch((error: unknown) => {
        if (!(error instanceof Fault)) throw error;
        this.#ports.log.debug('sweep-interrupted', { slot, why: error.message });
      })
      .finally(() => this.#busy.delete(slot));
    this.#busy.set(slot, working);
  }

  async #attend(seen: StoredAgent, signal: AbortSignal): Promise<void> {
    if (seen.record.phase === 'expired') return this.#remove(seen, signal);
    const examined = await examine(seen, this, this.#ports, signal);
    if (!examined) return;
    this.#kept.set(slotTokens(seen.record), this.#ports.clock.monotonic());
    if (examined.verdict.do === 'suspect') return this.#suspect(examined);
    if (examined.verdict.do === 'expire') return this.#expire(examined, signal);
    const { verdict } = examined;
    if (verdict.do === 'hold' && (verdict.why === 'lease-stands' || verdict.why === 'answers')) {
      this.#ports.probe.tell(seen.record, 'suspected'); // it may not have been told
    }
    if (verdict.do === 'hold') this.#suspects.delete(slotTokens(seen.record));
  }

  async #suspect(examined: Examined): Promise<void> {
    const { judged, verdict } = examined;
    if (verdict.do !== 'suspect') return;
    const evidence = evidenceOfVerdict(examined, this);
    const event = { type: 'suspected', reason: verdict.why } as const;
    const change = moveRun(this.#author, judged, event, { evidence });
    if (change === 'ignored' || (await this.#commit(change)) === undefined) return;
    this.#ports.probe.tell(judged.record, 'suspected');
  }

  async #expire(examined: Examined, signal: AbortSignal): Promise<void> {
    const { judged } = examined;
    const evidence = evidenceOfVerdict(examined, this);
    const change = moveRun(this.#author, judged, { type: 'expired' }, { evidence });
    const revision = change === 'ignored' ? undefined : await this.#commit(change);
    if (revision === undefined) return;
    this.#ports.probe.tell(judged.record, 'expired');
    // The next sweep would find it too: a tenth of a second later, which is longer than removing takes.
    if (!(await this.#view.passed(revision, signal))) return;
    const expired = this.#view.fleet.slot(slotTokens(judged.record))?.agent;
    if (expired?.kind !== 'stored' || expired.revision !== revision) return;
    await this.#remove(expired, signal);
  }

  /** The revision of the record as it was written; undefined: it was not, as far as is known. */
  async #commit(
    change: Exclude<ReturnType<typeof moveRun>, 'ignored'>,
  ): Promise<Revision | undefined> {
    const result = await this.#ports.registry.commit({
      writes: [change.write],
      events: change.events,
    });
    return result.outcome === 'committed' ? result.revisions.get(change.write.key) : undefined;
  }

  async #remove(expired: StoredAgent, signal: AbortSignal): Promise<void> {
    this.#begun();
    try {
      await removeExpired(expired, this.#author, this.#view, this.#ports, signal);
    } finally {
      this.#ended();
    }
  }

  /** Leftovers: judged by the slot's record at the leader, and each by its owner's lease. */
  async #clear(slot: SlotView, due: readonly StoredInstance[]): Promise<void> {
    const [first] = due;
    if (!first) return;
    const of = { host: first.record.host, agent: first.record.agent };
    const record = readAgent(await this.#ports.registry.read(agentKey(of)));
    if (record.kind === 'unreadable') return;
    const holder = record.kind === 'stored' ? record.record.run : undefined;
    const { policy, why } = this.#policyOf(slot);
    const leases = new Map<string, 'stands' | 'absent' | 'unknown'>();
    const judged: StoredInstance[] = [];
    for (const stored of due.slice(0, removalsPerBatch)) {
      const { run } = stored.record;
      if (run === holder) continue;
      const lease = leases.get(run) ?? (await readLease({ ...of, run }, this.#ports));
      leases.set(run, lease);
      const verdict = judgeLeftover({ leftoverFor: leftoverAfter(policy), lease }, policy);
      if (verdict.do === 'remove') judged.push(stored);
    }
    if (judged.length === 0) return;
    this.#begun();
    try {
      const evidence = {
        holder: holder ?? null,
        leftoverFor: leftoverAfter(policy),
        lease: 'absent',
      };
      const at = { of, revision: record.revision };
      await removeLeftovers(judged, at, why, { evidence }, this.#author, this.#ports);
    } finally {
      this.#ended();
    }
  }

  #policyOf({ agent }: SlotView): { policy: LeasePolicy; why: 'superseded' | 'orphan' } {
    return agent?.kind === 'stored'
      ? { policy: agent.record, why: 'superseded' }
      : { policy: this.#fallback, why: 'orphan' };
  }

  #begun(): void {
    this.#removals += 1;
    if (this.#removals === 1) this.#listener.removing(true);
  }

  #ended(): void {
    this.#removals -= 1;
    if (this.#removals === 0) this.#listener.removing(false);
  }
}
