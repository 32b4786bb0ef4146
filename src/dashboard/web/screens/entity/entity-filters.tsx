import { useState } from 'preact/hooks';
import { problems } from '../../../history/event-classes.ts';
import type { Transition } from '../../../history/query-types.ts';
import { allIn, type Document } from '../../model/event-document.ts';
import { eventsOf, type Subject } from '../../model/subject.ts';
import { apiPath } from '../../protocol/api-path.ts';
import { moment, roll, route, setParams } from '../../state/store.ts';
import { useFetch } from '../../state/use-query.ts';
import { type FieldChanges, fieldChanges, fieldsIn, touches } from './field-changes.ts';

/** So many events are looked through for what they changed: the server's own limit. */
const most = 500;

/** Which rows the address asks for. */
export function isWanted(
  { entity, type, from, to, note, seq }: Transition,
  words: Readonly<Record<string, string>>,
  changes: FieldChanges | undefined,
): boolean {
  const only = words['only'] ?? '';
  const field = words['field'] ?? '';
  const kind = roll.entities[entity]?.entity ?? '';
  if (only === 'problems' && !problems.has(type)) return false;
  if (only === 'moves' && from === to) return false;
  if (only !== '' && only !== 'problems' && only !== 'moves' && kind !== only) return false;
  if (field !== '' && !touches(changes?.get(seq), field)) return false;
  const text = (words['f'] ?? '').toLowerCase();
  return `${type} ${to} ${note.why ?? ''} ${note.by ?? ''}`.toLowerCase().includes(text);
}

/** What the newest events of a subject changed in its records; asked for only where it is needed. */
export function useFieldChanges(subject: Subject | undefined, wanted: boolean) {
  const before = (moment.value?.seq ?? 0) + 1;
  const { value, failed } = useFetch<{ events: Document[]; more: boolean }>(
    subject && wanted ? apiPath(`${eventsOf(subject, true)}&limit=${most}&before=${before}`) : null,
  );
  return { changes: value && fieldChanges(allIn(value)), failed, more: value?.more === true };
}

interface Props {
  readonly kinds: readonly string[];
  readonly changes: FieldChanges | undefined;
  onField(): void;
}

export function EntityFilters({ kinds, changes, onField }: Props) {
  const { params: words } = route.value;
  const field = words['field'] ?? '';
  const [typed, setTyped] = useState(field);
  return (
    <>
      <label class="pick">
        Show
        <select
          value={words['only'] ?? ''}
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
        value={words['f'] ?? ''}
        placeholder="Filter  /"
        aria-label="Filter by event, state, reason"
        onInput={(event) => setParams({ f: event.currentTarget.value })}
      />
      <input
        type="search"
        class="field"
        list="fields"
        value={typed}
        placeholder="field that changed"
        aria-label="Rows where this field of the record changed"
        onFocus={onField}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          setParams({ field: event.currentTarget.value.trim() });
        }}
      />
      <datalist id="fields">
        {changes ? fieldsIn(changes).map((one) => <option key={one} value={one} />) : null}
      </datalist>
    </>
  );
}
