import {
  type AuditEntry,
  chainName,
  describeChain,
  type UnreadableEvent,
} from '../../../domain/events/audit-entry.ts';
import type { AuditEvent } from '../../../domain/events/event-schema.ts';
import { type Hash, hashEvent } from '../../../domain/events/hash-chain.ts';
import type { RunId } from '../../../domain/identity/names.ts';
import { policyKey } from '../../../domain/identity/registry-keys.ts';
import { readObject } from '../../../domain/json.ts';
import { requiresSignatures } from '../../../domain/policy/fleet-policy.ts';
import type { HistoryPosition } from '../../../domain/replay/anchor.ts';
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
import { authorViolations } from './check-author.ts';
import { missingEndDivergence } from './check-chain-end.ts';
import { isClockApart } from './check-clock.ts';
import { type CheckContext, checkEvent, type Predecessor } from './check-event.ts';
import { orderDivergences } from './check-order.ts';
import { unreadableDivergence } from './check-readable.ts';
import { recordViolations } from './check-record.ts';
import { type Checkpoint, noNotes, type VerifierNotes } from './checkpoint.ts';
import { Predecessors } from './predecessors.ts';
import { SignatureChecker, type SigningRule } from './signature-checker.ts';

/**
 * Replays a history through the machines, event by event, and reports each divergence.
 *
 * It keeps the folded registry and the state of each chain; that does not grow with the length of
 * the history.
 */
export class Verifier {
  readonly #report: (divergence: Divergence) => void;
  readonly #hash: Hash;
  readonly #machines = new Map(
    Object.values(machines).map((machine) => [machine.name, new MemoizedMachine(machine)]),
  );
  #chains = new ChainIndex();
  #projection = new RegistryProjection();
  #predecessors = new Predecessors();
  #seq: Revision = 0;
  #origin: Revision = 0;
  #at: WallTime = 0;
  #events = 0;
  #notes: { -readonly [note in keyof VerifierNotes]: number } = { ...noNotes };
  #trimmed = false;
  #isDigestPartial = false;
  #digest = '';
  readonly #signatures: SignatureChecker;
  /** Whether the policy at this point of the history requires signatures. */
  #isRequiredByPolicy = false;

  /** `hash`: the function that the events were parsed with. */
  constructor(
    report: (divergence: Divergence) => void,
    hash: Hash = hashEvent,
    signing: SigningRule = {},
  ) {
    this.#report = report;
    this.#hash = hash;
    this.#signatures = new SignatureChecker(signing, hash, this.#chains);
  }

  get events(): number {
    return this.#events;
  }

  /**
   * The last event read: its sequence in the audit, and its revision in the order of all writes.
   */
  get position(): { readonly seq: Revision; readonly origin: Revision } {
    return { seq: this.#seq, origin: this.#origin };
  }

  /** How far it is, and the digest of all events so far. */
  get reached(): HistoryPosition {
    return { seq: this.#seq, events: this.#events, digest: this.#digest };
  }

  /** When the audit stored the last event. */
  get at(): WallTime {
    return this.#at;
  }

  get records(): ReadonlyMap<string, RecordUpdate> {
    return this.#projection.records;
  }

  /** The commit of the last events. */
  get commit(): CommitProgress {
    return this.#projection.commit;
  }

  get notes(): VerifierNotes {
    return this.#notes;
  }

  /** The state of the chains. */
  get chains(): Pick<ChainIndex, 'get' | 'open' | 'loose' | 'ended' | 'forgetful' | 'lost'> {
    return this.#chains;
  }

  /** Commits of which an event is missing. To be reported at the end of the history. */
  get incompleteCommits(): readonly Divergence[] {
    return this.#signatures.incompleteCommits;
  }

  get predecessors(): ReadonlyMap<string, Predecessor> {
    return this.#predecessors.all;
  }

  /** The digest over the hashes of all events, in order. */
  get digest(): string {
    return this.#digest;
  }

  /** Whether everything before the last event is known. */
  get isWhole(): boolean {
    return !this.#trimmed;
  }

  /** Whether the digest includes all events, from the first one on. */
  get isDigestKnown(): boolean {
    return !this.#isDigestPartial;
  }

  /** The history starts here, not at the first event ever: chains may have begun before. */
  beginTrimmed(seq: Revision): void {
    this.#trimmed = true;
    this.#isDigestPartial = true;
    this.#projection.beginTrimmed();
    this.#seq = seq - 1;
    this.#signatures.beginInMiddle();
  }

  /** Verifies one more event; returns the key of the record that it changed. */
  take(recorded: AuditEntry | UnreadableEvent): string | undefined {
    this.#events += 1;
    this.#at = recorded.storedAt;
    for (const divergence of orderDivergences(recorded, this.position)) this.#report(divergence);
    this.#seq = Math.max(this.#seq, recorded.seq);
    this.#origin = Math.max(this.#origin, recorded.origin);
    if (recorded.kind === 'illegible') {
      this.#report(unreadableDivergence(recorded));
      return undefined;
    }
    const { event, seq, hash } = recorded;
    const name = chainOfSubject(recorded);
    const key = registryKeyOf(event);
    const before = this.#contextOf(recorded, name, key);
    const { violations, after } = checkEvent(recorded, before);
    violations.push(...authorViolations(event, this.#chains, this.#trimmed));
    violations.push(...recordViolations(recorded, key, this.#projection));
    const signature = this.#signatures.take(recorded, this.#isRequiredByPolicy);
    violations.push(...signature.violations);
    if (violations.length > 0) {
      const entity = describeChain(event.of);
      for (const violation of violations) this.#report({ seq, entity, ...violation });
    }
    const { introduced: own } = signature;
    this.#chains.set(name, own === undefined ? after : { ...after, key: own });
    this.#notes.lost += event.lost ?? 0;
    if (!signature.isSigned) this.#notes.unsignedEvents += 1;
    if (isClockApart(recorded)) this.#notes.clocksApart += 1;
    this.#digest = this.#hash(this.#digest + hash);
    if (key === undefined) return undefined;
    this.#checkEnd(event, seq, this.#projection.updateOf(key));
    this.#predecessors.set(key, event.record === null ? { hash, seq } : undefined);
    if (key === policyKey) this.#isRequiredByPolicy = requiresSignatures(event.record);
    return this.#projection.take(recorded)?.key;
  }

  checkpoint(): Checkpoint {
    return {
      ...this.position,
      at: this.#at,
      events: this.#events,
      chains: this.#chains.toJSON(),
      predecessors: [...this.#predecessors.all],
      records: [...this.#projection.records.values()],
      commit: this.#projection.commit,
      notes: { ...this.#notes },
      digest: this.#digest,
      claims: this.#signatures.claims,
      partialDigest: this.#isDigestPartial,
      ...(this.#trimmed && { trimmed: true }),
    };
  }

  /** Continues from a checkpoint. */
  resume(from: Checkpoint): void {
    this.#trimmed = from.trimmed ?? false;
    this.#isDigestPartial = from.partialDigest ?? this.#trimmed;
    this.#seq = from.seq;
    this.#origin = from.origin;
    this.#at = from.at;
    this.#events = from.events;
    this.#notes = { ...from.notes };
    this.#digest = from.digest;
    this.#continueWith(ChainIndex.from(from.chains), from);
  }

  /** The registry went on from this earlier state. Without one, nothing before counts any more. */
  goBackTo(from: Checkpoint | undefined): void {
    this.#trimmed ||= from === undefined;
    const chains = from ? this.#chains.backTo(from.chains) : new ChainIndex();
    const { predecessors = [], records = [] } = from ?? {};
    this.#continueWith(chains, { predecessors, records, claims: this.#signatures.claims });
  }

  #continueWith(chains: ChainIndex, state: Partial<Checkpoint>): void {
    this.#chains = chains;
    this.#predecessors = new Predecessors(state.predecessors);
    this.#projection = RegistryProjection.from(state.records ?? [], state.commit);
    this.#signatures.continueWith(chains, state.claims);
    if (this.#trimmed) this.#projection.beginTrimmed(state.origin);
    const policy = this.#projection.records.get(policyKey)?.entry.text;
    this.#isRequiredByPolicy = policy !== undefined && requiresSignatures(readObject(policy));
  }

  #contextOf(recorded: AuditEntry, name: string, key: string | undefined): CheckContext {
    return {
      chain: this.#chains.get(name),
      predecessor: key === undefined ? undefined : this.#predecessors.all.get(key),
      mayHaveBegun: this.#trimmed || this.#chains.mayHaveBegun(name),
      machine: this.#machineOf(recorded),
    };
  }

  /** Reported once: a chain whose record another run has is ended, even without a final event. */
  #checkEnd(
    event: AuditEvent,
    seq: Revision,
    previous: Pick<RecordUpdate, 'run' | 'seq'> | undefined,
  ) {
    const divergence = missingEndDivergence(event, seq, previous);
    if (!divergence || !previous) return;
    this.#report(divergence);
    const name = chainName({ ...event.of, run: previous.run as RunId });
    const chain = this.#chains.get(name);
    if (chain) this.#chains.set(name, { ...chain, done: true });
  }

  #machineOf({ event }: AuditEntry): MemoizedMachine | undefined {
    const stepper = this.#machines.get(event.machine);
    if (stepper && (event.chart === '' || stepper.compiled.chart === event.chart)) return stepper;
    this.#notes.unknownCharts += 1;
    return undefined;
  }
}
