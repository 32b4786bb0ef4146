import { type AuditEntry, parseAuditEvent } from '../../domain/events/audit-entry.ts';
import type { Hash } from '../../domain/events/hash-chain.ts';
import { Fault } from '../../domain/fault.ts';
import { Fleet } from '../../domain/fleet/fleet.ts';
import { type RecordUpdate, RegistryProjection } from '../../domain/replay/fold.ts';
import type { Revision, WallTime } from '../../domain/time.ts';
import type { History } from '../../ports/audit.ts';
import type { Keyframes } from '../../ports/keyframes.ts';
import { KeyframeDecoder, readKeyframe } from './keyframes/codec.ts';
import { readSignatures } from './keyframes/signatures.ts';
import type { Checkpoint } from './verifier/verifier.ts';

/** A moment of a history: after all that was written until then. */
export type ReplayTarget =
  | { readonly at: WallTime }
  | { readonly seq: Revision }
  /** Right before this event. */
  | { readonly before: Revision };

/** The fleet as it was, with the last event that is in it. */
export interface ReplayResult {
  readonly fleet: Fleet;
  readonly records: ReadonlyMap<string, RecordUpdate>;
  readonly seq: Revision;
  readonly at: WallTime;
  /** How many events were folded, and from which keyframe on. */
  readonly folded: number;
  readonly keyframe: Revision;
}

/**
 * The fleet as it was at a moment: the nearest signed keyframe before it, and the events since.
 *
 * A time is that of the audit, which goes forward with the order in which things were written: what
 * stands is a prefix of that order, whatever the actors' clocks said.
 * @throws {Fault} `store-unavailable`
 */
export async function replayTo(
  history: History,
  moment: ReplayTarget,
  keyframes: Keyframes | undefined,
  signal: AbortSignal,
  hash?: Hash,
): Promise<ReplayResult> {
  const start = keyframes && (await startOf(history, moment, keyframes, hash));
  const fold = start
    ? RegistryProjection.from(start.records, start.commit)
    : new RegistryProjection();
  let { seq, at, origin } = start ?? { seq: 0, at: 0, origin: 0 };
  let folded = 0;
  for await (const stored of history.read(seq + 1)) {
    if (signal.aborted || isAfter(stored, moment)) break;
    const recorded = parseAuditEvent(stored, hash);
    if (recorded.kind === 'event') fold.take(recorded);
    ({ seq, origin, storedAt: at } = stored);
    folded += 1;
  }
  const fleet = new Fleet();
  fleet.replace(
    [...fold.records.values()].map(({ entry }) => entry),
    origin,
  );
  return { fleet, records: fold.records, seq, at, folded, keyframe: start?.seq ?? 0 };
}

/** Takes one more event into a fleet that is being replayed. */
export function applyEvent(
  fleet: Fleet,
  fold: RegistryProjection,
  recorded: AuditEntry,
): ReadonlySet<string> {
  const entry = fold.take(recorded);
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

/** The last keyframe before the moment that a collector has signed, as it signed it. */
async function startOf(
  history: History,
  moment: ReplayTarget,
  keyframes: Keyframes,
  hash: Hash | undefined,
): Promise<Checkpoint | undefined> {
  const places = await keyframes.list();
  for (let at = (await countBefore(places, moment, keyframes)) - 1; at >= 0; at -= 1) {
    const keyframe = places[at] ?? 0;
    for await (const signature of readSignatures(history, keyframe + 1, hash)) {
      if (signature.keyframe !== keyframe) continue;
      const start = await readKeyframe(keyframes, signature, hash);
      if (start) return start;
    }
  }
  return undefined;
}

/** How many keyframes come before the moment: their times go forward with their places. */
async function countBefore(
  places: readonly Revision[],
  moment: ReplayTarget,
  keyframes: Keyframes,
): Promise<number> {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const seq = places[middle] ?? 0;
    if (await isBefore(seq, moment, keyframes)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One that can't be read counts as before: it is left out when it is its turn. */
async function isBefore(
  seq: Revision,
  moment: ReplayTarget,
  keyframes: Keyframes,
): Promise<boolean> {
  if (!('at' in moment)) return !isAfter({ seq, storedAt: 0 }, moment);
  await using reading = new KeyframeDecoder(keyframes, seq);
  try {
    return (await reading.head()).at <= moment.at;
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code === 'store-unavailable') throw cause;
    return true;
  }
}
