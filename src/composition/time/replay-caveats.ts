import type { Observation } from '../../domain/fleet/observation.ts';
import type { Revision } from '../../domain/time.ts';
import type { ReplayResult, ReplayTarget } from '../../runtime/audit/replay.ts';

/** Texts about why a replayed state is not exactly the state at the requested moment; usually none. */
export function replayCaveats(
  target: ReplayTarget,
  { seq, keyframe, gapAfter }: Pick<ReplayResult, 'seq' | 'keyframe' | 'gapAfter'>,
  { first, last }: { readonly first: Revision; readonly last: Revision },
  observation: Observation,
): readonly string[] {
  if (last === 0) return ['the history has no event yet'];
  const requested = 'seq' in target ? target.seq : 'before' in target ? target.before - 1 : 0;
  if (requested > last) return [`the history ends at #${last}: this is its last state`];
  if (seq === 0 || seq < first)
    return [`the moment is before the first event: the history begins at #${first}`];
  if (first > 1 && keyframe === 0) {
    return [`the history begins at #${first}: records that did not change since then are missing`];
  }
  if (gapAfter > 0) {
    return [
      `the audit lost events after #${gapAfter}: records that did not change since are missing`,
    ];
  }
  if (observation === 'unknown') {
    return [
      'the history does not show whether a collector observed this moment: failures may be missing',
    ];
  }
  return [];
}
