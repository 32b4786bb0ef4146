import { getShortestPaths } from 'xstate/graph';
import type { StateValue } from '../../src/domain/events/event-schema.ts';
import {
  type CompiledMachine,
  type MachineState,
  type Transition,
  transition,
} from '../../src/runtime/transitions/transition.ts';
import type { Example } from './examples.ts';

/** One step from a place that the machine can get to. */
export interface Tried {
  readonly standing: MachineState;
  readonly event: { readonly type: string };
  readonly taken: Transition | 'ignored';
}

/** Goes to every place the machine can get to (state and context), and gives it every event there. */
export function walk(
  steppable: CompiledMachine,
  { events }: Pick<Example, 'events'>,
): readonly Tried[] {
  return places(steppable, events).flatMap((standing) =>
    events.map((event) => ({ standing, event, taken: transition(steppable, standing, event) })),
  );
}

/** Every place that the machine can get to, on a path that the machine itself made. */
function places(
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
