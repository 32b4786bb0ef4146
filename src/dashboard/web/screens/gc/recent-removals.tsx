import type { Transition } from '../../../history/query-types.ts';
import { formatDuration } from '../../format/format-time.ts';
import { meanWay } from '../../model/gc-pipeline.ts';
import { statusOf } from '../../model/state-styles.ts';
import { roll } from '../../state/store.ts';
import { StateBadge } from '../../widgets/state-badge.tsx';
import { TransitionLine } from '../../widgets/transition-line.tsx';

const shown = 12;

/** What is removed already, newest first, and how long that took. */
export function RecentRemovals({ removed }: { readonly removed: readonly Transition[] }) {
  const done = removed.filter(({ entity, type }) => {
    const kind = roll.entities[entity]?.entity;
    return (kind === 'run' && type !== 'expired') || (kind === 'instance' && type === 'removed');
  });
  const mean = meanWay(removed, (one) => roll.entities[one]?.entity === 'run');
  return (
    <section class="panel column" aria-label="Done">
      <h2>
        Done{' '}
        <span class="dim">{removed.length >= 400 ? `${done.length} newest` : done.length}</span>
      </h2>
      {mean === null ? null : (
        <p class="dim">from expiry to the last removal: {formatDuration(mean)} on average</p>
      )}
      <ul class="shorts">
        {done.slice(0, shown).map((one) => (
          <TransitionLine key={one.seq} transition={one} class="short">
            <StateBadge
              word={statusOf(roll.entities[one.entity]?.entity ?? '', one.to)}
              reason={one.note.why ?? ''}
            />
          </TransitionLine>
        ))}
      </ul>
      {done.length > shown ? <p class="dim">and {done.length - shown} before them</p> : null}
    </section>
  );
}
