import { parseAuditEvent } from '../../domain/events/audit-entry.ts';
import { type Hash, hashEvent } from '../../domain/events/hash-chain.ts';
import { allKeys } from '../../domain/identity/registry-keys.ts';
import type { Anchor } from '../../domain/replay/anchor.ts';
import type { Divergence } from '../../domain/replay/divergence.ts';
import { type Millis, type Revision, seconds } from '../../domain/time.ts';
import type { History } from '../../ports/audit.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Keyframes } from '../../ports/keyframes.ts';
import type { Leases } from '../../ports/leases.ts';
import type { Registry } from '../../ports/registry.ts';
import type { Signatures } from '../../ports/signatures.ts';
import { AnchorChecker, type AnchorReport } from './anchors/anchor-checker.ts';
import { checkBeforeKeyframe } from './check-keyframe.ts';
import { KeyframeComparison } from './compare-keyframes.ts';
import { RegistryCatchUp } from './registry-catch-up.ts';
import { countTruncatedChains } from './verifier/check-chain-end.ts';
import type { Checkpoint, VerifierNotes } from './verifier/checkpoint.ts';
import { Verifier } from './verifier/verifier.ts';

/** What a history is compared with, if available. */
export interface VerifyPorts {
  readonly registry?: Registry;
  readonly keyframes?: Keyframes;
  /** Distinguishes active processes from those that ended without a final event. */
  readonly leases?: Leases;
  readonly clock: Clock;
  readonly hash?: Hash;
  /** Without it, only the keys of the events are compared, not the signatures. */
  readonly signatures?: Pick<Signatures, 'check'>;
}

export interface VerifyOptions {
  /** Continues from this checkpoint instead of the first event. */
  readonly from?: Checkpoint;
  /** Reports events without a signature as divergences, whatever the policy in the history says. */
  readonly requireSignatures?: boolean;
  /** What the history was at some moments, kept outside the store. */
  readonly anchors?: readonly Anchor[];
  readonly onDivergence: (divergence: Divergence) => void;
  readonly onProgress?: (done: Revision, of: Revision, verifier: Verifier) => void;
  readonly signal: AbortSignal;
}

export interface VerifyReport {
  /** The first event of the history: above 1, it was trimmed. */
  readonly first: Revision;
  /** The keyframe from which a trimmed history was replayed; 0: none was needed, or none fits. */
  readonly begunFrom: Revision;
  readonly last: Revision;
  readonly events: number;
  readonly divergences: number;
  /** Number of keyframes that were compared with the history. */
  readonly keyframes: number;
  readonly notes: VerifierNotes & {
    /** Ended processes without a final event. */
    readonly lostTails: number;
    /** Keyframes that no collector has signed: they are not used as a start. */
    readonly unsigned: number;
    /** Keyframes that only an event without a signature signs: those of older versions. */
    readonly unsignedKeyframes: number;
  };
  readonly anchors: AnchorReport;
  readonly checkpoint: Checkpoint;
}

/** The counts of events are those of the events that were read, not of those in the keyframe. */
const withCounts = (
  notes: VerifierNotes,
  { unsignedEvents, clocksApart }: VerifierNotes,
): VerifierNotes => ({ ...notes, unsignedEvents, clocksApart });

/** How long the audit may lag behind the registry: after a leader failure it pauses for 11 s. */
export const catchUpTimeout: Millis = seconds(20);
const pollEvery: Millis = 250;

/**
 * Replays a history and compares the result with the registry, and with the keyframes on the way.
 *
 * A trimmed history is valid from the first signed keyframe that connects to its remaining events.
 * Without a registry (a file) only the history itself is checked.
 * @throws {Fault} `store-unavailable`
 */
export async function verify(
  history: History,
  ports: VerifyPorts,
  options: VerifyOptions,
): Promise<VerifyReport> {
  const verification = new Verification(history, ports, options);
  return verification.run();
}

class Verification {
  readonly #history: History;
  readonly #ports: VerifyPorts;
  readonly #hash: Hash;
  readonly #options: VerifyOptions;
  #verifier: Verifier;
  /** Whether the state before the first event of the history is known. */
  #isWhole = true;
  #divergences = 0;
  readonly #anchors: AnchorChecker;
  #keyframes: KeyframeComparison | undefined;
  #begunFrom: Revision = 0;
  /** Events that the start state already contained. */
  #eventsAtStart = 0;
  #catchUp: RegistryCatchUp | undefined;

  constructor(history: History, ports: VerifyPorts, options: VerifyOptions) {
    this.#history = history;
    this.#ports = ports;
    this.#hash = ports.hash ?? hashEvent;
    this.#options = options;
    this.#anchors = new AnchorChecker(options.anchors ?? [], this.#report);
    this.#verifier = this.#newVerifier();
  }

  async run(): Promise<VerifyReport> {
    const { keyframes, leases, signatures } = this.#ports;
    const { first } = await this.#history.range();
    const signing = { hash: this.#hash, check: signatures?.check };
    this.#keyframes =
      keyframes && new KeyframeComparison(keyframes, await keyframes.list(), signing, this.#report);
    await this.#begin(first);
    await this.#readOn();
    await this.#compareRegistry();
    const verifier = this.#verifier;
    if (!this.#options.signal.aborted) this.#anchors.end(verifier.reached, this.#isWhole);
    return {
      first,
      begunFrom: this.#begunFrom,
      last: verifier.position.seq,
      events: verifier.events - this.#eventsAtStart,
      divergences: this.#divergences,
      keyframes: this.#keyframes?.compared ?? 0,
      anchors: this.#anchors.result,
      notes: {
        ...verifier.notes,
        lostTails: await countTruncatedChains(verifier, leases),
        unsigned: this.#keyframes?.unsigned ?? 0,
        unsignedKeyframes: this.#keyframes?.weaklySigned ?? 0,
      },
      checkpoint: verifier.checkpoint(),
    };
  }

  #newVerifier(): Verifier {
    const { signatures } = this.#ports;
    return new Verifier(this.#report, this.#hash, {
      check: signatures?.check,
      isRequired: this.#options.requireSignatures,
    });
  }

  readonly #report = (divergence: Divergence): void => {
    this.#divergences += 1;
    this.#options.onDivergence(divergence);
  };

  /**
   * Starts from a checkpoint, from the first event, or from the keyframe where a trimmed history is
   * valid again.
   */
  async #begin(first: Revision): Promise<void> {
    const { from } = this.#options;
    if (from && from.seq >= first - 1) {
      this.#verifier.resume(from);
      this.#isWhole = from.trimmed !== true;
      if (this.#isWhole) this.#anchors.beginAfter(this.#verifier.reached);
    } else if (first > 1) {
      await this.#beginTrimmed(first);
    }
  }

  async #beginTrimmed(first: Revision): Promise<void> {
    this.#verifier.beginTrimmed(first);
    this.#isWhole = false;
    const keyframe = await this.#keyframes?.firstSigned(this.#history, first);
    if (!keyframe) {
      if (!this.#keyframes) return;
      const expected = `event 1, or a signed keyframe at ${first - 1} or after`;
      const found = `event ${first}, and no such keyframe: what was before is not known`;
      this.#report({ seq: first, entity: 'history', check: 'stream', expected, found });
      return;
    }
    const before = this.#verifier;
    await this.#readUntil(keyframe.seq);
    const after = this.#newVerifier();
    after.resume({ ...keyframe, notes: withCounts(keyframe.notes, before.notes) });
    checkBeforeKeyframe(before, after, this.#report);
    this.#verifier = after;
    this.#isWhole = true;
    this.#anchors.beginAfter(after.reached);
    this.#eventsAtStart = keyframe.events - before.events;
    this.#begunFrom = keyframe.seq;
  }

  /** Reads to the current end. */
  async #readOn(): Promise<void> {
    const { last } = await this.#history.range();
    if (this.#verifier.position.seq < last) await this.#readUntil(last);
  }

  async #readUntil(last: Revision): Promise<void> {
    const { signal, onProgress } = this.#options;
    if (this.#verifier.position.seq >= last) return;
    for await (const stored of this.#history.read(this.#verifier.position.seq + 1)) {
      if (signal.aborted || stored.seq > last) return;
      const recorded = parseAuditEvent(stored, this.#hash);
      const verifier = this.#verifier;
      const changed = verifier.take(recorded);
      if (changed !== undefined) this.#catchUp?.passed(changed);
      this.#keyframes?.take(recorded);
      if (this.#isWhole) {
        this.#anchors.pass(verifier.reached);
        await this.#keyframes?.compare(stored.seq, verifier);
      }
      if (verifier.events % 1000 === 0) onProgress?.(stored.seq, last, verifier);
    }
  }

  /** Lists the registry once, and reads on until the history has reached all listed states. */
  async #compareRegistry(): Promise<void> {
    const { registry, clock } = this.#ports;
    const { signal } = this.#options;
    if (!registry || signal.aborted) return;
    const until = clock.monotonic() + catchUpTimeout;
    const listed = await registry.list([allKeys], 0);
    const catchUp = new RegistryCatchUp(this.#verifier.records, listed, this.#isWhole);
    this.#catchUp = catchUp;
    await this.#readOn();
    while (!catchUp.settled && clock.monotonic() < until && !signal.aborted) {
      await clock.sleep(pollEvery, signal);
      await this.#readOn();
    }
    if (!signal.aborted) for (const divergence of catchUp.divergences()) this.#report(divergence);
  }
}
