import { parseAuditEvent } from '../../domain/events/audit-entry.ts';
import { type Hash, hashEvent } from '../../domain/events/hash-chain.ts';
import { allKeys } from '../../domain/identity/registry-keys.ts';
import type { Anchor } from '../../domain/replay/anchor.ts';
import { type Divergence, shortDivergence } from '../../domain/replay/divergence.ts';
import { lossDivergence } from '../../domain/replay/loss-divergence.ts';
import { canContinueFrom, LossTimeline } from '../../domain/store-history/loss-timeline.ts';
import type { Revision } from '../../domain/time.ts';
import type { Audit, History } from '../../ports/audit.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Keyframes } from '../../ports/keyframes.ts';
import type { Leases } from '../../ports/leases.ts';
import type { Registry } from '../../ports/registry.ts';
import type { Signatures } from '../../ports/signatures.ts';
import { AnchorChecker } from './anchors/anchor-checker.ts';
import { checkBeforeKeyframe } from './check-keyframe.ts';
import { KeyframeComparison } from './compare-keyframes.ts';
import { checkRegistryRecords } from './keyframes/check-registry-records.ts';
import { RegistryCatchUp, readUntilSettled } from './registry-catch-up.ts';
import { countTruncatedChains } from './verifier/check-chain-end.ts';
import type { Checkpoint, VerifierNotes } from './verifier/checkpoint.ts';
import { type KnownLosses, readKnownLosses } from './verifier/recorded-losses.ts';
import { beginWithLosses, takeWithLosses } from './verifier/take-with-losses.ts';
import { Verifier } from './verifier/verifier.ts';
import type { VerifyReport } from './verify-report.ts';

/** What a history is compared with, if available. */
export interface VerifyPorts {
  readonly registry?: Registry;
  readonly keyframes?: Keyframes;
  /** Distinguishes active processes from those that ended without a final event. */
  readonly leases?: Leases;
  /** Tells of losses that the history does not tell of yet, and when nothing more can come. */
  readonly audit?: Pick<Audit, 'losses' | 'isBehind'>;
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

/** The counts of events are those of the events that were read, not of those in the keyframe. */
const withCounts = (
  notes: VerifierNotes,
  { unsignedEvents, clocksApart }: VerifierNotes,
): VerifierNotes => ({ ...notes, unsignedEvents, clocksApart });

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
  #losses = new LossTimeline<Checkpoint>();
  #known: KnownLosses['all'] = [];
  #divergences = 0;
  readonly #anchors: AnchorChecker;
  #keyframes: KeyframeComparison | undefined;
  #begunFrom: Revision = 0;
  #isResumed = false;
  /** Events that the start state already contained. */
  #eventsAtStart = 0;
  #catchUp: RegistryCatchUp | undefined;
  #isBehind = false;

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
    const losses = await readKnownLosses(this.#history, this.#ports.audit, this.#hash);
    for (const loss of losses.pending) this.#report(lossDivergence(loss));
    await this.#begin(first, losses);
    await this.#readOn();
    await this.#compareRegistry();
    const verifier = this.#verifier;
    for (const missing of verifier.incompleteCommits) this.#report(missing);
    if (!this.#options.signal.aborted) this.#endAnchors();
    return {
      first,
      begunFrom: this.#begunFrom,
      last: verifier.position.seq,
      losses: losses.recorded,
      events: verifier.events - this.#eventsAtStart,
      divergences: this.#divergences,
      keyframes: this.#keyframes?.compared ?? 0,
      anchors: this.#anchors.result,
      notes: {
        ...verifier.notes,
        lostTails: await countTruncatedChains(verifier, leases),
        unsigned: this.#keyframes?.unsigned ?? 0,
        unsignedKeyframes: this.#keyframes?.weaklySigned ?? 0,
        fromRegistry: [...verifier.records.values()].filter(({ seq }) => seq === 0).length,
        behind: this.#isBehind,
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
    this.#options.onDivergence(shortDivergence(divergence));
  };

  /**
   * Starts from a checkpoint, from the first event, or from the keyframe where a trimmed history is
   * valid again.
   */
  async #begin(first: Revision, { all }: KnownLosses): Promise<void> {
    const { from } = this.#options;
    this.#known = all;
    this.#losses = new LossTimeline(all);
    if (from && from.seq >= first - 1 && canContinueFrom(from, all)) {
      this.#verifier.resume(from);
      this.#isResumed = true;
      if (this.#verifier.isDigestKnown) this.#anchors.beginAfter(this.#verifier.reached);
    } else if (first > 1) {
      await this.#beginTrimmed(first, all);
    }
    beginWithLosses(this.#verifier, this.#losses);
  }

  async #beginTrimmed(first: Revision, losses: KnownLosses['all']): Promise<void> {
    this.#verifier.beginTrimmed(first);
    const keyframe = await this.#keyframes?.firstSigned(this.#history, first, losses);
    if (!keyframe) {
      if (!this.#keyframes) return;
      const expected = `event 1, or a signed keyframe at ${first - 1} or after`;
      const found = `event ${first}, and no such keyframe: what was before is not known`;
      this.#report({ seq: first, entity: 'history', check: 'stream', expected, found });
      return;
    }
    const before = this.#verifier;
    await this.#readUntil(keyframe.seq);
    this.#continueFrom(keyframe);
    this.#anchors.beginAfter(this.#verifier.reached);
    this.#eventsAtStart = keyframe.events - before.events;
    this.#begunFrom = keyframe.seq;
  }

  /** The state is that of a signed keyframe. What the events before it tell must be in it. */
  #continueFrom(keyframe: Checkpoint): void {
    const before = this.#verifier;
    for (const missing of before.incompleteCommits) this.#report(missing);
    const after = this.#newVerifier();
    after.resume({ ...keyframe, notes: withCounts(keyframe.notes, before.notes) });
    checkBeforeKeyframe(before, after, this.#report);
    this.#verifier = after;
  }

  /** Behind a gap of the audit, everything is known again from the next signed keyframe on. */
  async #leaveGap(seq: Revision): Promise<void> {
    const { gap } = this.#losses;
    if (!gap || this.#catchUp) return;
    const before = this.#verifier;
    const keyframe = await this.#keyframes?.signedAt(this.#history, seq, this.#known);
    if (!keyframe) return;
    const { claims, digest, events, partialDigest } = before.checkpoint();
    const own = { digest, events, ...(claims && { claims }) };
    this.#continueFrom({ ...keyframe, ...own, ...(partialDigest && { partialDigest }) });
    const divergence = checkRegistryRecords(keyframe, before.records, gap);
    if (divergence) this.#report(divergence);
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
      const changed = takeWithLosses(verifier, this.#losses, recorded);
      if (changed !== undefined) this.#catchUp?.passed(changed);
      this.#keyframes?.take(recorded);
      if (verifier.isDigestKnown) this.#anchors.pass(verifier.reached);
      if (verifier.isWhole) await this.#keyframes?.compare(stored.seq, verifier);
      else await this.#leaveGap(stored.seq);
      if (verifier.events % 1000 === 0) onProgress?.(stored.seq, last, verifier);
    }
  }

  #endAnchors(): void {
    const { reached, isDigestKnown } = this.#verifier;
    this.#anchors.end(reached, isDigestKnown, this.#isResumed);
  }

  /** Lists the registry once, and reads on until the history has reached all listed states. */
  async #compareRegistry(): Promise<void> {
    const { registry } = this.#ports;
    const { signal } = this.#options;
    if (!registry || signal.aborted) return;
    const listed = await registry.list([allKeys], 0);
    const catchUp = new RegistryCatchUp(this.#verifier.records, listed, this.#verifier.isWhole);
    this.#catchUp = catchUp;
    this.#isBehind = await readUntilSettled(catchUp, this.#ports, () => this.#readOn(), signal);
    if (!signal.aborted) for (const divergence of catchUp.divergences()) this.#report(divergence);
  }
}
