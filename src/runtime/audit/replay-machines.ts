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

/** A recorded step that the other machine would have taken otherwise. */
interface MachineDivergence {
  readonly seq: Revision;
  readonly entity: string;
  readonly machine: string;
  /** The event's type. */
  readonly event: string;
  /** null: the entity begins. */
  readonly from: StateValue | null;
  readonly recorded: StateValue;
  /** Undefined: the other machine refuses, and `why` says for what reason. */
  readonly other: StateValue | undefined;
  readonly why: string | undefined;
}

/** All steps that differ in the same way: one change of a machine explains them. */
export interface DivergenceGroup extends Omit<MachineDivergence, 'seq' | 'entity'> {
  readonly count: number;
  readonly first: Pick<MachineDivergence, 'seq' | 'entity'>;
  readonly last: Pick<MachineDivergence, 'seq' | 'entity'>;
}

export interface MachineReplayReport {
  /** How many events the history has. */
  readonly events: number;
  /** How many of them an other machine was asked about. */
  readonly judged: number;
  readonly divergences: number;
  /** In the order of their first examples. */
  readonly groups: readonly DivergenceGroup[];
  /** Events of machines that are not among the others, by name. */
  readonly unmatchedMachines: ReadonlyMap<string, number>;
  /** Events before which others of their chain were lost, so that a guard's answer is not known. */
  readonly unsure: number;
  /** What stands in the history and is no event. */
  readonly illegible: number;
}

export interface ReplayMachinesOptions {
  readonly signal: AbortSignal;
  readonly onDivergence?: (divergence: MachineDivergence) => void;
  readonly onProgress?: (done: Revision, of: Revision) => void;
  readonly hash?: Hash;
}

/**
 * Replays a recorded history against other machines, and says where they would have gone another way:
 * what is to be looked at before a machine changes.
 *
 * Each step is judged from where it was recorded to begin: an entity goes on along its recorded path,
 * so that one difference is not found again in all that follows. Only a context goes along, as the
 * other machine makes it.
 * @param machines each known by its `id`, whatever it is called here
 * @throws {Fault} `store-unavailable`
 */
export async function replayMachines(
  history: History,
  machines: Readonly<Record<string, AnyStateMachine>>,
  { signal, onDivergence, onProgress, hash }: ReplayMachinesOptions,
): Promise<MachineReplayReport> {
  const others = new Others(Object.values(machines));
  const causes = new Causes();
  const { last } = await history.range();
  let [events, illegible] = [0, 0];
  for await (const stored of history.read(0)) {
    if (signal.aborted) break;
    const recorded = parseAuditEvent(stored, hash);
    events += 1;
    const divergence = recorded.kind === 'event' ? others.judge(recorded) : undefined;
    if (recorded.kind === 'illegible') illegible += 1;
    if (divergence) {
      causes.add(divergence);
      onDivergence?.(divergence);
    }
    if (events % 1000 === 0) onProgress?.(stored.seq, last);
  }
  const { judged, unmatchedMachines: without, unsure } = others;
  return { events, illegible, judged, unmatchedMachines: without, unsure, ...causes.counted() };
}

/** The other machines, and the contexts of the entities that they are asked about. */
class Others {
  readonly unmatchedMachines = new Map<string, number>();
  judged = 0;
  unsure = 0;
  readonly #steppers: ReadonlyMap<string, MemoizedMachine>;
  /** Of chains that have not ended; undefined: not known. Kept only where a guard may ask. */
  readonly #contexts = new Map<string, unknown>();

  constructor(machines: readonly AnyStateMachine[]) {
    this.#steppers = new Map(
      machines.map((one) => [one.id, new MemoizedMachine(compileMachine(one))]),
    );
  }

  judge(recorded: AuditEntry): MachineDivergence | undefined {
    const { event, seq } = recorded;
    const stepper = this.#steppers.get(event.machine);
    if (!stepper) {
      this.unmatchedMachines.set(
        event.machine,
        (this.unmatchedMachines.get(event.machine) ?? 0) + 1,
      );
      return undefined;
    }
    const taken = this.#take(recorded, stepper);
    if (taken === 'unsure') {
      this.unsure += 1;
      return undefined;
    }
    this.judged += 1;
    if (taken.why === undefined && sameJson(taken.other, event.to)) return undefined;
    return {
      seq,
      entity: describeChain(event.of),
      machine: event.machine,
      event: event.event.type,
      from: event.from,
      recorded: event.to,
      ...taken,
    };
  }

  #take(
    recorded: AuditEntry,
    stepper: MemoizedMachine,
  ): Pick<MachineDivergence, 'other' | 'why'> | 'unsure' {
    const { event } = recorded;
    const { hasGuards: guarded } = stepper.compiled;
    const chain = chainOfSubject(recorded);
    if (event.from === null) this.#contexts.delete(chain);
    if (guarded && event.lost !== undefined) this.#contexts.set(chain, undefined);
    const begun = stepper.initialTransition();
    const context = this.#contexts.has(chain) ? this.#contexts.get(chain) : begun.context;
    if (guarded && context === undefined && event.from !== null) return 'unsure';
    if (event.from === null) return { other: begun.to, why: undefined };
    try {
      const step = stepper.transition({ value: event.from, context }, event.event);
      if (step === 'ignored') return { other: undefined, why: 'it has no such transition there' };
      if (guarded) this.#contexts.set(chain, step.context);
      if (stepper.isFinal(event.to)) this.#contexts.delete(chain);
      return { other: step.to, why: undefined };
    } catch (error) {
      // A state that it does not have, or a guard that stumbles over what was recorded.
      return { other: undefined, why: error instanceof Error ? error.message : String(error) };
    }
  }
}

class Causes {
  readonly #causes = new Map<string, DivergenceGroup>();
  #count = 0;

  add({ seq, entity, ...difference }: MachineDivergence): void {
    this.#count += 1;
    const name = JSON.stringify(difference);
    const known = this.#causes.get(name);
    const last = { seq, entity };
    this.#causes.set(
      name,
      known
        ? { ...known, count: known.count + 1, last }
        : { ...difference, count: 1, first: last, last },
    );
  }

  counted(): Pick<MachineReplayReport, 'divergences' | 'groups'> {
    return { divergences: this.#count, groups: [...this.#causes.values()] };
  }
}
