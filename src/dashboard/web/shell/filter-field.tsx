import { useState } from 'preact/hooks';
import { filterFields, filterRule, parseRowFilter } from '../../../domain/fleet/row-filter.ts';
import { filterable } from '../model/group-agents.ts';
import { fleet, route, setParams } from '../state/store.ts';

const fields = `${filterFields.join(': ')}: label.NAME=`;

interface Props {
  readonly label: string;
  /** The states to suggest. */
  readonly states: readonly string[];
}

/** The filter of a list, in the language of `rollcall ps --filter`, with suggestions. */
export function FilterField({ label, states }: Props) {
  const { f = '' } = route.value.params;
  const [typing, setTyping] = useState(false);
  return (
    <>
      <input
        type="search"
        value={f}
        placeholder="Filter  /"
        title={`Any part of a name, or a field and its value. Fields: ${fields}. ${filterRule}.`}
        aria-label={label}
        list="words"
        onFocus={() => setTyping(true)}
        onBlur={() => setTyping(false)}
        onInput={(event) => setParams({ f: event.currentTarget.value })}
      />
      {typing ? <Words typed={f} states={states} /> : null}
    </>
  );
}

/** What is wrong with the words of a filter; nothing, if it can be read. */
export function WrongWords({ of }: { readonly of: string }) {
  const { wrong } = parseRowFilter(of);
  if (wrong.length === 0) return null;
  return (
    <>
      A filter cannot read “{wrong.join('”, “')}”. Fields: {fields}. {filterRule}.{' '}
    </>
  );
}

const mostWords = 100;

/** Suggestions for the last word of the filter: the states, zones, services and labels that exist. */
function Words({ typed, states }: { readonly typed: string; readonly states: readonly string[] }) {
  const words = new Set(states.map((state) => `state:${state}`));
  for (const slot of fleet.slots().slice(0, 2000)) {
    if (slot.zone !== '') words.add(`zone:${slot.zone}`);
    for (const one of slot.instances) {
      words.add(`service:${one.service}`);
      for (const label of filterable(slot, one).label ?? []) words.add(`label.${label}`);
    }
    if (words.size > mostWords) break;
  }
  const [before = ''] = /^(?:.*\s)?-?/.exec(typed) ?? [];
  return (
    <datalist id="words">
      {[...words].map((one) => (
        <option key={one} value={before + one} />
      ))}
    </datalist>
  );
}
