import { type AuditEvent, type ChainRef, eventVersion } from '../../domain/events/event-schema.ts';
import type { Signer } from '../../domain/events/signature.ts';
import type { Actor } from '../../domain/identity/names.ts';
import type { Revision, WallTime } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import type { MemoizedMachine } from './memoized-transition.ts';
import type { CompiledMachine, Transition } from './transition.ts';

/** The actor that writes, with its key, its clock and its source of ids. */
export interface Author {
  readonly actor: Actor;
  readonly ports: Pick<Ports, 'clock' | 'entropy' | 'hash'>;
  /** Without it, the events are not signed. */
  readonly signer?: Signer;
  /** The tool that an operator used, if it was not the command line. Recorded in the evidence. */
  readonly channel?: string;
}

/** An author with a key of its own, which it uses for everything that this actor writes. */
export const signingAuthor = (
  actor: Actor,
  ports: Pick<Ports, 'clock' | 'entropy' | 'hash' | 'signatures'>,
): Author => ({ actor, ports, signer: ports.signatures.signerFor(actor.run) });

/** Why something is written. */
export interface Provenance {
  /** The hash of the event that led to this one. */
  readonly cause?: string;
  /** The facts that the decision was based on. */
  readonly evidence?: Record<string, unknown>;
}

/**
 * A record's change and the events that explain it: the two are stored together or not at all. It is signed
 * when its commit is made, with all other changes of the commit (seal-changes.ts).
 */
export interface Change {
  readonly author: Author;
  readonly key: string;
  readonly expectedRevision: Revision;
  /** The record as written, without its hash: that is the hash of the last event. Undefined: removed. */
  readonly record: object | undefined;
  /** Each event after the first one links to the one before it. */
  readonly events: readonly AuditEvent[];
}

export type MachineEvent = { readonly type: string } & Record<string, unknown>;

export interface ChainPosition {
  readonly of: ChainRef;
  readonly n: number;
  readonly prev: string | null;
  /** When it happened, if not now. */
  readonly at?: WallTime;
  /** How many events right before this one were lost. */
  readonly lost?: number;
}

/** Builds one event of a chain, unsigned. `record`: the record as written, without its hash. */
export function chainEvent(
  author: Author,
  { of, n, prev, at, lost }: ChainPosition,
  machine: CompiledMachine,
  step: Transition,
  event: MachineEvent,
  record: Record<string, unknown> | null,
  provenance: Provenance,
): AuditEvent {
  return {
    v: eventVersion,
    eventId: author.ports.entropy.eventId(),
    at: at ?? author.ports.clock.wall(),
    of,
    machine: machine.name,
    chart: machine.chart,
    n,
    event,
    from: step.from,
    to: step.to,
    edges: [...step.edges],
    actor: author.actor,
    ...(provenance.cause !== undefined && { cause: provenance.cause }),
    ...evidenceOf(author, provenance),
    record,
    ...(lost !== undefined && lost > 0 && { lost }),
    prev,
  };
}

function evidenceOf({ channel: through }: Author, { evidence }: Provenance) {
  if (through !== undefined) return { evidence: { ...evidence, through } };
  return evidence === undefined ? {} : { evidence };
}

/** Changes an existing record, or removes it (`record` undefined), with the event that explains it. */
export const updateRecord = (
  author: Author,
  { key, revision }: { readonly key: string; readonly revision: Revision },
  record: object | undefined,
  event: AuditEvent,
): Change => ({ author, key, expectedRevision: revision, record, events: [event] });

/**
 * A transition that the caller has checked to be possible. If the machine refuses it, that is a
 * bug.
 */
export function transitionOrThrow(
  machine: MemoizedMachine,
  value: Transition['to'],
  event: MachineEvent,
): Transition {
  const step = machine.transition({ value }, event);
  if (step === 'ignored') {
    throw new Error(`${machine.compiled.name} has no '${event.type}' in ${JSON.stringify(value)}`);
  }
  return step;
}
