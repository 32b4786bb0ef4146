import {
  type AnyActorRef,
  type AnyStateMachine,
  createActor,
  type ExecutableActionObject,
  initialTransition as xstateInitialTransition,
} from 'xstate';
import { chartOf, edgeIds } from '../../charts/model/chart.ts';
import type { Chart } from '../../charts/model/chart-data.ts';
import type { StateValue } from '../../domain/events/event-schema.ts';

/** The state of an entity: state value and context of XState. */
export interface MachineState {
  readonly value: StateValue;
  readonly context?: unknown;
}

/** One transition: target, edges, and effects as data. */
export interface Transition {
  readonly from: StateValue | null;
  readonly to: StateValue;
  readonly context: unknown;
  readonly edges: readonly string[];
  readonly effects: readonly string[];
  /** Whether the target is a final state: the entity has ended. */
  readonly done: boolean;
}

/** A machine prepared for transitions: its name, the hash of its chart, the ids of its edges. */
export interface CompiledMachine {
  readonly machine: AnyStateMachine;
  readonly name: string;
  readonly chart: string;
  /** Some transition has a guard: the payload of the event or the context can change the result. */
  readonly hasGuards: boolean;
  readonly edges: ReturnType<typeof edgeIds>;
}

/** Prepares a machine. Its chart and its edges are computed at their first use: the hash costs a walk. */
export function compileMachine(machine: AnyStateMachine): CompiledMachine {
  let computedChart: Chart | undefined;
  let computedEdges: CompiledMachine['edges'] | undefined;
  const chart = (): Chart => {
    computedChart ??= chartOf(machine);
    return computedChart;
  };
  return {
    machine,
    name: machine.id,
    get chart() {
      return chart().hash;
    },
    get hasGuards() {
      return chart().edges.some(({ guard }) => guard !== null);
    },
    get edges() {
      computedEdges ??= edgeIds(machine);
      return computedEdges;
    },
  };
}

/** The initial transition of an entity; it has no edges. */
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

/** The transition for this event, or `ignored` if the machine has none. */
export function transition(
  { machine, edges }: CompiledMachine,
  state: MachineState,
  event: { readonly type: string },
): Transition | 'ignored' {
  const before = machine.resolveState({ value: state.value, context: state.context ?? {} });
  const definitions = machine.getTransitionData(before, event);
  if (definitions.length === 0) return 'ignored';
  const [after, actions] = stepped(machine, before, event);
  return {
    from: state.value,
    to: after.value as StateValue,
    context: after.context,
    edges: definitions.map((t) => edges.get(t) ?? '?'),
    effects: actions.map((action) => action.type),
    done: after.status === 'done',
  };
}

/**
 * What `transition` of XState does, which makes two actors for each step: half of its time. The machines
 * here start no actors and send nothing, so one actor that is never started serves all steps of a machine.
 */
function stepped(
  machine: AnyStateMachine,
  before: ReturnType<AnyStateMachine['resolveState']>,
  event: { readonly type: string },
): readonly [typeof before, readonly ExecutableActionObject[]] {
  const actions: ExecutableActionObject[] = [];
  const self = idleActorOf(machine);
  const after = machine.transition(before, event, {
    self,
    system: self.system,
    id: '',
    sessionId: '',
    logger: () => {},
    defer: () => {},
    emit: () => {},
    stopChild: () => {},
    actionExecutor: (action) => void actions.push(action),
  });
  return [after, actions];
}

const idleActors = new WeakMap<AnyStateMachine, AnyActorRef>();

function idleActorOf(machine: AnyStateMachine): AnyActorRef {
  const actor = idleActors.get(machine) ?? createActor(machine);
  idleActors.set(machine, actor);
  return actor;
}
