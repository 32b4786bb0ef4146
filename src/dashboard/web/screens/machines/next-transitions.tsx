import type { ApiExplanation, ApiNextTransition } from '../../../api-types.ts';
import { countdown } from '../../format/format-time.ts';
import type { EntityState } from '../../model/agent-model.ts';
import { nextOf } from '../../model/issues.ts';
import { apiPath } from '../../protocol/api-path.ts';
import { fleet, isPast, moment, now } from '../../state/store.ts';
import { useFetch } from '../../state/use-query.ts';
import { still } from '../../widgets/still.ts';

/** The event that comes by itself: it is listed first. */
const timed = 'expired';

const unsure = still('unsure');

/** The transitions that are possible next. */
export function NextTransitions({ actor }: { readonly actor: EntityState }) {
  const at = isPast.value ? `&at=${moment.value?.seq ?? 0}` : '';
  const { value, failed } = useFetch<ApiExplanation>(
    apiPath(`explain?entity=${encodeURIComponent(JSON.stringify(actor.entity))}${at}`),
    actor.seq,
  );
  const { entity } = actor;
  const slot = entity.entity === 'run' ? fleet.slot(entity.host, entity.agent) : undefined;
  const due = slot?.entityState.number === actor.number ? nextOf(slot, fleet).at : null;
  return (
    <section>
      <h3>What may happen next</h3>
      {failed === undefined ? null : <p class="dim">{failed}</p>}
      {value && value.next.length === 0 ? <p class="dim">Nothing: this is a final state.</p> : null}
      <ul class="next-list">
        {value?.next
          .toSorted((a, b) => Number(b.event === timed) - Number(a.event === timed))
          .map((one) => (
            <NextRow key={one.edge} one={one} due={one.event === timed ? due : null} />
          ))}
      </ul>
      {value?.unsure ? <p class="dim" ref={unsure} /> : null}
    </section>
  );
}

function NextRow({ one, due }: { readonly one: ApiNextTransition; readonly due: number | null }) {
  const { event, targets, guard, holds, description } = one;
  return (
    <li>
      <b>{event}</b> → {targets.map((target) => target.split('.').at(-1)).join(', ') || 'stays'}
      {guard === null ? null : ` [${guard}]`}
      {holds === null ? null : (
        <span class={holds ? 'good' : 'bad'}>{holds ? ' ✓ holds' : ' ✗ does not hold'}</span>
      )}
      {due === null ? null : <span class="num"> {countdown(due, now.value)} at the earliest</span>}
      {description === null ? null : <p class="dim">{description}</p>}
    </li>
  );
}
