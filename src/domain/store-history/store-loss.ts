import { z } from 'zod';
import type { Millis, Revision } from '../time.ts';

/**
 * What a store can have forgotten, from the view of its two streams.
 *
 * - `registry-lost-tail`: the registry ends before the audit's last event: an older copy was restored, or
 *   a power cut took its last writes.
 * - `registry-made-anew`: the registry was deleted and created again, and the audit was kept.
 * - `audit-lost-tail`: the audit lacks events that were in it, and that the outbox does not have any more.
 * - `audit-made-anew`: the same, because the audit was deleted and created again.
 */
export const lossKinds = [
  'registry-lost-tail',
  'registry-made-anew',
  'audit-lost-tail',
  'audit-made-anew',
] as const;
const LossKind = z.enum(lossKinds);
export type LossKind = z.infer<typeof LossKind>;

export const StoreLoss = z.lazy(() =>
  z.object({
    kind: LossKind,
    /**
     * The last revision before the loss. Of the registry: everything it has up to here is as it was, 0:
     * nothing. Of the audit: the revision of its last event before the gap.
     */
    kept: z.number().int().nonnegative(),
    /**
     * The last lost revision that is known. Of the registry: the revision of the audit's last event. Of the
     * audit: the revision of the last event that it certainly had.
     */
    origin: z.number().int().nonnegative(),
    /** The audit's last event before the loss, by its sequence in the audit. */
    seq: z.number().int().nonnegative(),
  }),
);
export type StoreLoss = z.infer<typeof StoreLoss>;

/** What the two streams report. The audit is read first, so that it is never ahead of an intact registry. */
export interface StreamEnds {
  readonly registry: {
    /** The sequence with which this stream began. */
    readonly begun: Revision;
    readonly last: Revision;
  };
  readonly audit: {
    /** When this stream was created: another text means another stream. */
    readonly created: string;
    readonly first: Revision;
    readonly last: Revision;
    /** The revision of its first event; 0: it has none. */
    readonly oldest: Revision;
    /** The revision of its last event; 0: it has none. */
    readonly origin: Revision;
  };
}

/** An event of the audit that was seen there before the outbox was trimmed up to it. */
const TrimMark = z.lazy(() =>
  z.object({ seq: z.number(), origin: z.number(), created: z.string() }),
);

/** What a store remembers about itself, next to the records (docs/reference/protocol.md, section 1). */
export const StoreMark = z.lazy(() =>
  z.looseObject({
    v: z.literal(1),
    /** The outbox was trimmed up to this event. */
    trimmed: TrimMark.optional(),
    /** Losses of the registry that the audit does not tell of yet. */
    pending: z.array(StoreLoss).default([]),
    /** A backup is being made: the outbox is not trimmed before this time of the server, in milliseconds since 1970. */
    copying: z.number().optional(),
    /** The first sequence of a registry that was created again, once that loss is pending or recorded. */
    begun: z.number().optional(),
  }),
);
export type StoreMark = z.infer<typeof StoreMark>;

export const emptyMark: StoreMark = { v: 1, pending: [] };

/**
 * How many sequences behind the audit's last event are never used again after the registry lost its tail.
 *
 * The lost registry may have been ahead of the audit, and may have given out those sequences as terms and
 * tokens. It is ahead by milliseconds, and by up to 11 s after the death of a leader, when the audit
 * pauses: 20 000 are 1800 messages a second for that time.
 */
export const burnMargin = 20_000;

/**
 * The first sequence of a new registry, above all that an earlier registry of this namespace may have
 * used: by the clock, and by the audit in case the clock was set back. The audit may have been behind.
 */
export const firstSequence = (now: Millis, lastAuditedSequence: Revision): Revision =>
  Math.max(now * 1000, lastAuditedSequence + burnMargin);

/**
 * What the registry has forgotten; undefined if nothing, or if the mark has it already.
 *
 * Of a registry that was made anew, the audit may have later events already: the caller looks for the last
 * one of before.
 *
 * `seen`: the highest revision that this process knows of, from acknowledgements of its own writes.
 */
export function registryLoss(
  { registry, audit }: StreamEnds,
  mark: StoreMark,
  seen: Revision = 0,
): StoreLoss | undefined {
  const { oldest, origin, last: seq } = audit;
  // Also if the new registry already has events: one process creates a missing stream, and others write to it.
  if (oldest > 0 && oldest < registry.begun && mark.begun !== registry.begun) {
    return { kind: 'registry-made-anew', kept: 0, origin, seq };
  }
  const known = Math.max(origin, seen);
  if (registry.last >= known) return undefined;
  // A half-done repair has raised the end of the registry. The mark says where the registry ended.
  if (mark.pending.some((loss) => loss.seq === seq && loss.kept <= registry.last)) return undefined;
  return { kind: 'registry-lost-tail', kept: registry.last, origin: known, seq };
}

/** The sequence that the registry must have passed before any write; 0: none. */
export const burnTarget = ({ pending }: Pick<StoreMark, 'pending'>): Revision =>
  Math.max(
    0,
    ...pending
      .filter(({ kind }) => kind === 'registry-lost-tail')
      .map(({ origin }) => origin + burnMargin),
  );

/**
 * The most sequences that are burned. A registry that was restored from before it was once made anew is
 * behind by the time in between, in microseconds: that cannot be made up.
 */
export const maxBurn = 10_000_000;

/**
 * Whether the audit lost events that the outbox has no more. `originAtMark`: the revision of its event at
 * the mark's sequence; undefined if it has none there.
 *
 * The audit's last sequence alone tells nothing: after a loss the audit goes on, and passes it.
 */
export function auditLoss(
  { audit }: StreamEnds,
  { trimmed }: StoreMark,
  originAtMark: Revision | undefined,
): Extract<LossKind, 'audit-lost-tail' | 'audit-made-anew'> | undefined {
  if (trimmed === undefined) return undefined;
  if (audit.created !== trimmed.created) return 'audit-made-anew';
  // The limits of the history removed the event.
  if (trimmed.seq < audit.first && audit.last >= trimmed.seq) return undefined;
  return originAtMark === trimmed.origin ? undefined : 'audit-lost-tail';
}

/** For example `the registry lost its tail`. */
export const lossNames: Readonly<Record<LossKind, string>> = {
  'registry-lost-tail': 'the registry lost its tail',
  'registry-made-anew': 'the registry was deleted and created again',
  'audit-lost-tail': 'the audit lost its tail',
  'audit-made-anew': 'the audit was deleted and created again',
};

/** Whether the loss is one that only an operator may accept, because events are gone. */
export const needsOperator = ({ kind }: Pick<StoreLoss, 'kind'>): boolean =>
  kind === 'audit-lost-tail' || kind === 'audit-made-anew';
