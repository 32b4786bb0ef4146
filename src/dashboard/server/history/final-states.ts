import type { AnyStateMachine } from 'xstate';
import * as machines from '../../../runtime/transitions/machine-set.ts';

/** The machines of today, by name. */
export const machinesByName: ReadonlyMap<string, (typeof machines)['run']> = new Map(
  Object.values(machines).map((one) => [one.name, one]),
);

/**
 * Whether an entity that stands there is over. Names of final states go by the machines of today: an
 * older machine that called one otherwise leaves its entities standing, which is seen, not hidden.
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
