import { jsonLine } from './escape-terminal.ts';

/** Fields of `--json` documents that are wall-clock times, in ms since 1970, or null. */
const times: ReadonlySet<string> = new Set([
  ...['since', 'at', 'until', 'latest', 'firstAt', 'lastAt', 'keptSince', 'storedAt'],
  ...['startedAt', 'registeredAt', 'createdAt', 'endsAt'],
]);
/** Fields that are times if they are numbers: in other documents they are states or rows. */
const timesIfNumber: ReadonlySet<string> = new Set(['from', 'to', 'was']);

/**
 * The document, with each time of it also as text in ISO 8601, for people and for tools without a clock:
 * `since: 1764403200000` and `sinceIso: '2025-11-29T08:00:00.000Z'`. A time that is null stays null. One rule for all
 * documents, also for those within others.
 */
export function withIsoTimes(document: object): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  const iso: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(document)) {
    fields[name] = withInnerTimes(value);
    if (typeof value === 'number' && (times.has(name) || timesIfNumber.has(name)))
      iso[`${name}Iso`] = isoOf(value);
    else if (value === null && times.has(name)) iso[`${name}Iso`] = null;
  }
  return { ...fields, ...iso };
}

function withInnerTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withInnerTimes);
  return typeof value === 'object' && value !== null ? withIsoTimes(value) : value;
}

/** A document of `--json` on one line, with its times as text too. */
export const documentLine = (document: object): string => jsonLine(withIsoTimes(document));

/** A clock may be outside what a date can show: 100 million days from 1970. */
export const isoOf = (time: number): string | null => {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
};
