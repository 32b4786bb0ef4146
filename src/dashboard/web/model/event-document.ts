/** An event as the server stores it. */
export interface Document {
  readonly seq: number;
  readonly event?: Omit<Stored, 'seq'>;
}

export interface Stored {
  readonly seq: number;
  readonly of: {
    readonly entity: string;
    readonly host?: string;
    readonly agent?: string;
    readonly run: string;
    readonly service?: string;
    readonly id?: string;
  };
  readonly at: number;
  readonly chart: string;
  readonly edges: readonly string[];
  /** Its number in its chain, and how many events its process lost directly before it. */
  readonly n: number;
  readonly lost?: number;
  readonly event: Readonly<Record<string, unknown>>;
  readonly actor: { readonly host: string; readonly agent: string; readonly run?: string };
  readonly evidence?: Readonly<Record<string, unknown>>;
  readonly record: Readonly<Record<string, unknown>> | null;
  readonly cause?: string;
}

type Fields = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const areTexts = (of: Fields, names: readonly string[]): boolean =>
  names.every((name) => isText(of[name]));

/** Whether a document has the fields that every screen needs. The event is not trusted. */
const isStored = ({ of, at, chart, edges, event, actor, record }: Fields): boolean =>
  isRecord(of) &&
  areTexts(of, ['entity', 'run']) &&
  Number.isFinite(at) &&
  isText(chart) &&
  Array.isArray(edges) &&
  edges.every(isText) &&
  isRecord(event) &&
  isText(event['type']) &&
  isRecord(actor) &&
  areTexts(actor, ['host', 'agent']) &&
  (record === null || isRecord(record));

/** The event in a document; undefined: unreadable. */
export function storedIn(document: Document | undefined): Stored | undefined {
  const event: unknown = document?.event;
  if (!isRecord(event) || !isStored(event) || !Number.isSafeInteger(document?.seq))
    return undefined;
  return { ...(event as unknown as Stored), seq: document?.seq ?? 0 };
}

export const allIn = (answered: { readonly events: readonly Document[] } | undefined): Stored[] =>
  Array.isArray(answered?.events) ? answered.events.flatMap((one) => storedIn(one) ?? []) : [];

/**
 * A text with the number of events of the chain that are missing directly before an event; null: none.
 * `before`: the known earlier events, newest first.
 */
export function missingBefore(event: Stored, before: readonly Stored[]): string | null {
  const chain = chainOf(event);
  const last = before.find((one) => chainOf(one) === chain)?.n ?? 0;
  const unkept = Math.min(event.lost ?? 0, event.n - last - 1);
  const gone = event.n - last - 1 - unkept;
  const parts = [
    gone > 0
      ? `${gone} of its own events before this one: gone, or older than what was looked at`
      : '',
    unkept > 0 ? `${unkept} that its process could not keep` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? null : parts.join('; ');
}

const chainOf = ({ of: { entity, run, service, id } }: Stored): string =>
  JSON.stringify([entity, run, service, id]);
