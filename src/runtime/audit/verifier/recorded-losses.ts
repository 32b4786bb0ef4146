import { type AuditEntry, parseAuditEvent } from '../../../domain/events/audit-entry.ts';
import type { Hash } from '../../../domain/events/hash-chain.ts';
import type { Actor } from '../../../domain/identity/names.ts';
import {
  type StoreLoss,
  StoreLoss as StoreLossSchema,
} from '../../../domain/store-history/store-loss.ts';
import type { Revision, WallTime } from '../../../domain/time.ts';
import type { Audit, History } from '../../../ports/audit.ts';

/** A loss that the history tells of, and who recorded it. */
export interface RecordedLoss extends StoreLoss {
  /** The event that records it. */
  readonly recordedAt: Revision;
  readonly at: WallTime;
  readonly by: Actor;
}

const ofStore = '=fleet.=store.*.store.*';

/**
 * The losses that the history tells of, in the order of their events. They are read before the history
 * itself: the event about a loss comes some time after it.
 * @throws {Fault} `store-unavailable`
 */
export async function readRecordedLosses(
  history: Pick<History, 'read'>,
  hash?: Hash,
): Promise<readonly RecordedLoss[]> {
  const found: RecordedLoss[] = [];
  for await (const stored of history.read(0, [ofStore])) {
    const entry = parseAuditEvent(stored, hash);
    const loss = entry.kind === 'event' ? lossOf(entry) : undefined;
    if (loss) found.push(loss);
  }
  return found;
}

function lossOf({ event, seq, storedAt }: AuditEntry): RecordedLoss | undefined {
  if (event.of.entity !== 'store') return undefined;
  const { type: kind, ...facts } = event.event;
  const loss = StoreLossSchema.safeParse({ ...facts, kind }).data;
  return loss && { ...loss, recordedAt: seq, at: storedAt, by: event.actor };
}

/** The losses of a store that is verified. */
export interface KnownLosses {
  readonly recorded: readonly RecordedLoss[];
  /** Losses that no event records yet. */
  readonly pending: readonly StoreLoss[];
  readonly all: readonly StoreLoss[];
}

/** @throws {Fault} `store-unavailable` */
export async function readKnownLosses(
  history: Pick<History, 'read'>,
  audit: Pick<Audit, 'losses'> | undefined,
  hash?: Hash,
): Promise<KnownLosses> {
  const pending = (await audit?.losses()) ?? [];
  const recorded = await readRecordedLosses(history, hash);
  return { recorded, pending, all: [...recorded, ...pending] };
}
