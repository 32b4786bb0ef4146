import type { AnyStateMachine } from 'xstate';
import {
  type AuditEntry,
  describeChain,
  parseAuditEvent,
} from '../../domain/events/audit-entry.ts';
import type { StateValue } from '../../domain/events/event-schema.ts';
import type { Hash } from '../../domain/events/hash-chain.ts';
import { sameJson } from '../../domain/replay/record-diff.ts';
import type { Revision } from '../../domain/time.ts';
import type { History } from '../../ports/audit.ts';
import { MemoizedMachine } from '../transitions/memoized-transition.ts';
import { compileMachine } from '../transitions/transition.ts';
import { chainOfSubject } from './verifier/chain-index.ts';

/** A recorded transition that the other machine would not have taken. */
interface MachineDivergence {
  readonly seq: Revision;
  readonly entity: string;
  readonly machine: string;
  /** The event's type. */
  readonly event: string;
  /** null: the first event of the entity. */
  readonly from: StateValue | null;
  readonly recorded: StateValue;
  /** Undefined: the other machine has no such transition, and `why` gives the reason. */
  readonly other: StateValue | undefined;
  readonly why: string | undefined;
}

/** All transitions that differ in the same way: one change of a machine explains them. */
export interface DivergenceGroup extends Omit<MachineDivergence, 'seq' | 'entity'> {
  readonly count: number;
  readonly first: Pick<MachineDivergence, 'seq' | 'entity'>;
  readonly last: Pick<MachineDivergence, 'seq' | 'entity'>;
}

export interface MachineReplayReport {
  /** Number of events of the history. */
  readonly events: number;
  /** Number of events that were compared with another machine. */
  readonly judged: number;
  readonly divergences: number;
  /** In the order of their first examples. */
  readonly groups: readonly DivergenceGroup[];
  /** Number of events of machines that were not given, by machine name. */
  readonly unmatchedMachines: ReadonlyMap<string, number>;
  /** Number of events after lost events of their chain: the result of a guard is not known. */
  readonly unsure: number;
  /** Number of entries that are no events. */
  readonly illegible: number;
}

export interface ReplayMachinesOptions {
  readonly signal: AbortSignal;
  readonly onDivergence?: (divergence: MachineDivergence) => void;
  readonly onProgress?: (done: Revision, of: Revision) => void;
  readonly hash?: Hash;
}

/**
 * Replays a recorded history with other machines and reports where they would have taken another
 * transition: a check before a machine is changed.
 *
 * Each transition is compared from its recorded start state: an entity follows its recorded path,
 * so that one difference is not found again in everything that follows. Only the context is the one
 * that the other machine computes.
 * @param machines each identified by its `id`, not by its key here
 * @throws {Fault} `store-unavailable`
 */
export async function replayMachines(
  history: History,
  machines: Readonly<Record<string, AnyStateMachine>>,
  { signal, onDivergence, onProgress, hash }: ReplayMachinesOptions,
): Promise<MachineReplayReport> {
  const otherMachines = new OtherMachines(Object.values(machines));
  const causes = new DivergenceGroups();
  const { last } = await history.range();
  let [events, illegible] = [0, 0];
  for await (const stored of history.read(0)) {
    if (signal.aborted) break;
    const recorded = parseAuditEvent(stored, hash);
    events += 1;
    const divergence = recorded.kind === 'event' ? otherMachines.judge(recorded) : undefined;
    if (recorded.kind === 'illegible') illegible += 1;
    if (divergence) {
      causes.add(divergence);
      onDivergence?.(divergence);
    }
    if (events % 1000 === 0) onProgress?.(stored.seq, last);
  }
  const { judged, unmatchedMachines, unsure } = otherMachines;
  return { events, illegible, judged, unmatchedMachines, unsure, ...causes.summary() };
}

/** The other machines, and the contexts of their entities. */
class OtherMachines {
  readonly unmatchedMachines = new Map<string, number>();
  judged = 0;
  unsure = 0;
  readonly #machines: ReadonlyMap<string, MemoizedMachine>;
  /** By chain that has not ended; undefined: not known. Only for machines with guards. */
  readonly #contexts = new Map<string, unknown>();

  constructor(machines: readonly AnyStateMachine[]) {
    this.#machines = new Map(
      machines.map((one) => [one.id, new MemoizedMachine(compileMachine(one))]),
    );
  }

  judge(recorded: AuditEntry): MachineDivergence | undefined {
    const { event, seq } = recorded;
    const machine = this.#machines.get(event.machine);
    if (!machine) {
      this.unmatchedMachines.set(
        event.machine,
        (this.unmatchedMachines.get(event.machine) ?? 0) + 1,
      );
      return undefined;
    }
    const outcome = this.#transition(recorded, machine);
    if (outcome === 'unsure') {
      this.unsure += 1;
      return undefined;
    }
    this.judged += 1;
    if (outcome.why === undefined && sameJson(outcome.other, event.to)) return undefined;
    return {
      seq,
      entity: describeChain(event.of),
      machine: event.machine,
      event: event.event.type,
      from: event.from,
      recorded: event.to,
      ...outcome,
    };
  }

  #transition(
    recorded: AuditEntry,
    machine: MemoizedMachine,
  ): Pick<MachineDivergence, 'other' | 'why'> | 'unsure' {
    const { event } = recorded;
    const { hasGuards: guarded } = machine.compiled;
    const chain = chainOfSubject(recorded);
    if (event.from === null) this.#contexts.delete(chain);
    if (guarded && event.lost !== undefined) this.#contexts.set(chain, undefined);
    const first = machine.initialTransition();
    const context = this.#contexts.has(chain) ? this.#contexts.get(chain) : first.context;
    if (guarded && context === undefined && event.from !== null) return 'unsure';
    if (event.from === null) return { other: first.to, why: undefined };
    try {
      const step = machine.transition({ value: event.from, context }, event.event);
      if (step === 'ignored') return { other: undefined, why: 'it has no such transition there' };
      if (guarded) this.#contexts.set(chain, step.context);
      if (machine.isFinal(event.to)) this.#contexts.delete(chain);
      return { other: step.to, why: undefined };
    } catch (error) {
      // The machine lacks the state, or a guard failed on recorded data.
      return { other: undefined, why: error instanceof Error ? error.message : String(error) };
    }
  }
}

class DivergenceGroups {
  readonly #groups = new Map<string, DivergenceGroup>();
  #count = 0;

  add({ seq, entity, ...difference }: MachineDivergence): void {
    this.#count += 1;
    const name = JSON.stringify(difference);
    const known = this.#groups.get(name);
    const last = { seq, entity };
    this.#groups.set(
      name,
      known
        ? { ...known, count: known.count + 1, last }
        : { ...difference, count: 1, first: last, last },
    );
  }

  summary(): Pick<MachineReplayReport, 'divergences' | 'groups'> {
    return { divergences: this.#count, groups: [...this.#groups.values()] };
  }
}
