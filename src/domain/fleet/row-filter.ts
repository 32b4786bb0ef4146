/** The fields that a filter can name. */
export const filterFields = ['state', 'zone', 'service', 'host', 'agent'] as const;
type FilterField = (typeof filterFields)[number];

/** One word of a filter. `field` undefined: the value may be anywhere. */
interface FilterTerm {
  readonly field: FilterField | 'label' | undefined;
  /** For a label `name=value`. */
  readonly value: string;
}

/** A filter as it was typed. */
export interface RowFilter {
  readonly terms: readonly FilterTerm[];
  /** Words such as `stat:live`, whose field does not exist. They match nothing. */
  readonly unknown: readonly string[];
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
 * `label.tier=*` compare a label; a word without a field matches any part of any name. Upper and lower case are
 * the same.
 */
export function parseRowFilter(text: string): RowFilter {
  const terms: FilterTerm[] = [];
  const unknown: string[] = [];
  for (const word of text.toLowerCase().split(/\s+/).filter(Boolean)) {
    const [, label] = /^label\.([^=]+=.*)$/.exec(word) ?? [];
    const [, name, value = ''] = /^([a-z]+):(.*)$/.exec(word) ?? [];
    const field = filterFields.find((one) => one === name);
    if (label !== undefined) terms.push({ field: 'label', value: label });
    else if (field !== undefined) terms.push({ field, value });
    else if (name === undefined) terms.push({ field: undefined, value: word });
    else unknown.push(word);
  }
  return { terms, unknown };
}

/** Whether all words of a filter match. */
export function matchesRow({ terms, unknown }: RowFilter, row: Filterable): boolean {
  if (unknown.length > 0) return false;
  return terms.every(({ field, value }) => {
    if (field === undefined) return row.text().includes(value);
    return row[field]?.some((one) => matchesValue(one.toLowerCase(), value)) === true;
  });
}

/** Whether a value in lower case is the wanted one, or begins as `wanted` does before its `*`. */
export const matchesValue = (value: string, wanted: string): boolean =>
  wanted.endsWith('*') ? value.startsWith(wanted.slice(0, -1)) : value === wanted;
