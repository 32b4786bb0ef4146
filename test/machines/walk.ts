import { getShortestPaths } from 'xstate/graph';
import type { StateValue } from '../../src/domain/events/event-schema.ts';
import {
  type CompiledMachine,
  type MachineState,
  type Transition,
  transition,
} from '../../src/runtime/transitions/transition.ts';
import type { Example } from './examples.ts';

/** One event given to the machine in one reachable state. */
export interface Attempt {
  readonly state: MachineState;
  readonly event: { readonly type: string };
  readonly taken: Transition | 'ignored';
}

/** Gives every event to the machine in every reachable state (value and context). */
export function walk(
  steppable: CompiledMachine,
  { events }: Pick<Example, 'events'>,
): readonly Attempt[] {
  return reachableStates(steppable, events).flatMap((state) =>
    events.map((event) => ({ state, event, taken: transition(steppable, state, event) })),
  );
}

/** Every state that the machine reaches by its own transitions. */
function reachableStates(
  { machine }: CompiledMachine,
  events: Example['events'],
): readonly Required<MachineState>[] {
  return getShortestPaths(machine, { events: [...events] }).map(({ state }) => ({
    value: state.value as StateValue,
    context: state.context,
  }));
}

/** The ids of the state nodes that are active at this value. */
export function activeNodes(id: string, value: StateValue): readonly string[] {
  if (typeof value === 'string') return [id, `${id}.${value}`];
  return Object.entries(value).flatMap(([key, inner]) => [
    id,
    ...(inner === undefined ? [`${id}.${key}`] : activeNodes(`${id}.${key}`, inner)),
  ]);
}
