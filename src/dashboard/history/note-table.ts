import type { ApiDetails } from '../api-types.ts';
import { InternTable } from './intern-table.ts';

/** The number for no row, no text and no note. */
export const none = -0x4000_0000;

const nothing: ApiDetails = {};
/** The number of the note without content. */
const empty = 0;

/** Notes by number, each stored once, and the results of merging two notes. */
export class Notes {
  readonly #notes = new InternTable<ApiDetails>((note) => JSON.stringify(note));
  readonly #merged = new Map<number, number>();

  constructor() {
    this.of(nothing);
  }

  of(note: ApiDetails): number {
    return this.#notes.of(note);
  }

  at(note: number): ApiDetails {
    return note === none ? nothing : this.#notes.at(note);
  }

  /** Merges the newest note of an entity into its earlier notes. */
  together(earlier: number, own: number): number {
    if (own === none || own === empty) return earlier;
    if (earlier === none || earlier === empty) return own;
    const pair = earlier * 0x100_0000 + own;
    const known = this.#merged.get(pair);
    if (known !== undefined) return known;
    const merged = this.of({ ...this.at(earlier), ...this.at(own) });
    this.#merged.set(pair, merged);
    return merged;
  }
}
