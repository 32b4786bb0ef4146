import { allWords } from './state-words.ts';

/** The fields that a filter can name. */
export const filterFields = ['state', 'zone', 'service', 'host', 'agent'] as const;
type FilterField = (typeof filterFields)[number];

/** One word of a filter. `field` undefined: the value may be anywhere. */
interface FilterTerm {
  readonly field: FilterField | 'label' | undefined;
  /** One of them must match. For a label each is `name=value`. */
  readonly values: readonly string[];
  /** None of them may match instead. */
  readonly isNegated: boolean;
}

/** A filter as it was typed. */
export interface RowFilter {
  readonly terms: readonly FilterTerm[];
  /** Words that cannot be read: fields and states that do not exist, `state:`, and operators such as `or`. */
  readonly wrong: readonly string[];
}

/** What a filter looks at. `state` and `service` may have several values, one for each instance. */
export type Filterable = Readonly<Record<FilterField, readonly string[]>> & {
  /** Labels as `name=value`. Absent where they are not known: then no label matches. */
  readonly label?: readonly string[];
  /** Everything that a word without a field may match, in lower case. */
  readonly text: () => string;
};

/**
 * Parses a filter: words with a space between, of which all must match.
 *
 * `state:dubious` compares a whole value; `host:db-*` may have one `*` at its end; `label.tier=gold` and
 * `label.tier=*` compare a label; a word without a field matches any part of any name. `state:live,dubious` matches one
 * of the values, and `-state:live` what `state:live` does not match. Upper and lower case are the same.
 */
export function parseRowFilter(text: string): RowFilter {
  const terms: FilterTerm[] = [];
  const wrong: string[] = [];
  for (const typed of text.toLowerCase().split(/\s+/).filter(Boolean)) {
    const isNegated = /^-./.test(typed);
    const word = isNegated ? typed.slice(1) : typed;
    const [, label, labelled = ''] = /^label\.([^=!]+=)(.*)$/.exec(word) ?? [];
    const [, name, value = word] = /^([a-z]+):(.*)$/.exec(word) ?? [];
    const field = filterFields.find((one) => one === name);
    if (label !== undefined) {
      // A value may contain a comma.
      const values = [labelled, ...oneOf(labelled)].map((one) => label + one);
      terms.push({ field: 'label', values, isNegated });
    } else if (operator.test(word) || (name !== undefined && (!field || value === '')))
      wrong.push(typed);
    else {
      const values = oneOf(value);
      terms.push({ field, values, isNegated });
      if (field === 'state' && unknownState(values) !== undefined) wrong.push(typed);
    }
  }
  return { terms, wrong };
}

/** What other filters have for `,`, `-` and `:`; and a `-` without its word. */
const operator = /^(?:or|and|not|-|[|&]+|[!(].*|[^:]*!=.*|state=.*)$/;

/** The first of some states that no entity can have. */
export const unknownState = (values: readonly string[]): string | undefined =>
  values.find((value) => !isAmong(allWords.states, value));

/** Whether a state, or one that begins as it does before its `*`, is in a list. */
export const isAmong = (states: readonly string[], wanted: string): boolean =>
  states.some((state) => matchesValue(state, wanted));

const oneOf = (value: string): readonly string[] =>
  /[^,]/.test(value) ? value.split(',').filter(Boolean) : [value];

/** Whether all words of a filter match. */
export const matchesRow = ({ terms, wrong }: RowFilter, row: Filterable): boolean =>
  wrong.length === 0 &&
  terms.every(
    ({ field, values, isNegated }) =>
      isNegated !==
      values.some((value) =>
        field === undefined
          ? row.text().includes(value)
          : row[field]?.some((one) => matchesValue(one.toLowerCase(), value)) === true,
      ),
  );

/** Whether a value in lower case is the wanted one, or begins as `wanted` does before its `*`. */
const matchesValue = (value: string, wanted: string): boolean =>
  wanted.endsWith('*') ? value.startsWith(wanted.slice(0, -1)) : value === wanted;
