import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { filterProblem, filterRule } from '../../../domain/filter/filter-problem.ts';
import type { StateWords } from '../../../domain/filter/state-words.ts';
import { formatCount, formatNumber } from '../format/format-time.ts';
import { filterable, type InstancesFound } from '../model/group-agents.ts';
import { fleet, route, setParams } from '../state/store.ts';

interface Props {
  /** What the list shows: `agents`. */
  readonly of: string;
  /** The states that a word of the filter can name. */
  readonly words: StateWords;
}

/** The filter of a list, in the language of `rollcall ps --filter`, with suggestions. */
export function FilterField({ of, words }: Props) {
  const { f = '' } = route.value.params;
  const [typing, setTyping] = useState(false);
  return (
    <>
      <input
        type="search"
        value={f}
        placeholder={`Filter ${of}  /`}
        title={filterRule}
        aria-label={`Filter ${of} by name, zone, service, state`}
        list="words"
        onFocus={() => setTyping(true)}
        onBlur={() => setTyping(false)}
        onInput={(event) => setParams({ f: event.currentTarget.value })}
      />
      {typing ? <Words typed={f} {...words} /> : null}
    </>
  );
}

interface NoteProps {
  readonly text: string;
  readonly words: StateWords;
  /** How many rows match, of how many, and what one is. */
  readonly found: readonly [count: number, all: number, one: string];
  readonly children?: ComponentChildren;
}

/** What a filter finds, or what is wrong with it. */
export function FilterNote({ text, words, found: [count, all, one], children }: NoteProps) {
  if (text === '') return null;
  const { problem, meant, advice } = filterProblem(text, words) ?? {};
  return (
    <p class={`panel ${count > 0 ? 'strip-note' : 'notice'}`} data-testid="filtered">
      {problem ? (
        <>
          {problem}.{' '}
          {meant ? (
            <>
              Write{' '}
              <button type="button" class="link" onClick={() => setParams({ f: meant })}>
                {meant}
              </button>
            </>
          ) : (
            advice
          )}
        </>
      ) : (
        <>
          {formatNumber(count)} of {formatCount(all, one)} match “{text}”{children}
        </>
      )}
      .{' '}
      <button type="button" onClick={() => setParams({ f: '', state: '' })}>
        Clear filter
      </button>
    </p>
  );
}

/** How many instances a filter finds, the same on all screens. */
export const instancesFound = ({ found, all, lost }: InstancesFound): string =>
  `, with ${formatNumber(found)} of ${formatCount(all, 'instance')}${lost > 0 ? ` and ${lost} lost` : ''}`;

const mostWords = 100;

/** Suggestions for the last word of the filter: the states, zones, services and labels that exist. */
function Words({ typed, states }: { readonly typed: string } & Pick<StateWords, 'states'>) {
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
