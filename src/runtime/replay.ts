import { Fleet } from '../domain/fleet.ts';
import { Fold, type Folded } from '../domain/fold.ts';
import type { Recorded } from '../domain/recorded.ts';
import { readEvent } from '../domain/recorded.ts';
import type { Instant, Revision } from '../domain/time.ts';
import type { Keyframes } from '../ports/keyframes.ts';
import type { Checkpoint } from './verifier.ts';
import type { History } from './verify.ts';

/** A moment of a history: after all that was written until then. */
export type Moment =
  | { readonly at: Instant }
  | { readonly seq: Revision }
  /** Right before this event. */
  | { readonly before: Revision };

/** The fleet as it was, with the last event that is in it. */
export interface Replayed {
  readonly fleet: Fleet;
  readonly records: ReadonlyMap<string, Folded>;
  readonly seq: Revision;
  readonly at: Instant;
  /** How many events were folded, and from which keyframe on. */
  readonly folded: number;
  readonly keyframe: Revision;
}

/**
 * The fleet as it was at a moment: the nearest keyframe before it, and the events since.
 *
 * A time is that of the audit, which goes forward with the order in which things were written: what
 * stands is a prefix of that order, whatever the actors' clocks said.
 * @throws {Fault} `store-unavailable`
 */
export async function replayTo(
  history: History,
  moment: Moment,
  keyframes: Keyframes | undefined,
  signal: AbortSignal,
): Promise<Replayed> {
  const start = await startOf(moment, keyframes);
  const fold = start ? Fold.from(start.records) : new Fold();
  const fleet = new Fleet();
  fleet.replace(
    [...fold.records.values()].map(({ entry }) => entry),
    start?.origin ?? 0,
  );
  let seq = start?.seq ?? 0;
  let at = start?.at ?? 0;
  let folded = 0;
  for await (const stored of history.read(seq + 1)) {
    if (signal.aborted || isPast(stored.seq, moment)) break;
    if ('at' in moment && stored.storedAt > moment.at) break;
    const recorded = readEvent(stored);
    if (recorded.kind === 'event') foldInto(fleet, fold, recorded);
    at = stored.storedAt;
    seq = stored.seq;
    folded += 1;
  }
  return { fleet, records: fold.records, seq, at, folded, keyframe: start?.seq ?? 0 };
}

/** Takes one more event into a fleet that is being replayed. */
export function foldInto(fleet: Fleet, fold: Fold, recorded: Recorded): ReadonlySet<string> {
  const entry = fold.take(recorded);
  return fleet.apply(entry ? [entry] : [], recorded.origin);
}

const isPast = (seq: Revision, moment: Moment): boolean =>
  ('seq' in moment && seq > moment.seq) || ('before' in moment && seq >= moment.before);

async function startOf(
  moment: Moment,
  keyframes: Keyframes | undefined,
): Promise<Checkpoint | undefined> {
  const all = (await keyframes?.list()) ?? [];
  for (const seq of [...all].sort((a, b) => b - a)) {
    if (isPast(seq, moment)) continue;
    const frame: Checkpoint = JSON.parse((await keyframes?.get(seq)) ?? 'null');
    if (!('at' in moment) || frame.at <= moment.at) return frame;
  }
  return undefined;
}
