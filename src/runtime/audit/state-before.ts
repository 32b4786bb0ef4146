import type { HistoryStart } from '../../domain/replay/history-start.ts';
import type { History } from '../../ports/audit.ts';
import type { Keyframes } from '../../ports/keyframes.ts';
import { type ReplayTarget, replayTo } from './replay.ts';

/**
 * What an export that begins after a moment needs, so that its reader knows the fleet at its beginning.
 * Undefined: nothing is before, or the history is trimmed and has no keyframe before the moment.
 * @throws {Fault} `store-unavailable`
 */
export async function stateBefore(
  history: History,
  moment: ReplayTarget,
  keyframes: Keyframes | undefined,
  signal: AbortSignal,
): Promise<HistoryStart | undefined> {
  const { first } = await history.range();
  const replayed = await replayTo(history, moment, keyframes, signal);
  const { seq, origin, at, commit, keyframe } = replayed;
  const isWhole = keyframe > 0 || first <= 1 || (await history.start?.()) !== undefined;
  if (seq === 0 || !isWhole) return undefined;
  return { seq, origin, at, commit, records: [...replayed.records.values()] };
}
