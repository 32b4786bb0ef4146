import {
  type AuditEntry,
  chainName,
  describeChain,
  type UnreadableEvent,
} from '../../../domain/events/audit-entry.ts';
import type { AuditEvent } from '../../../domain/events/event-schema.ts';
import { type Hash, hashEvent } from '../../../domain/events/hash-chain.ts';
import type { RunId } from '../../../domain/identity/names.ts';
import type { Divergence } from '../../../domain/replay/divergence.ts';
import {
  type CommitProgress,
  type RecordUpdate,
  RegistryProjection,
  registryKeyOf,
} from '../../../domain/replay/fold.ts';
import type { Revision, WallTime } from '../../../domain/time.ts';
import * as machines from '../../transitions/machine-set.ts';
import { MemoizedMachine } from '../../transitions/memoized-transition.ts';
import { ChainIndex, chainOfSubject } from './chain-index.ts';
import { checkAuthority } from './check-author.ts';
import { checkEnd } from './check-chain-end.ts';
import { type CheckContext, checkEvent, type Predecessor } from './check-event.ts';

/** Where a verification stands: enough to go on from here. */
export interface Checkpoint {
  /** When the audit stored the last event until here. */
  readonly at: WallTime;
  readonly seq: Revision;
  readonly origin: Revision;
  readonly events: number;
  readonly chains: ReturnType<ChainIndex['toJSON']>;
  readonly predecessors: readonly (readonly [string, Predecessor])[];
  readonly records: readonly RecordUpdate[];
  /** The commit that the last events are of: more of it may come. */
  readonly commit: CommitProgress;
  readonly notes: VerifierNotes;
  /** Over the hashes of all events until here, in their order. */
  readonly digest: string;
  /** Set where the history was begun after its first event: chains may have begun before. */
  readonly trimmed?: boolean;
}

/** What is no divergence and still worth saying. */
export interface VerifierNotes {
  /** Transitions that a process could not keep, as it said itself. */
  readonly lost: number;
  /** Events of a machine with a chart that is not known here: their targets could not be checked. */
  readonly unknownCharts: number;
}

/** A chain that has ended is taken over within the same commit, and that has 1000 messages at most. */
const predecessorsAtMost = 1000;

/**
 * Replays a history through the machines, event by event, and names each divergence.
 *
 * What it keeps is the registry as folded and where each chain stands; it does not grow with the
 * length of the history.
 */
export class Verifier {
  readonly #say: (divergence: Divergence) => void;
  readonly #hash: Hash;
  readonly #steppers = new Map(
    Object.values(machines).map((machine) => [machine.name, new MemoizedMachine(machine)]),
  );
  #chains = new ChainIndex();
  #fold = new RegistryProjection();
  /** The last event of the chain that last ended for a record, by the record's key. */
  #predecessors = new Map<string, Predecessor>();
  #seq: Revision = 0;
  #origin: Revision = 0;
  #at: WallTime = 0;
  #events = 0;
  #notes = { lost: 0, unknownCharts: 0 };
  #trimmed = false;
  #digest = '';

  /** `hash`: the one that the events were read with. */
  constructor(say: (divergence: Divergence) => void, hash: Hash = hashEvent) {
    this.#say = say;
    this.#hash = hash;
  }

  get events(): number {
    return this.#events;
  }

  /** The last event that was read: its place in the audit, and in the order of all writes. */
  get position(): { readonly seq: Revision; readonly origin: Revision } {
    return { seq: this.#seq, origin: this.#origin };
  }

  /** When the audit stored the last event. */
  get at(): WallTime {
    return this.#at;
  }

  get records(): ReadonlyMap<string, RecordUpdate> {
    return this.#fold.records;
  }

  /** The commit that the last events are of. */
  get commit(): CommitProgress {
    return this.#fold.commit;
  }

  get notes(): VerifierNotes {
    return this.#notes;
  }

  /** Where the chains stand. */
  get chains(): Pick<ChainIndex, 'get' | 'open' | 'loose' | 'ended' | 'forgetful' | 'lost'> {
    return this.#chains;
  }

  get predecessors(): ReadonlyMap<string, Predecessor> {
    return this.#predecessors;
  }

  /** Over the hashes of all events, in their order. */
  get digest(): string {
    return this.#digest;
  }

  /** The history begins here, not at the first event ever: chains may have begun before. */
  beginTrimmed(seq: Revision): void {
    this.#trimmed = true;
    this.#seq = seq - 1;
  }

  /** Takes one more event in; returns the key of the record that it changed. */
  take(recorded: AuditEntry | UnreadableEvent): string | undefined {
    this.#events += 1;
    this.#at = recorded.storedAt;
    this.#place(recorded);
    if (recorded.kind === 'illegible') {
      const { seq, subject, why } = recorded;
      this.#say({ seq, entity: subject, check: 'illegible', expected: 'an event', found: why });
      return undefined;
    }
    const { event, seq, hash } = recorded;
    const name = chainOfSubject(recorded);
    const key = registryKeyOf(event);
    const before = this.#before(recorded, name, key);
    const { faults, after } = checkEvent(recorded, before);
    const right = checkAuthority(event, this.#chains, this.#trimmed);
    if (faults.length > 0 || right) {
      const entity = describeChain(event.of);
      for (const fault of right ? [...faults, right] : faults) {
        this.#say({ seq, entity, ...fault });
      }
    }
    this.#chains.set(name, after);
    this.#notes.lost += event.lost ?? 0;
    this.#digest = this.#hash(this.#digest + hash);
    if (key === undefined) return undefined;
    this.#checkEnd(event, seq, this.#fold.updateOf(key));
    this.#succeed(key, event.record === null ? { hash, seq } : undefined);
    return this.#fold.take(recorded)?.key;
  }

  checkpoint(): Checkpoint {
    return {
      ...this.position,
      at: this.#at,
      events: this.#events,
      chains: this.#chains.toJSON(),
      predecessors: [...this.#predecessors],
      records: [...this.#fold.records.values()],
      commit: this.#fold.commit,
      notes: { ...this.#notes },
      digest: this.#digest,
      ...(this.#trimmed && { trimmed: true }),
    };
  }

  /** Goes on from a checkpoint. */
  resume(from: Checkpoint): void {
    this.#trimmed = from.trimmed ?? false;
    this.#seq = from.seq;
    this.#origin = from.origin;
    this.#at = from.at;
    this.#events = from.events;
    this.#chains = ChainIndex.from(from.chains);
    this.#predecessors = new Map(from.predecessors);
    this.#fold = RegistryProjection.from(from.records, from.commit);
    this.#notes = { ...from.notes };
    this.#digest = from.digest;
  }

  #before(recorded: AuditEntry, name: string, key: string | undefined): CheckContext {
    return {
      chain: this.#chains.get(name),
      predecessor: key === undefined ? undefined : this.#predecessors.get(key),
      mayHaveBegun: this.#trimmed || this.#chains.mayHaveBegun(name),
      machine: this.#stepperOf(recorded),
    };
  }

  /** Said once: a chain whose record another run has is over, whatever it did not say. */
  #checkEnd(
    event: AuditEvent,
    seq: Revision,
    standing: Pick<RecordUpdate, 'run' | 'seq'> | undefined,
  ) {
    const divergence = checkEnd(event, seq, standing);
    if (!divergence || !standing) return;
    this.#say(divergence);
    const name = chainName({ ...event.of, run: standing.run as RunId });
    const chain = this.#chains.get(name);
    if (chain) this.#chains.set(name, { ...chain, done: true });
  }

  /** A chain that ended may be taken over by the next one. */
  #succeed(key: string, ended: Predecessor | undefined): void {
    this.#predecessors.delete(key);
    if (ended === undefined) return;
    this.#predecessors.set(key, ended);
    const oldest = this.#predecessors.keys().next();
    if (this.#predecessors.size > predecessorsAtMost && !oldest.done) {
      this.#predecessors.delete(oldest.value);
    }
  }

  #place({ seq, origin, subject }: AuditEntry | UnreadableEvent): void {
    const entity = subject;
    if (this.#seq > 0 && seq > this.#seq + 1) {
      const expected = `sequence ${this.#seq + 1}`;
      this.#say({ seq, entity, check: 'stream', expected, found: `sequence ${seq}` });
    }
    if (seq <= this.#seq || origin <= this.#origin) {
      const expected = `after sequence ${this.#seq}, revision ${this.#origin}`;
      const found = `sequence ${seq}, revision ${origin}`;
      this.#say({ seq, entity, check: 'order', expected, found });
    }
    this.#seq = Math.max(this.#seq, seq);
    this.#origin = Math.max(this.#origin, origin);
  }

  #stepperOf({ event }: AuditEntry): MemoizedMachine | undefined {
    const stepper = this.#steppers.get(event.machine);
    if (stepper?.compiled.chart === event.chart) return stepper;
    this.#notes.unknownCharts += 1;
    return undefined;
  }
}
