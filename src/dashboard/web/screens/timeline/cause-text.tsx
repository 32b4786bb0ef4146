import type { ApiCauses, ApiRelatedEvent } from '../../../api-types.ts';
import { clockTime, formatCount } from '../../format/format-time.ts';
import { goTo } from '../../state/store.ts';
import { EventLink } from '../../widgets/event-link.tsx';
import { textOf } from '../../widgets/still.ts';
import { useCauses, useSettledHover } from './hovered-transition.ts';

/** The same as text, with links to the events. It stays after the pointer leaves. */
export function CauseText() {
  const on = useSettledHover();
  const causes = useCauses(on);
  return (
    <p class="causes" role="status">
      {on ? (
        <>
          <EventTime one={on} />{' '}
          <EventLink {...on}>
            <b>{on.type}</b>{' '}
          </EventLink>
          {causes?.by ? <span class="dim"> by {causes.by}</span> : null}
          {causes ? <CauseList causes={causes} /> : null}
        </>
      ) : (
        <span class="dim">{textOf('hover')}</span>
      )}
    </p>
  );
}

const named = 3;

function CauseList({ causes: { cause, far, led, more } }: { readonly causes: ApiCauses }) {
  const types = Map.groupBy(led, ({ type }) => type);
  return (
    <>
      {cause ? (
        <span>
          {' '}
          · caused by <EventTime one={cause} /> <EventLink {...cause}>{cause.type} </EventLink>
        </span>
      ) : null}
      {far ? <span class="dim"> · the cause is not in memory</span> : null}
      {cause || far || led.length > 0 ? null : <span class="dim"> · no recorded cause</span>}
      {[...types].map(([type, all]) => (
        <span key={type}>
          {' '}
          · caused {type}{' '}
          {all.slice(0, named).map((one) => (
            <span key={one.seq}>
              <EventLink {...one} /> <EventTime one={one} />{' '}
            </span>
          ))}
          {all.length > named ? `and ${all.length - named} more` : ''}
        </span>
      ))}
      {more > 0 ? <span class="dim"> · and {formatCount(more, 'more event')}</span> : null}
    </>
  );
}

function EventTime({ one: { seq, at } }: { readonly one: Pick<ApiRelatedEvent, 'seq' | 'at'> }) {
  return (
    <button type="button" class="link num" title={`seq ${seq}`} onClick={() => goTo({ at: seq })}>
      {clockTime(at)}
    </button>
  );
}
