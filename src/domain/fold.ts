import type { Entry } from './entry.ts';
import type { AuditEvent } from './events.ts';
import { agentKey, instanceKey } from './keys.ts';
import type { Recorded } from './recorded.ts';
import type { Revision } from './time.ts';

/** What an event made of the registry: the key, and the record's text or its removal. */
export interface Folded {
  readonly run: string;
  /** The event's place in the audit. */
  readonly seq: Revision;
  readonly entry: Entry & { readonly text: string };
}

/**
 * The registry as the events make it (G8).
 *
 * Total: whatever it is given, in whatever order, it does not throw. The revision of an entry is that
 * of the event, which was stored in the same commit as the record: it orders as the record's own does.
 */
export class Fold {
  readonly #records = new Map<string, Folded>();

  /** The records that stand, by key. */
  get records(): ReadonlyMap<string, Folded> {
    return this.#records;
  }

  /** Starts from records that were folded before. */
  static from(records: Iterable<Folded>): Fold {
    const fold = new Fold();
    for (const one of records) fold.#records.set(one.entry.key, one);
    return fold;
  }

  /** Takes one event in; returns what it changed, `undefined` for an event that changes no record. */
  take({ event, hash, origin, seq }: Recorded): Entry | undefined {
    const key = keyOf(event);
    if (key === undefined) return undefined;
    const { run } = event.of;
    if (event.record !== null) {
      const text = JSON.stringify({ ...event.record, hash });
      const entry = { key, revision: origin, text };
      this.#records.set(key, { run, seq, entry });
      return entry;
    }
    // The end of a chain removes its record, unless another run has taken it over by then.
    if (this.#records.get(key)?.run !== run) return undefined;
    this.#records.delete(key);
    return { key, revision: origin, text: undefined };
  }
}

/** The registry key that an event's entity has; a process has none. */
export function keyOf({ of }: AuditEvent): string | undefined {
  switch (of.entity) {
    case 'run':
      return agentKey(of);
    case 'instance':
      return instanceKey(of);
    case 'session':
    case 'collector':
      return undefined;
    default:
      return of satisfies never;
  }
}
