import type { AuditEvent } from '../../../src/domain/events/event-schema.ts';
import * as machines from '../../../src/runtime/transitions/machine-set.ts';
import {
  type CompiledMachine,
  initialTransition,
  type Transition,
  transition,
} from '../../../src/runtime/transitions/transition.ts';

/** A chain up to the last event read. */
export interface Chain {
  readonly of: AuditEvent['of'];
  readonly last: AuditEvent;
  readonly hash: string;
  readonly context: unknown;
  readonly over: boolean;
}

const byName = new Map(Object.values(machines).map((machine) => [machine.name, machine]));

const beginnings = new Map<CompiledMachine, Transition>();
const beginningOf = (machine: CompiledMachine): Transition => {
  const known = beginnings.get(machine) ?? initialTransition(machine);
  beginnings.set(machine, known);
  return known;
};

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Whether its machine makes this transition, from the end of the chain before it. */
export function checkStep(
  event: AuditEvent,
  before: Chain | undefined,
  fault: (what: string) => void,
): Transition | undefined {
  const machine = byName.get(event.machine);
  if (!machine || machine.chart !== event.chart) {
    fault('its machine is not known');
    return undefined;
  }
  const starts = ['started', 'registered', 'planned', 'tripped', 'adopted'].includes(
    event.event.type,
  );
  if (before?.over && !starts) fault(`comes after the end: ${event.event.type}`);
  const first = before === undefined || (before.over && starts);
  const process = event.of.entity === 'session' || event.of.entity === 'collector';
  if (first && !process) {
    if (event.from !== null || !starts) fault('does not begin at the beginning');
    const given = beginningOf(machine);
    if (!same(given.to, event.to)) fault(`to is not ${JSON.stringify(given.to)}`);
    return given;
  }
  const from = first ? beginningOf(machine).to : before?.last.to;
  if (!event.lost && !same(from, event.from)) fault(`from is not ${JSON.stringify(from)}`);
  if (event.from === null) return undefined;
  const context = first ? beginningOf(machine).context : before?.context;
  const given = transition(machine, { value: event.from, context }, event.event);
  if (given === 'ignored') {
    fault(`the machine has no ${event.event.type} there`);
    return undefined;
  }
  if (!same(given.to, event.to)) fault(`to is not ${JSON.stringify(given.to)}`);
  if (!same(given.edges, event.edges)) fault('its edges are not those that the machine takes');
  return given;
}
