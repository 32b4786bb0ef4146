import { type ChainRef, eventVersion } from '../../domain/events/event-schema.ts';
import { eventSubject } from '../../domain/events/event-subjects.ts';
import { type ChainHead, type SealedEvent, sealEvent } from '../../domain/events/hash-chain.ts';
import type { Actor } from '../../domain/identity/names.ts';
import type { WallTime } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import type { EventWrite, Write } from '../../ports/registry.ts';
import type { MemoizedMachine } from './memoized-transition.ts';
import type { CompiledMachine, Transition } from './transition.ts';

/** Who writes, and with which clocks and ids. */
export interface Author {
  readonly actor: Actor;
  readonly ports: Pick<Ports, 'clock' | 'entropy'>;
  /** Through what a person did it, where that was not the command line: told in the evidence. */
  readonly channel?: string;
}

/** Why it is written. */
export interface Provenance {
  /** The hash of the event that led to this one. */
  readonly cause?: string;
  /** What the decision saw. */
  readonly evidence?: Record<string, unknown>;
}

/** A record's change and the events that explain it: the two are stored together or not at all. */
export interface Change {
  readonly write: Write;
  readonly events: readonly EventWrite[];
  /** Where the chain stands after it. */
  readonly head: ChainHead;
}

export type MachineEvent = { readonly type: string } & Record<string, unknown>;

export interface ChainPosition {
  readonly of: ChainRef;
  readonly n: number;
  readonly prev: string | null;
  /** When it happened, where that is not now. */
  readonly at?: WallTime;
  /** How many numbers right before this one could not be kept. */
  readonly lost?: number;
}

/** Writes one event of a chain down: `record` is the record as written, without its hash. */
export function chainEvent(
  author: Author,
  { of, n, prev, at, lost }: ChainPosition,
  steppable: CompiledMachine,
  taken: Transition,
  event: MachineEvent,
  record: Record<string, unknown> | null,
  because: Provenance,
) {
  const sealed = sealEvent({
    v: eventVersion,
    eventId: author.ports.entropy.eventId(),
    at: at ?? author.ports.clock.wall(),
    of,
    machine: steppable.name,
    chart: steppable.chart,
    n,
    event,
    from: taken.from,
    to: taken.to,
    edges: [...taken.edges],
    actor: author.actor,
    ...(because.cause !== undefined && { cause: because.cause }),
    ...evidenceOf(author, because),
    record,
    ...(lost !== undefined && lost > 0 && { lost }),
    prev,
  });
  return { ...sealed, write: { subject: eventSubject(of, n), text: sealed.text } };
}

function evidenceOf({ channel: through }: Author, { evidence }: Provenance) {
  if (through !== undefined) return { evidence: { ...evidence, through } };
  return evidence === undefined ? {} : { evidence };
}

/** The change of a record that stands, or its removal, with the event that explains it. */
export function updateRecord(
  stored: { readonly key: string; readonly revision: number },
  record: object | undefined,
  sealed: SealedEvent & { readonly write: EventWrite },
): Change {
  return {
    write: {
      key: stored.key,
      expectedRevision: stored.revision,
      text: record === undefined ? undefined : JSON.stringify(record),
    },
    events: [sealed.write],
    head: sealed.head,
  };
}

/** A step whose guard the caller has checked: that the machine refuses it is a bug. */
export function transitionOrThrow(
  stepper: MemoizedMachine,
  value: Transition['to'],
  event: MachineEvent,
): Transition {
  const taken = stepper.transition({ value }, event);
  if (taken === 'ignored') {
    throw new Error(`${stepper.compiled.name} has no '${event.type}' in ${JSON.stringify(value)}`);
  }
  return taken;
}
