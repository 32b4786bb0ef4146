/** Fields of `--json` documents that are wall-clock times, in ms since 1970. */
const times: readonly string[] = [
  ...['since', 'at', 'until', 'latest', 'firstAt', 'lastAt', 'keptSince'],
];

/**
 * The document, with each time of it also as text in ISO 8601, for people and for tools without a clock:
 * `since: 1764403200000` and `sinceIso: '2025-11-29T08:00:00.000Z'`. A time that is null stays null.
 */
export function withIsoTimes(document: object): Record<string, unknown> {
  const fields: Record<string, unknown> = { ...document };
  for (const name of times) {
    const value = fields[name];
    if (typeof value === 'number') fields[`${name}Iso`] = isoOf(value);
    else if (value === null) fields[`${name}Iso`] = null;
  }
  return fields;
}

/** A clock may be outside what a date can show: 100 million days from 1970. */
const isoOf = (time: number): string | null => {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
};
