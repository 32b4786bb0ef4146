import { useEffect, useRef, useState } from 'preact/hooks';
import type { ApiEntity } from '../../../api-types.ts';
import { clockTime, dayTime } from '../../format/format-time.ts';
import { statusOf } from '../../model/state-styles.ts';
import { entityName } from '../../model/subject.ts';
import { fleet, goTo, route } from '../../state/store.ts';
import { BidiText } from '../../widgets/bidi-text.tsx';
import { StateBadge } from '../../widgets/state-badge.tsx';
import { textOf } from '../../widgets/still.ts';
import { EventDetails } from './event-details.tsx';
import type { Folded } from './fold-repeats.ts';

interface Props {
  readonly folded: Folded;
  /** Events are missing before it, so its previous state is unknown. */
  readonly unsure: boolean;
}

/** One row of a history. It expands to the details of the event. */
export function EventRow({ folded, unsure }: Props) {
  const { newest, all } = folded;
  const asked = all.some(({ seq }) => route.value.params['open'] === String(seq));
  const [open, setOpen] = useState(asked);
  const line = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (!asked) return;
    setOpen(true);
    line.current?.scrollIntoView({ block: 'nearest' });
  }, [asked]);
  const entity = fleet.entities[newest.entity];
  if (!entity) return null;
  const { seq, at, type, from, to, note } = newest;
  const [was, is] = [
    from === null ? null : statusOf(entity.entity, from),
    statusOf(entity.entity, to),
  ];
  const ofInstance = route.value.params['of']?.startsWith('instance') === true;
  const detail = detailOf(entity, ofInstance);
  const oldest = all.at(-1);
  return (
    <li ref={line} class={`event${open ? ' open' : ''}`}>
      <div class="event-line">
        <button
          type="button"
          class="quiet fold"
          aria-expanded={open}
          aria-label={`${type}, seq ${seq}: details`}
          onClick={() => setOpen(!open)}
        >
          {open ? '▾' : '▸'}
        </button>
        <time title={dayTime(at)}>
          {all.length > 1 && oldest ? `${clockTime(oldest.at)}–` : ''}
          {clockTime(at)}
        </time>
        <span class="dim kind">{entity.entity}</span>
        <span class="what">
          <b>{type}</b>
          {all.length > 1 ? <span class="count"> ×{all.length}</span> : null}
          {detail === '' ? null : <BidiText class="dim cut" text={` ${detail}`} />}
        </span>
        <span class="move">
          {unsure ? (
            <span class="dim" title={textOf('no-state')}>
              ? →{' '}
            </span>
          ) : was === null || was === is ? null : (
            <>
              <StateBadge status={was} /> →{' '}
            </>
          )}
          <StateBadge status={is} />
        </span>
        <span class="who cut">
          {note.why !== undefined && is !== 'live' ? <span>{note.why} </span> : null}
          {note.by === undefined ? null : (
            <span class="dim">
              by <BidiText text={note.by} />
            </span>
          )}
        </span>
        <button
          type="button"
          class="quiet num"
          title="Go to this moment"
          onClick={() => goTo({ at: seq })}
        >
          seq {seq}
        </button>
      </div>
      {open ? <EventDetails folded={folded} entity={entity} /> : null}
    </li>
  );
}

/** What the page's subject leaves open: the agent of an instance's event, or the instance of an agent's. */
function detailOf(entity: ApiEntity, ofInstance: boolean): string {
  if (ofInstance) return 'agent' in entity ? `${entity.host}/${entity.agent}` : '';
  return entity.entity === 'instance' ? entityName(entity) : '';
}
