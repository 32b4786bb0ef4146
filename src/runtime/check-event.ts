import { authorFault } from '../domain/authorship.ts';
import type { Check } from '../domain/divergence.ts';
import type { AuditEvent, StateValue } from '../domain/events.ts';
import type { Recorded } from '../domain/recorded.ts';
import { eventSubject } from '../domain/subjects.ts';
import type { ChainState } from './chains.ts';
import type { Step } from './step.ts';
import type { Stepper } from './stepper.ts';

export interface Fault {
  readonly check: Check;
  readonly expected: string;
  readonly found: string;
  /** Where the fault is not in the event itself but in the one before it. */
  readonly seq?: number;
}

/** What is known when an event is checked. */
export interface Before {
  /** Its chain until now. */
  readonly chain: ChainState | undefined;
  /** The last event of the chain that ended for the same record, if one did. */
  readonly predecessor: string | undefined;
  /** The chain may have begun before the history does. */
  readonly mayHaveBegun: boolean;
  /** The machine of its entity; undefined where it had another chart than any that is known. */
  readonly stepper: Stepper | undefined;
}

/** Checks one event against its chain and its machine, and says where the chain stands after it. */
export function checkEvent(
  recorded: Recorded,
  before: Before,
): { readonly faults: readonly Fault[]; readonly after: ChainState } {
  const { event, subject } = recorded;
  const faults: Fault[] = [...linkFaults(recorded, before)];
  const own = eventSubject(event.of, event.n);
  if (subject !== own) faults.push({ check: 'subject', expected: own, found: subject });
  const author = authorFault(event);
  if (author !== undefined) {
    const { host, agent, run } = event.actor;
    faults.push({ check: 'author', expected: author, found: `${host}/${agent} run ${run}` });
  }
  const record = recordFault(event);
  if (record) faults.push(record);
  const stepped = before.stepper && replayed(event, before.chain, before.stepper);
  if (stepped) faults.push(...targetFaults(event, stepped.given));
  return { faults, after: stateAfter(recorded, before, stepped?.given) };
}

function linkFaults({ event, seq }: Recorded, before: Before): readonly Fault[] {
  const { chain } = before;
  if (!chain) {
    if (before.mayHaveBegun) return [];
    return [
      ...(event.n === 1 + (event.lost ?? 0) ? [] : [gap(1, event.n)]),
      ...(event.prev === null || event.prev === before.predecessor
        ? []
        : [hashFault(before.predecessor ?? 'none: the chain begins', event.prev, seq)]),
    ];
  }
  const next = chain.n + 1 + (event.lost ?? 0);
  if (event.n <= chain.n) {
    return [{ check: 'repeated', expected: `number ${next}`, found: `number ${event.n} again` }];
  }
  if (event.n !== next) return [gap(next, event.n)];
  return event.prev === chain.hash ? [] : [hashFault(event.prev ?? 'none', chain.hash, chain.seq)];
}

const gap = (expected: number, found: number): Fault => ({
  check: 'gap',
  expected: `number ${expected}`,
  found: `number ${found}`,
});

/** The successor says what its predecessor was: named is the event that is not that any more. */
const hashFault = (expected: string, found: string | null, seq: number): Fault => ({
  check: 'hash',
  expected,
  found: found ?? 'none',
  seq,
});

function recordFault({ of, record, n }: AuditEvent): Fault | undefined {
  if (record === null) return undefined;
  const owned =
    record['host'] === of.host &&
    record['agent'] === of.agent &&
    record['run'] === of.run &&
    record['n'] === n;
  const named =
    of.entity !== 'instance' || (record['service'] === of.service && record['id'] === of.id);
  if (owned && named) return undefined;
  return { check: 'record', expected: 'the record of its own entity', found: 'another one' };
}

/** What the machine makes of the event, from where its chain stands. */
function replayed(event: AuditEvent, chain: ChainState | undefined, stepper: Stepper) {
  if (event.from === null) return { given: stepper.begin() };
  const first = stepper.begin();
  const context = chain && !chain.done ? chain.context : first.context;
  return { given: stepper.step({ value: event.from, context }, event.event) };
}

function targetFaults(event: AuditEvent, given: Step | 'ignored'): readonly Fault[] {
  if (given === 'ignored') {
    const found = `'${event.event.type}' in ${printed(event.from)}`;
    return [{ check: 'target', expected: 'a transition that the machine has', found }];
  }
  const faults: Fault[] = [];
  if (!same(given.to, event.to)) {
    faults.push({ check: 'target', expected: printed(given.to), found: printed(event.to) });
  }
  if (!same(given.edges, event.edges)) {
    faults.push({ check: 'edges', expected: printed(given.edges), found: printed(event.edges) });
  }
  return faults;
}

function stateAfter(recorded: Recorded, before: Before, given: Step | 'ignored' | undefined) {
  const { event, seq, hash } = recorded;
  const stepped = given !== undefined && given !== 'ignored' ? given : undefined;
  return {
    seq,
    n: Math.max(event.n, before.chain?.n ?? 0),
    hash,
    value: event.to,
    context: stepped?.context ?? before.chain?.context,
    done: stepped?.done ?? false,
  };
}

/** Whether the event goes on from where its chain stands. */
export function fromFault(event: AuditEvent, before: Before): Fault | undefined {
  const { chain, mayHaveBegun, stepper } = before;
  if (event.lost !== undefined || (!chain && mayHaveBegun)) return undefined;
  const expected = expectedFrom(event, chain, stepper);
  if (expected === undefined || same(expected, event.from)) return undefined;
  return { check: 'from', expected: printed(expected), found: printed(event.from) };
}

/** A record's chain starts from nothing, also again after its end; a process starts in its first state. */
function expectedFrom(
  { of }: AuditEvent,
  chain: ChainState | undefined,
  stepper: Stepper | undefined,
): StateValue | null | undefined {
  if (chain && !chain.done) return chain.value;
  const process = of.entity === 'session' || of.entity === 'collector';
  return process ? stepper?.begin().to : null;
}

const printed = (value: unknown): string => JSON.stringify(value);
const same = (a: unknown, b: unknown): boolean => a === b || printed(a) === printed(b);
