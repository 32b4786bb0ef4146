import type { Slot } from '../../../domain/identity/names.ts';
import { agentMapKey, leaseKey } from '../../../domain/identity/registry-keys.ts';
import type { AgentRecord } from '../../../domain/records/schemas.ts';
import type { StoredAgent } from '../../../domain/records/stored-record.ts';
import { type Millis, type MonotonicTime, seconds } from '../../../domain/time.ts';
import type { Ports } from '../../../ports/ports.ts';
import { type Judgement, judgeAtLeader, type Observer } from '../observe/gather-evidence.ts';
import type { RecentDisconnects } from '../observe/recent-disconnects.ts';
import type { SuspicionAges } from '../observe/suspicion-ages.ts';
import type { BrakePermit } from './commit-batcher.ts';
import type { InFlightTasks } from './in-flight.ts';
import type { RemovalBackoff } from './removal-backoff.ts';
import type { VerdictExecutor } from './verdict-executor.ts';
import type { ZoneBrakes } from './zone-brakes.ts';

/** A run that was judged at the leader and not removed is judged there again after this. */
const judgeAgainAfter: Millis = seconds(1);

/** What the tasks of all agents of one collector share. */
export interface AgentTaskContext {
  readonly observer: Observer;
  readonly tasks: InFlightTasks;
  readonly brakes: ZoneBrakes;
  readonly executor: VerdictExecutor;
  readonly removals: RemovalBackoff;
  readonly disconnects: RecentDisconnects;
  readonly suspicions: SuspicionAges;
}

/** Starts the task of an agent: judges its run at the leader, then suspects, expires or removes it. */
export class AgentProcessor {
  readonly #context: AgentTaskContext;
  readonly #ports: Pick<Ports, 'registry' | 'leases' | 'messaging' | 'clock'>;
  /** When each run was last judged at the leader: it is not asked again at every sweep. */
  readonly #lastExamined = new Map<string, MonotonicTime>();
  /** The permits of the slots that the brake admits now. */
  readonly #admitted = new Map<string, BrakePermit>();

  constructor(
    context: AgentTaskContext,
    ports: Pick<Ports, 'registry' | 'leases' | 'messaging' | 'clock'>,
  ) {
    this.#context = context;
    this.#ports = ports;
  }

  /** Whether the brake has admitted the run of this slot. */
  isAdmitted(slot: Slot): boolean {
    return this.#admitted.has(agentMapKey(slot));
  }

  /** The run was kept, or the slot was removed. */
  forget(slot: string): void {
    this.#lastExamined.delete(slot);
  }

  /** Whether a task for this run may be started now. */
  isDue({ record }: StoredAgent): boolean {
    const slot = agentMapKey(record);
    return this.#context.tasks.isIdle(slot) && !this.#wasExaminedRecently(slot, record);
  }

  start(known: StoredAgent, signal: AbortSignal): void {
    const { brakes, tasks } = this.#context;
    const { record } = known;
    const slot = agentMapKey(record);
    const needsPermit = record.suspect && brakes.stateFor(record) === 'lets-through';
    tasks.start(slot, async () => {
      const permit = needsPermit ? brakes.acquirePermit(record) : undefined;
      if (permit) this.#admitted.set(slot, permit);
      try {
        await this.#process(known, signal);
      } finally {
        // Not used: another run may get it.
        if (permit && this.#admitted.has(slot)) brakes.releasePermit(permit);
        this.#admitted.delete(slot);
      }
    });
  }

  /** Around the ttl every sweep judges: a silence that just became long enough is found immediately. */
  #wasExaminedRecently(slot: string, record: AgentRecord): boolean {
    const last = this.#lastExamined.get(slot);
    if (last === undefined || this.#ports.clock.monotonic() - last >= judgeAgainAfter) return false;
    const { observations } = this.#context.observer;
    const overdue = observations.timeSinceRenewal(leaseKey(record)) - record.ttl;
    return record.phase !== 'expired' && !(overdue >= 0 && overdue < judgeAgainAfter);
  }

  async #process(known: StoredAgent, signal: AbortSignal): Promise<void> {
    const { executor, disconnects, suspicions, observer } = this.#context;
    const { record } = known;
    if (record.phase === 'expired') return this.#remove(known, signal);
    const judgement = await judgeAtLeader(known, observer, this.#ports, signal);
    if (!judgement) return;
    const slot = agentMapKey(record);
    this.#lastExamined.set(slot, this.#ports.clock.monotonic());
    const { verdict } = judgement;
    if (verdict.do === 'expire') return this.#expire(judgement, signal);
    if (verdict.do === 'suspect') {
      if (await executor.suspect(judgement)) disconnects.drop(record);
      return;
    }
    if (judgement.evidence.probe === 'answered') disconnects.answered(record);
    if (verdict.do === 'keep') disconnects.drop(record);
    if (verdict.do !== 'wait') return;
    if (verdict.why === 'lease-stands' || verdict.why === 'answers') {
      this.#ports.messaging.notify(record, 'suspected'); // an earlier notice may have been lost
    }
    if (verdict.why !== 'brake') suspicions.drop(slot);
  }

  async #expire(judgement: Judgement, signal: AbortSignal): Promise<void> {
    const { executor } = this.#context;
    const { judged } = judgement;
    const slot = agentMapKey(judged.record);
    const revision = await executor.expire(judgement, this.#admitted.get(slot));
    if (revision === undefined) return;
    this.#admitted.delete(slot);
    // The next sweep would also find it, 0.1 s later; removing takes less than that.
    const expired = await executor.waitForRecord(judged, revision, signal);
    if (expired) await this.#remove(expired, signal);
  }

  #remove(expired: StoredAgent, signal: AbortSignal): Promise<void> {
    const { executor, removals } = this.#context;
    return removals.run(() => executor.remove(expired, signal));
  }
}
