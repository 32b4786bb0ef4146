import type { AnyStateMachine } from 'xstate';
import * as machines from '../../../runtime/transitions/machine-set.ts';

/** The current machines by name. */
export const machinesByName: ReadonlyMap<string, (typeof machines)['run']> = new Map(
  Object.values(machines).map((one) => [one.name, one]),
);

/**
 * Whether an entity in this state has ended. Only the final states of the current machines count. If an
 * older machine named a final state differently, its entities stay visible as not ended.
 */
export const isFinal = (machine: string, state: string): boolean =>
  finals.has(`${machine} ${state}`);

const finalsOf = (machine: AnyStateMachine): readonly string[] =>
  Object.values(machine.root.states).flatMap((node) => (node.type === 'final' ? [node.key] : []));

const finals: ReadonlySet<string> = new Set(
  [...machinesByName.values()].flatMap(({ name, machine }) =>
    finalsOf(machine).map((state) => `${name} ${state}`),
  ),
);
