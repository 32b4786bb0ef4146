import {
  type AuditEntry,
  parseAuditEvent,
  type UnreadableEvent,
} from '../../domain/events/audit-entry.ts';
import type { Hash } from '../../domain/events/hash-chain.ts';
import type { CheckSignature } from '../../domain/events/signature.ts';
import { Fault } from '../../domain/fault.ts';
import { Fleet } from '../../domain/fleet/fleet.ts';
import { SeatHistory } from '../../domain/fleet/seat-history.ts';
import type { KeyValueEntry, StoredInstance } from '../../domain/records/stored-record.ts';
import {
  type CommitProgress,
  type RecordUpdate,
  RegistryProjection,
  registryKeyOf,
} from '../../domain/replay/fold.ts';
import { canContinueFrom, LossTimeline } from '../../domain/store-history/loss-timeline.ts';
import type { StoreLoss } from '../../domain/store-history/store-loss.ts';
import type { Revision, WallTime } from '../../domain/time.ts';
import type { History } from '../../ports/audit.ts';
import type { Keyframes } from '../../ports/keyframes.ts';
import { KeyframeDecoder, readKeyframe } from './keyframes/codec.ts';
import { readSignatures } from './keyframes/signed-keyframes.ts';
import type { Checkpoint } from './verifier/checkpoint.ts';
import { readRecordedLosses } from './verifier/recorded-losses.ts';

/** A moment of a history: after everything that was written until then. */
export type ReplayTarget =
  | { readonly at: WallTime }
  | { readonly seq: Revision }
  /** Right before this event. */
  | { readonly before: Revision };

/** The fleet at that moment, with the last event that it contains. */
export interface ReplayResult {
  readonly fleet: Fleet<StoredInstance>;
  readonly records: ReadonlyMap<string, RecordUpdate>;
  readonly seq: Revision;
  readonly origin: Revision;
  readonly at: WallTime;
  /** The part of a commit that has been read: more of it may follow. */
  readonly commit: CommitProgress;
  /** Number of events that were folded, and the keyframe they were folded onto; 0: none. */
  readonly folded: number;
  readonly keyframe: Revision;
  /** The collectors that have a seat at that moment. */
  readonly seats: SeatHistory;
  /** Unless the keyframe lost some: it keeps a limited number of collectors. */
  readonly hasAllCollectors: boolean;
  /**
   * The last event before the audit lost some; 0: it lost none before the moment. The fleet then has only
   * records that were written after it.
   */
  readonly gapAfter: Revision;
}

/** The projection at a moment, to go back to. */
type Saved = Pick<Checkpoint, 'records' | 'commit'>;

/**
 * The fleet at a moment: the nearest signed keyframe before it, and the events since.
 *
 * Times are those of the audit stream, which increase with the order of the writes: the result is a
 * prefix of that order, regardless of the clocks of the actors.
 *
 * Where the history records that the store lost something, the fleet goes back with the registry: from the
 * loss on, what the registry lost does not count any more.
 * @throws {Fault} `store-unavailable`
 */
export async function replayTo(
  history: History,
  moment: ReplayTarget,
  keyframes: Keyframes | undefined,
  signal: AbortSignal,
  hash?: Hash,
  check?: CheckSignature,
): Promise<ReplayResult> {
  const recordedLosses = await readRecordedLosses(history, hash);
  const isUsable = (keyframe: Checkpoint) => canContinueFrom(keyframe, recordedLosses);
  const start: Start | undefined = keyframes
    ? await startKeyframe(history, moment, keyframes, isUsable, hash, check)
    : await startOfFile(history, moment);
  const projection = new LossyProjection(start, recordedLosses);
  const { open = [], loose = [], lost = start ? 1 : 0 } = start?.chains ?? {};
  const seats = SeatHistory.from([...open, ...loose]);
  let { seq, at, origin } = start ?? { seq: 0, at: 0, origin: 0 };
  let folded = 0;
  for await (const stored of history.read(seq + 1)) {
    if (signal.aborted || isAfter(stored, moment)) break;
    const recorded = parseAuditEvent(stored, hash);
    projection.take(recorded);
    if (recorded.kind === 'event') seats.take(recorded);
    ({ seq, origin, storedAt: at } = stored);
    folded += 1;
  }
  const fleet = new Fleet<StoredInstance>();
  fleet.replace(
    [...projection.records.values()].map(({ entry }) => entry),
    origin,
  );
  if (hasSuspect(fleet)) fleet.apply(await holdEnds(history, seq, projection.records), origin);
  const { records, commit, gapAfter } = projection;
  const keyframe = keyframes && start ? start.seq : 0;
  const hasAllCollectors = lost === 0;
  const reached = { seq, origin, at, commit };
  return { fleet, records, ...reached, folded, keyframe, seats, hasAllCollectors, gapAfter };
}

function hasSuspect(fleet: Fleet): boolean {
  for (const { agent } of fleet.slots())
    if (agent?.kind === 'stored' && agent.record.suspect) return true;
  return false;
}

const ofHolds = '*.*.*.hold.*';

/**
 * The removals of the holds that ended, as a watch of the registry has them. Silence under a hold does not count, so the
 * forecast for a suspect run needs them, also those before a keyframe.
 */
async function holdEnds(
  history: History,
  upTo: Revision,
  records: ReplayResult['records'],
): Promise<readonly KeyValueEntry[]> {
  const ends: KeyValueEntry[] = [];
  for await (const stored of history.read(0, [ofHolds])) {
    if (stored.seq > upTo) break;
    const recorded = parseAuditEvent(stored);
    if (recorded.kind !== 'event' || recorded.event.record !== null) continue;
    const key = registryKeyOf(recorded.event);
    if (key === undefined || records.has(key)) continue;
    const { origin: revision, storedAt: removedAt } = stored;
    ends.push({ key, revision, text: undefined, removedAt });
  }
  return ends;
}

/** What a replay continues from. A file does not have the chains. */
type Start = Pick<Checkpoint, 'seq' | 'at' | 'origin' | 'records' | 'commit'> &
  Partial<Pick<Checkpoint, 'chains'>>;

async function startOfFile(history: History, moment: ReplayTarget): Promise<Start | undefined> {
  const start = await history.start?.();
  return start && !isAfter({ seq: start.seq, storedAt: start.at }, moment) ? start : undefined;
}

/** Projects a history whose store has lost something. A loss counts from the next event on. */
class LossyProjection {
  readonly #losses: LossTimeline<Saved>;
  #projection = new RegistryProjection();
  #position: Pick<AuditEntry, 'seq' | 'origin'>;
  gapAfter: Revision = 0;

  constructor(start: Start | undefined, losses: readonly StoreLoss[]) {
    this.#losses = new LossTimeline(losses);
    this.#position = start ?? { seq: 0, origin: 0 };
    if (start) this.#projection = RegistryProjection.from(start.records, start.commit);
    this.#losses.beginAfter(this.#position);
  }

  get records(): ReadonlyMap<string, RecordUpdate> {
    return this.#projection.records;
  }

  get commit(): CommitProgress {
    return this.#projection.commit;
  }

  take(recorded: AuditEntry | UnreadableEvent): void {
    const { seq, origin } = this.#position;
    for (const turn of this.#losses.leave(seq, origin)) {
      const { records = [], commit }: Partial<Saved> = turn.kind === 'back' ? turn.to : {};
      if (turn.kind === 'unknown') this.gapAfter = seq;
      this.#projection = RegistryProjection.from(records, commit);
    }
    this.#losses.enter(recorded.origin, () => ({
      records: [...this.#projection.records.values()],
      commit: this.#projection.commit,
    }));
    if (recorded.kind === 'event') this.#projection.take(recorded);
    this.#position = recorded;
  }
}

/** Applies one more event to a fleet that is being replayed. */
export function applyEvent(
  fleet: Fleet,
  projection: RegistryProjection,
  recorded: AuditEntry,
): ReadonlySet<string> {
  const entry = projection.take(recorded);
  return fleet.apply(entry ? [entry] : [], recorded.origin);
}

/** Whether an event came after the moment. */
export function isAfter(
  { seq, storedAt }: { readonly seq: Revision; readonly storedAt: WallTime },
  moment: ReplayTarget,
): boolean {
  if ('seq' in moment) return seq > moment.seq;
  return 'before' in moment ? seq >= moment.before : storedAt > moment.at;
}

/** The last usable keyframe before the moment that a collector has signed, if its digest matches. */
async function startKeyframe(
  history: History,
  moment: ReplayTarget,
  keyframes: Keyframes,
  isUsable: (keyframe: Checkpoint) => boolean,
  hash: Hash | undefined,
  check: CheckSignature | undefined,
): Promise<Checkpoint | undefined> {
  const sequences = await keyframes.list();
  for (let at = (await countBefore(sequences, moment, keyframes)) - 1; at >= 0; at -= 1) {
    const keyframe = sequences[at] ?? 0;
    for await (const signature of readSignatures(history, keyframe + 1, hash, check)) {
      if (signature.keyframe !== keyframe) continue;
      const start = await readKeyframe(keyframes, signature, hash);
      if (start && isUsable(start)) return start;
    }
  }
  return undefined;
}

/** How many keyframes come before the moment; their times increase with their sequences. */
async function countBefore(
  sequences: readonly Revision[],
  moment: ReplayTarget,
  keyframes: Keyframes,
): Promise<number> {
  let [low, high] = [0, sequences.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const seq = sequences[middle] ?? 0;
    if (await isBefore(seq, moment, keyframes)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** An unreadable keyframe counts as before the moment; it is skipped later. */
async function isBefore(
  seq: Revision,
  moment: ReplayTarget,
  keyframes: Keyframes,
): Promise<boolean> {
  if (!('at' in moment)) return !isAfter({ seq, storedAt: 0 }, moment);
  await using decoder = new KeyframeDecoder(keyframes, seq);
  try {
    return (await decoder.head()).at <= moment.at;
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code === 'store-unavailable') throw cause;
    return true;
  }
}
