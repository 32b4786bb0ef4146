import type { Transition } from '../../../history/query-types.ts';
import { clockTime } from '../../format/format-time.ts';
import { statusOf } from '../../model/state-styles.ts';
import { fleet, goTo } from '../../state/store.ts';
import { BidiText } from '../../widgets/bidi-text.tsx';
import { EventLink } from '../../widgets/event-link.tsx';
import { StateBadge } from '../../widgets/state-badge.tsx';

const shown = 12;

/** The latest removals, newest first. */
export function RecentRemovals({
  removed = [],
}: {
  readonly removed: readonly Transition[] | undefined;
}) {
  const done = removed.filter(({ entity, type }) => {
    const kind = fleet.entities[entity]?.entity;
    return kind === 'run' || (kind === 'instance' && type === 'removed');
  });
  return (
    <section class="panel column" aria-label="Done">
      <h2>
        Done{' '}
        <span class="dim">{removed.length >= 400 ? `${done.length} newest` : done.length}</span>
      </h2>
      <ul class="shorts">
        {done.slice(0, shown).map((one) => (
          <Removal key={one.seq} transition={one} />
        ))}
      </ul>
      {done.length > shown ? <p class="dim">and {done.length - shown} earlier</p> : null}
    </section>
  );
}

function Removal({ transition }: { readonly transition: Transition }) {
  const { seq, at, type, to, note } = transition;
  const entity = fleet.entities[transition.entity];
  if (!entity) return null;
  return (
    <li class="short">
      <time>{clockTime(at)}</time>
      <EventLink seq={seq} entity={entity} />
      <span>
        <StateBadge status={statusOf(entity.entity, to)} reason={note.why ?? ''} />
        {note.by === undefined ? null : (
          <span class="dim">
            {' '}
            by <BidiText text={note.by} />
          </span>
        )}
      </span>
      <button
        type="button"
        class="quiet num"
        title={`${type}: go to this moment`}
        onClick={() => goTo({ at: seq })}
      >
        seq {seq}
      </button>
    </li>
  );
}
