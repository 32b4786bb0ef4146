import type { KeyValueEntry } from '../../domain/records/stored-record.ts';
import type { Divergence } from '../../domain/replay/divergence.ts';
import type { RecordUpdate } from '../../domain/replay/fold.ts';
import { compareRecord, sameRecord } from '../../domain/replay/record-diff.ts';

/**
 * A registry that was listed once, and a history that is read on until it has come by what was listed.
 *
 * The registry moves meanwhile, so the two are never equal at one moment. But each record stood, when
 * it was listed, as one event or none had made it: a true history comes by that state of each key, and
 * what it makes of the key later is not the listing's matter.
 */
export class RegistryCatchUp {
  readonly #folded: ReadonlyMap<string, RecordUpdate>;
  /** What was listed of the keys that the history has not come by as listed; undefined: no record. */
  readonly #awaited = new Map<string, string | undefined>();

  /** `whole`: the history has its beginning; else it says nothing of records that it did not touch. */
  constructor(
    folded: ReadonlyMap<string, RecordUpdate>,
    listed: readonly KeyValueEntry[],
    whole: boolean,
  ) {
    this.#folded = folded;
    const known = whole ? listed : listed.filter(({ key }) => folded.has(key));
    const texts = new Map(known.map(({ key, text }) => [key, text]));
    for (const key of folded.keys()) if (!texts.has(key)) texts.set(key, undefined);
    for (const [key, text] of texts) {
      if (!this.#isAs(key, text)) this.#awaited.set(key, text);
    }
  }

  get settled(): boolean {
    return this.#awaited.size === 0;
  }

  /** The history has just changed this key. */
  passed(key: string): void {
    if (this.#awaited.has(key) && this.#isAs(key, this.#awaited.get(key))) {
      this.#awaited.delete(key);
    }
  }

  /** What the history never came by. */
  *divergences(): Generator<Divergence, void, undefined> {
    for (const [key, text] of this.#awaited) {
      const divergence = compareRecord('registry', key, this.#folded.get(key), text);
      if (divergence) yield divergence;
    }
  }

  #isAs(key: string, text: string | undefined): boolean {
    return sameRecord(this.#folded.get(key)?.entry.text, text);
  }
}
