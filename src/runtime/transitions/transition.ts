import {
  type AnyStateMachine,
  initialTransition as xstateInitialTransition,
  transition as xstateTransition,
} from 'xstate';
import { chartOf, edgeIds } from '../../charts/model/chart.ts';
import type { StateValue } from '../../domain/events/event-schema.ts';

/** Where an entity stands: XState's value and context, and nothing else. */
export interface MachineState {
  readonly value: StateValue;
  readonly context?: unknown;
}

/** One transition: where to, over which edges, and what is to be done, as data. */
export interface Transition {
  readonly from: StateValue | null;
  readonly to: StateValue;
  readonly context: unknown;
  readonly edges: readonly string[];
  readonly effects: readonly string[];
  /** A final state was reached: the entity is over. */
  readonly done: boolean;
}

/** A machine made ready for stepping: its name, the hash of its chart, the ids of its edges. */
export interface CompiledMachine {
  readonly machine: AnyStateMachine;
  readonly name: string;
  readonly chart: string;
  /** Some transition has a guard: the event's payload or the context may decide. */
  readonly hasGuards: boolean;
  readonly edges: ReturnType<typeof edgeIds>;
}

export function compileMachine(machine: AnyStateMachine): CompiledMachine {
  const chart = chartOf(machine);
  return {
    machine,
    name: machine.id,
    chart: chart.hash,
    hasGuards: chart.edges.some(({ guard }) => guard !== null),
    edges: edgeIds(machine),
  };
}

/** The entity's first state; the event that brought it about has no edge. */
export function initialTransition({ machine }: CompiledMachine): Transition {
  const [snapshot, actions] = xstateInitialTransition(machine);
  return {
    from: null,
    to: snapshot.value as StateValue,
    context: snapshot.context,
    edges: [],
    effects: actions.map((action) => action.type),
    done: snapshot.status === 'done',
  };
}

/** What the machine makes of this event, or `ignored` where it has no transition for it. */
export function transition(
  { machine, edges }: CompiledMachine,
  standing: MachineState,
  event: { readonly type: string },
): Transition | 'ignored' {
  const before = machine.resolveState({ value: standing.value, context: standing.context ?? {} });
  const taken = machine.getTransitionData(before, event);
  if (taken.length === 0) return 'ignored';
  const [after, actions] = xstateTransition(machine, before, event);
  return {
    from: standing.value,
    to: after.value as StateValue,
    context: after.context,
    edges: taken.map((t) => edges.get(t) ?? '?'),
    effects: actions.map((action) => action.type),
    done: after.status === 'done',
  };
}
