import type { ApiEntity } from '../api-types.ts';

/**
 * When each collector last wrote an event, in its own chain or as the author in another chain. That is
 * the evidence that it was alive, because a killed collector writes no last event.
 */
export class CollectorActs {
  /** By the collector's number. */
  readonly lastAt = new Map<number, number>();
  /** When the seats were last read; later, it is not known who has one. */
  seenAt = 0;
  /** The newest collector of each `host/agent`, up to the row that is read. */
  readonly #newest = new Map<string, number>();
  #byAuthor = this.#newest;

  /** Older pages arrive one at a time, each in its order. */
  startPage(): void {
    this.#byAuthor = new Map();
  }

  endPage(): void {
    this.#byAuthor = this.#newest;
  }

  /** Adds a collector that existed before the first row. */
  begin(entity: ApiEntity, number: number, at: number): void {
    if (entity.entity !== 'collector') return;
    const author = `${entity.host}/${entity.agent}`;
    if (!this.#byAuthor.has(author)) this.#byAuthor.set(author, number);
    if (!this.lastAt.has(number)) this.lastAt.set(number, at);
  }

  see(collector: number, at: number): void {
    this.lastAt.set(collector, Math.max(at, this.lastAt.get(collector) ?? 0));
  }

  take(entity: ApiEntity, number: number, at: number, by: string | undefined): void {
    let collector: number | undefined;
    if (entity.entity === 'collector') {
      this.#byAuthor.set(`${entity.host}/${entity.agent}`, number);
      collector = number;
    } else if (by !== undefined) collector = this.#byAuthor.get(by);
    if (collector !== undefined) this.see(collector, at);
  }
}
