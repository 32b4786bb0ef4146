import { runMachineState } from '../../../domain/events/apply-transition.ts';
import type { AuditEntry } from '../../../domain/events/audit-entry.ts';
import type { AuditEvent, StateValue } from '../../../domain/events/event-schema.ts';
import type { AgentRecord } from '../../../domain/records/schemas.ts';
import type { Check } from '../../../domain/replay/divergence.ts';
import type { Revision } from '../../../domain/time.ts';
import type { MemoizedMachine } from '../../transitions/memoized-transition.ts';
import type { Transition } from '../../transitions/transition.ts';
import type { ChainState } from './chain-index.ts';

export interface EventViolation {
  readonly check: Check;
  readonly expected: string;
  readonly found: string;
  /** The event that is at fault, if it is an earlier one. */
  readonly seq?: number;
}

/** The last event of an ended chain: the next chain may begin with its hash. */
export interface Predecessor {
  readonly hash: string;
  readonly seq: Revision;
}

/** What is known before an event is checked. */
export interface CheckContext {
  /** Its chain before the event. */
  readonly chain: ChainState | undefined;
  /** The last event of the chain that ended for the same record, if one did. */
  readonly predecessor: Predecessor | undefined;
  /** The chain may have begun before the history. */
  readonly mayHaveBegun: boolean;
  /** The machine of its entity; undefined if its chart is not known. */
  readonly machine: MemoizedMachine | undefined;
}

/**
 * Checks one event against its chain and its machine, and returns the state of the chain after it.
 */
export function checkEvent(
  recorded: AuditEntry,
  known: CheckContext,
): { readonly violations: EventViolation[]; readonly after: ChainState } {
  const { event } = recorded;
  const violations: EventViolation[] = [...linkViolations(recorded, known)];
  const from = fromViolation(event, known);
  if (from) violations.push(from);
  const replayedStep = replayed(event, known);
  if (replayedStep) violations.push(...targetViolations(event, replayedStep));
  const after = stateAfter(recorded, known, replayedStep);
  const record = recordViolation(event, after.done, replayedStep);
  if (record) violations.push(record);
  return { violations, after };
}

function linkViolations(
  { event, seq }: AuditEntry,
  known: CheckContext,
): readonly EventViolation[] {
  const { chain, predecessor } = known;
  if (!chain) return known.mayHaveBegun ? [] : firstEventViolations(event, seq, predecessor);
  const next = chain.n + 1 + lostBefore(event);
  if (event.n <= chain.n) {
    return [{ check: 'repeated', expected: `number ${next}`, found: `number ${event.n} again` }];
  }
  if (skipsLostEvents(event, chain)) return [];
  if (event.n !== next) return [gap(next, event.n)];
  if (event.prev === chain.hash) return [];
  // The same run continued the chain over the record of an earlier run.
  if (chain.done && predecessor !== undefined && event.prev === predecessor.hash) return [];
  return [hashViolation(event.prev ?? 'none', chain.hash, chain.seq)];
}

function firstEventViolations(
  event: AuditEvent,
  seq: Revision,
  predecessor: Predecessor | undefined,
): readonly EventViolation[] {
  const first = 1 + lostBefore(event);
  const numbered = event.n === first ? [] : [gap(first, event.n)];
  if (event.prev === null || event.prev === predecessor?.hash) return numbered;
  return [
    ...numbered,
    predecessor
      ? hashViolation(event.prev, predecessor.hash, predecessor.seq)
      : hashViolation('none: the chain begins', event.prev, seq),
  ];
}

/** Whether a process goes on behind events that the store has lost. */
const skipsLostEvents = (event: AuditEvent, chain: ChainState): boolean =>
  chain.mayLack === true && event.n > chain.n + 1 + lostBefore(event);

/** Only a process may lose events: events of a record are stored together with the record. */
const lostBefore = (event: AuditEvent): number => (isOfProcess(event) ? (event.lost ?? 0) : 0);

/** Whether the entity has no record. */
const isOfProcess = ({ of }: AuditEvent): boolean =>
  of.entity === 'session' || of.entity === 'collector' || of.entity === 'store';

const gap = (expected: number, found: number): EventViolation => ({
  check: 'gap',
  expected: `number ${expected}`,
  found: `number ${found}`,
});

/**
 * The hash in the next event shows that the earlier one was changed: the earlier event is named.
 */
const hashViolation = (expected: string, found: string | null, seq: number): EventViolation => ({
  check: 'hash',
  expected,
  found: found ?? 'none',
  seq,
});

/** Whether all these names are in the record; the target of a drain is an object of names. */
const hasNames = (record: unknown, names: object): boolean =>
  typeof record === 'object' &&
  record !== null &&
  Object.entries(names).every(([field, name]) => {
    const found: unknown = Reflect.get(record, field);
    return typeof name === 'object' && name !== null ? hasNames(found, name) : found === name;
  });

/**
 * Whether the record in the event belongs to its entity and has the state that the event leads to.
 */
function recordViolation(
  event: AuditEvent,
  done: boolean,
  replayedStep: Transition | 'ignored' | undefined,
): EventViolation | undefined {
  const { of, record, n, to } = event;
  if (isOfProcess(event)) {
    if (record === null) return undefined;
    return { check: 'record', expected: 'none: a process has no record', found: 'a record' };
  }
  if (record === null) {
    return done
      ? undefined
      : { check: 'record', expected: `a record in ${toText(to)}`, found: 'none' };
  }
  // The names of the chain are fields of the record, all of them.
  const { entity: _, ...names } = of;
  const named = hasNames(record, names);
  if (!named || record['n'] !== n) {
    return { check: 'record', expected: 'the record of its own entity', found: 'another one' };
  }
  if (replayedStep === undefined || replayedStep === 'ignored') return undefined;
  const actual = of.entity === 'run' ? runMachineState(record as AgentRecord) : record['state'];
  if (!done && isSame(actual, to)) return undefined;
  const expected = done ? 'none: its entity has ended' : `a record in ${toText(to)}`;
  return { check: 'record', expected, found: `one in ${toText(actual)}` };
}

/**
 * The transition of the machine from the state of the chain. Undefined if unknown: another chart,
 * or a guard depends on events that are lost or before the history.
 */
function replayed(event: AuditEvent, known: CheckContext): Transition | 'ignored' | undefined {
  const { chain, machine: stepper } = known;
  if (!stepper) return undefined;
  const first = stepper.initialTransition();
  if (event.from === null) return first;
  if (stepper.compiled.hasGuards && !knowsContext(event, known)) return undefined;
  const context = chain && !chain.done ? chain.context : first.context;
  try {
    return stepper.transition({ value: event.from, context }, event.event);
  } catch (cause) {
    // The machine lacks the state: the event is forged, and the replay continues (G12).
    if (cause instanceof Error) return 'ignored';
    throw cause;
  }
}

const knowsContext = (event: AuditEvent, { chain, mayHaveBegun }: CheckContext): boolean =>
  chain
    ? chain.unsure !== true && lostBefore(event) === 0 && !skipsLostEvents(event, chain)
    : !mayHaveBegun;

function targetViolations(
  event: AuditEvent,
  replayedStep: Transition | 'ignored',
): readonly EventViolation[] {
  if (replayedStep === 'ignored') {
    const found = `'${event.event.type}' in ${toText(event.from)}`;
    return [{ check: 'target', expected: 'a transition that the machine has', found }];
  }
  const violations: EventViolation[] = [];
  if (!isSame(replayedStep.to, event.to)) {
    violations.push({
      check: 'target',
      expected: toText(replayedStep.to),
      found: toText(event.to),
    });
  }
  // Edges follow from states and event. Without a chart they need not be written.
  const isLeftOut = event.chart === '' && event.edges.length === 0;
  if (!isLeftOut && !isSame(replayedStep.edges, event.edges)) {
    violations.push({
      check: 'edges',
      expected: toText(replayedStep.edges),
      found: toText(event.edges),
    });
  }
  return violations;
}

function stateAfter(
  recorded: AuditEntry,
  known: CheckContext,
  replayedStep: Transition | 'ignored' | undefined,
): ChainState {
  const { event, seq, hash } = recorded;
  const { chain, machine: stepper } = known;
  const stepped =
    replayedStep !== undefined && replayedStep !== 'ignored' ? replayedStep : undefined;
  const unsure = event.from !== null && stepper !== undefined && !knowsContext(event, known);
  return {
    seq,
    n: Math.max(event.n, chain?.n ?? 0),
    hash,
    value: event.to,
    context: stepped?.context ?? chain?.context,
    // For an unknown chart: a removed record means that the entity has ended.
    done: stepper ? stepper.isFinal(event.to) : !isOfProcess(event) && event.record === null,
    ...(unsure && { unsure }),
  };
}

/** Whether the event continues from the state of its chain. */
function fromViolation(event: AuditEvent, known: CheckContext): EventViolation | undefined {
  const { chain, mayHaveBegun, machine: stepper } = known;
  if (lostBefore(event) > 0 || (!chain && mayHaveBegun)) return undefined;
  if (chain && skipsLostEvents(event, chain)) return undefined;
  const expected = expectedFrom(event, chain, stepper);
  if (expected === undefined || isSame(expected, event.from)) return undefined;
  return { check: 'from', expected: toText(expected), found: toText(event.from) };
}

/**
 * The chain of a record starts without a state, also again after its end; a process starts in its
 * first state.
 */
function expectedFrom(
  event: AuditEvent,
  chain: ChainState | undefined,
  stepper: MemoizedMachine | undefined,
): StateValue | null | undefined {
  if (chain && !chain.done) return chain.value;
  return isOfProcess(event) ? stepper?.initialTransition().to : null;
}

const toText = (value: unknown): string => JSON.stringify(value);
const isSame = (a: unknown, b: unknown): boolean => a === b || toText(a) === toText(b);
