import { problems } from '../../../history/event-classes.ts';
import type { Transition } from '../../../history/query-types.ts';
import { fleet, route, setParams } from '../../state/store.ts';

/** Whether a row passes the filters in the address. */
export function isWanted(
  { entity, type, from, to, note }: Transition,
  params: Readonly<Record<string, string>>,
): boolean {
  const only = params['only'] ?? '';
  const kind = fleet.entities[entity]?.entity ?? '';
  if (only === 'problems' && !problems.has(type)) return false;
  if (only === 'moves' && from === to) return false;
  if (only !== '' && only !== 'problems' && only !== 'moves' && kind !== only) return false;
  const text = (params['f'] ?? '').toLowerCase();
  return `${type} ${to} ${note.why ?? ''} ${note.by ?? ''}`.toLowerCase().includes(text);
}

export function EntityFilters({ kinds }: { readonly kinds: readonly string[] }) {
  const { params } = route.value;
  return (
    <>
      <label class="pick">
        Show
        <select
          value={params['only'] ?? ''}
          onChange={(event) => setParams({ only: event.currentTarget.value })}
        >
          <option value="">everything</option>
          <option value="moves">changes of state</option>
          <option value="problems">problems</option>
          {kinds.map((kind) => (
            <option key={kind} value={kind}>
              {kind} only
            </option>
          ))}
        </select>
      </label>
      <input
        type="search"
        value={params['f'] ?? ''}
        placeholder="Filter  /"
        aria-label="Filter by event, state, reason"
        onInput={(event) => setParams({ f: event.currentTarget.value })}
      />
    </>
  );
}
