import { RecordBudget } from '../../../domain/records/record-budget.ts';
import type { KeyValueEntry } from '../../../domain/records/stored-record.ts';
import type { SnapshotReader } from '../../../ports/watch.ts';
import { deliveredEntry } from '../connection/message.ts';
import type { BucketNames } from '../connection/subject-names.ts';
import type { Delivered } from './supervised-consumer.ts';

/** The entries of one try of a snapshot. With a reader, only the tombstones are kept. */
export class CollectedEntries {
  readonly #bucket: BucketNames;
  readonly #reader: SnapshotReader | undefined;
  readonly #entries = new Map<string, KeyValueEntry>();
  /** What a host wrote without measure must not fill the memory before the end of the snapshot. */
  readonly #budget = new RecordBudget();

  constructor(bucket: BucketNames, reader: SnapshotReader | undefined) {
    this.#bucket = bucket;
    this.#reader = reader;
    reader?.begin();
  }

  /** In the order of revisions. */
  get entries(): readonly KeyValueEntry[] {
    return [...this.#entries.values()];
  }

  add(messages: readonly Delivered[]): void {
    const entries = messages.map(({ msg, seq }) => deliveredEntry(this.#bucket, msg, seq));
    this.#reader?.take(entries);
    for (const entry of entries) {
      if (this.#reader === undefined) this.#keep(entry);
      else if (entry.text === undefined) this.#entries.set(entry.key, entry);
      else if (this.#entries.size > 0) this.#entries.delete(entry.key);
    }
  }

  #keep(entry: KeyValueEntry): void {
    const { key } = entry;
    const kept = this.#budget.take(entry, this.#entries.get(key)?.text !== undefined);
    // One that was overwritten during the read moves, so that the map stays in the order of revisions.
    this.#entries.delete(key);
    this.#entries.set(key, kept);
  }
}
