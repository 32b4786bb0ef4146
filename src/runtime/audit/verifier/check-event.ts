import { runMachineState } from '../../../domain/events/apply-transition.ts';
import type { AuditEntry } from '../../../domain/events/audit-entry.ts';
import { checkAuthor } from '../../../domain/events/author-rules.ts';
import type { AuditEvent, StateValue } from '../../../domain/events/event-schema.ts';
import { eventSubject } from '../../../domain/events/event-subjects.ts';
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
  /** Where the fault is not in the event itself but in the one before it. */
  readonly seq?: number;
}

/** The last event of a chain that has ended: another one may begin with its hash. */
export interface Predecessor {
  readonly hash: string;
  readonly seq: Revision;
}

/** What is known when an event is checked. */
export interface CheckContext {
  /** Its chain until now. */
  readonly chain: ChainState | undefined;
  /** The last event of the chain that ended for the same record, if one did. */
  readonly predecessor: Predecessor | undefined;
  /** The chain may have begun before the history does. */
  readonly mayHaveBegun: boolean;
  /** The machine of its entity; undefined where it had another chart than any that is known. */
  readonly machine: MemoizedMachine | undefined;
}

/** Checks one event against its chain and its machine, and says where the chain stands after it. */
export function checkEvent(
  recorded: AuditEntry,
  before: CheckContext,
): { readonly faults: readonly EventViolation[]; readonly after: ChainState } {
  const { event, subject } = recorded;
  const faults: EventViolation[] = [...linkFaults(recorded, before)];
  const own = eventSubject(event.of, event.n);
  if (subject !== own) faults.push({ check: 'subject', expected: own, found: subject });
  const author = checkAuthor(event);
  if (author !== undefined) {
    const { host, agent, run } = event.actor;
    faults.push({ check: 'author', expected: author, found: `${host}/${agent} run ${run}` });
  }
  const from = fromFault(event, before);
  if (from) faults.push(from);
  const given = replayed(event, before);
  if (given) faults.push(...targetFaults(event, given));
  const after = stateAfter(recorded, before, given);
  const record = recordFault(event, after.done, given);
  if (record) faults.push(record);
  return { faults, after };
}

function linkFaults({ event, seq }: AuditEntry, before: CheckContext): readonly EventViolation[] {
  const { chain, predecessor } = before;
  if (!chain) return before.mayHaveBegun ? [] : beginningFaults(event, seq, predecessor);
  const next = chain.n + 1 + lostBefore(event);
  if (event.n <= chain.n) {
    return [{ check: 'repeated', expected: `number ${next}`, found: `number ${event.n} again` }];
  }
  if (event.n !== next) return [gap(next, event.n)];
  if (event.prev === chain.hash) return [];
  // Begun again by the same run, and over the record of an earlier one.
  if (chain.done && predecessor !== undefined && event.prev === predecessor.hash) return [];
  return [hashFault(event.prev ?? 'none', chain.hash, chain.seq)];
}

function beginningFaults(
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
      ? hashFault(event.prev, predecessor.hash, predecessor.seq)
      : hashFault('none: the chain begins', event.prev, seq),
  ];
}

/** Only a process may say that it could not keep all: a record's events are stored with the record. */
const lostBefore = (event: AuditEvent): number => (isOfProcess(event) ? (event.lost ?? 0) : 0);

const isOfProcess = ({ of }: AuditEvent): boolean =>
  of.entity === 'session' || of.entity === 'collector';

const gap = (expected: number, found: number): EventViolation => ({
  check: 'gap',
  expected: `number ${expected}`,
  found: `number ${found}`,
});

/** The successor says what its predecessor was: named is the event that is not that any more. */
const hashFault = (expected: string, found: string | null, seq: number): EventViolation => ({
  check: 'hash',
  expected,
  found: found ?? 'none',
  seq,
});

/** Whether the record in the event is that of its entity, and in the state that the event leads to. */
function recordFault(
  event: AuditEvent,
  done: boolean,
  given: Transition | 'ignored' | undefined,
): EventViolation | undefined {
  const { of, record, n, to } = event;
  if (isOfProcess(event)) {
    if (record === null) return undefined;
    return { check: 'record', expected: 'none: a process has no record', found: 'a record' };
  }
  if (record === null) {
    return done
      ? undefined
      : { check: 'record', expected: `a record in ${printed(to)}`, found: 'none' };
  }
  // The chain's own names are the record's: all of them, whatever its entity has.
  const { entity: _, ...names } = of;
  const named = Object.entries(names).every(([field, name]) => record[field] === name);
  if (!named || record['n'] !== n) {
    return { check: 'record', expected: 'the record of its own entity', found: 'another one' };
  }
  if (given === undefined || given === 'ignored') return undefined;
  const stands = of.entity === 'run' ? runMachineState(record as AgentRecord) : record['state'];
  if (!done && same(stands, to)) return undefined;
  const expected = done ? 'none: its entity is over' : `a record in ${printed(to)}`;
  return { check: 'record', expected, found: `one in ${printed(stands)}` };
}

/**
 * What the machine makes of the event, from where its chain stands. Undefined where that is not known:
 * another chart, or a guard asks for what happened before the history begins, or was lost.
 */
function replayed(event: AuditEvent, before: CheckContext): Transition | 'ignored' | undefined {
  const { chain, machine: stepper } = before;
  if (!stepper) return undefined;
  const first = stepper.initialTransition();
  if (event.from === null) return first;
  if (stepper.compiled.hasGuards && !knowsContext(event, before)) return undefined;
  const context = chain && !chain.done ? chain.context : first.context;
  try {
    return stepper.transition({ value: event.from, context }, event.event);
  } catch (cause) {
    // A state that this machine does not have: somebody forged it, and a replay goes on (G12).
    if (cause instanceof Error) return 'ignored';
    throw cause;
  }
}

const knowsContext = (event: AuditEvent, { chain, mayHaveBegun }: CheckContext): boolean =>
  chain ? chain.unsure !== true && lostBefore(event) === 0 : !mayHaveBegun;

function targetFaults(event: AuditEvent, given: Transition | 'ignored'): readonly EventViolation[] {
  if (given === 'ignored') {
    const found = `'${event.event.type}' in ${printed(event.from)}`;
    return [{ check: 'target', expected: 'a transition that the machine has', found }];
  }
  const faults: EventViolation[] = [];
  if (!same(given.to, event.to)) {
    faults.push({ check: 'target', expected: printed(given.to), found: printed(event.to) });
  }
  if (!same(given.edges, event.edges)) {
    faults.push({ check: 'edges', expected: printed(given.edges), found: printed(event.edges) });
  }
  return faults;
}

function stateAfter(
  recorded: AuditEntry,
  before: CheckContext,
  given: Transition | 'ignored' | undefined,
): ChainState {
  const { event, seq, hash } = recorded;
  const { chain, machine: stepper } = before;
  const stepped = given !== undefined && given !== 'ignored' ? given : undefined;
  const unsure = event.from !== null && stepper !== undefined && !knowsContext(event, before);
  return {
    seq,
    n: Math.max(event.n, chain?.n ?? 0),
    hash,
    value: event.to,
    context: stepped?.context ?? chain?.context,
    // Where the machine of then is not known: a record goes when its entity is over.
    done: stepper ? stepper.isFinal(event.to) : !isOfProcess(event) && event.record === null,
    ...(unsure && { unsure }),
  };
}

/** Whether the event goes on from where its chain stands. */
function fromFault(event: AuditEvent, before: CheckContext): EventViolation | undefined {
  const { chain, mayHaveBegun, machine: stepper } = before;
  if (lostBefore(event) > 0 || (!chain && mayHaveBegun)) return undefined;
  const expected = expectedFrom(event, chain, stepper);
  if (expected === undefined || same(expected, event.from)) return undefined;
  return { check: 'from', expected: printed(expected), found: printed(event.from) };
}

/** A record's chain starts from nothing, also again after its end; a process starts in its first state. */
function expectedFrom(
  event: AuditEvent,
  chain: ChainState | undefined,
  stepper: MemoizedMachine | undefined,
): StateValue | null | undefined {
  if (chain && !chain.done) return chain.value;
  return isOfProcess(event) ? stepper?.initialTransition().to : null;
}

const printed = (value: unknown): string => JSON.stringify(value);
const same = (a: unknown, b: unknown): boolean => a === b || printed(a) === printed(b);
