/** An event as the server keeps it. */
export interface Document {
  readonly seq: number;
  readonly event?: Omit<Stored, 'seq'>;
}

export interface Stored {
  readonly seq: number;
  readonly of: {
    readonly entity: string;
    readonly run: string;
    readonly service?: string;
    readonly id?: string;
  };
  readonly at: number;
  readonly chart: string;
  readonly edges: readonly string[];
  readonly event: Readonly<Record<string, unknown>>;
  readonly actor: { readonly host: string; readonly agent: string; readonly run?: string };
  readonly evidence?: Readonly<Record<string, unknown>>;
  readonly record: Readonly<Record<string, unknown>> | null;
  readonly cause?: string;
}

/** One event out of its document; undefined: it can't be read. */
export const storedIn = (document: Document | undefined): Stored | undefined =>
  document?.event ? { ...document.event, seq: document.seq } : undefined;

export const allIn = (answered: { readonly events: readonly Document[] } | undefined): Stored[] =>
  (answered?.events ?? []).flatMap((one) => storedIn(one) ?? []);
