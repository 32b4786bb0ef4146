import { AuditEvent, isOfSlot } from '../../src/domain/events/event-schema.ts';
import { hashEvent } from '../../src/domain/events/hash-chain.ts';
import type { StoredEvent } from '../../src/ports/audit.ts';
import * as machines from '../../src/runtime/transitions/machine-set.ts';
import { begin, step } from '../../src/runtime/transitions/transition.ts';

/** An event as read, with the hash of its stored bytes. */
export interface HistoryEvent extends AuditEvent {
  readonly seq: number;
  readonly origin: number;
  readonly hash: string;
}

export const readHistory = (stored: readonly StoredEvent[]): HistoryEvent[] =>
  stored.map(({ seq, origin, text }) => ({
    ...AuditEvent.parse(JSON.parse(text)),
    seq,
    origin,
    hash: hashEvent(text),
  }));

const chainName = ({ of }: HistoryEvent): string =>
  of.entity === 'instance'
    ? `${of.host}/${of.agent} ${of.run} ${of.service}/${of.id}`
    : `${isOfSlot(of) ? `${of.host}/${of.agent}` : ''} ${of.run} ${of.entity}`;

/**
 * Whatever is wrong with a history, in words: a number left out or used twice, a hash that is not the
 * one before, a target that the machine does not give, a slot taken twice by one run (G3, G8).
 */
export function faultsOf(history: readonly HistoryEvent[]): string[] {
  const faults: string[] = [];
  const chains = new Map<string, HistoryEvent[]>();
  for (const event of history) {
    const name = chainName(event);
    const chain = chains.get(name) ?? [];
    chains.set(name, [...chain, event]);
    faults.push(...linkFaults(name, chain.at(-1), event), ...targetFaults(name, event));
  }
  return faults;
}

function linkFaults(name: string, before: HistoryEvent | undefined, event: HistoryEvent): string[] {
  const faults: string[] = [];
  const n = (before?.n ?? 0) + 1;
  if (event.n !== n) faults.push(`${name}: ${event.n} follows ${n - 1}`);
  if (before && event.prev !== before.hash) faults.push(`${name}#${event.n}: prev is not its hash`);
  return faults;
}

function targetFaults(name: string, event: HistoryEvent): string[] {
  const machine = Object.values(machines).find((known) => known.name === event.machine);
  if (!machine) return [`${name}#${event.n}: no machine ${event.machine}`];
  if (event.chart !== machine.chart) return [`${name}#${event.n}: another chart`];
  const starts = event.from === null;
  const given = starts
    ? begin(machine)
    : step(machine, { value: event.from ?? '', context: contextOf(event) }, event.event);
  if (given === 'ignored') return [`${name}#${event.n}: the machine has no ${event.event.type}`];
  const same = JSON.stringify(given.to) === JSON.stringify(event.to);
  return same ? [] : [`${name}#${event.n}: the machine gives ${JSON.stringify(given.to)}`];
}

/** A session's guard asks whether it was announced before; its own target says so. */
const contextOf = (event: HistoryEvent): unknown => ({
  cause: null,
  announced: event.to === 'serving',
});
