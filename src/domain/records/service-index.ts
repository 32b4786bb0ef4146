import type { ViewInstance } from './stored-record.ts';

/** The records of one name. Nearly always one; a map for each of 100 000 would take 25 MB. */
type RecordsOfName<I> = I | Map<string, I>;

/** Instances by service, then by id. */
export class ServiceIndex<I extends ViewInstance> {
  readonly #services = new Map<string, Map<string, RecordsOfName<I>>>();
  /** How many names have several records. Mostly none, and then no name is looked up. */
  #contested = 0;

  /** Names of the services that have a record. */
  services(): IterableIterator<string> {
    return this.#services.keys();
  }

  has(service: string): boolean {
    return this.#services.has(service);
  }

  *of(service: string): Generator<I> {
    for (const records of this.#services.get(service)?.values() ?? []) {
      if (records instanceof Map) yield* records.values();
      else yield records;
    }
  }

  /** All records of one `service/id`, by key. */
  named(service: string, id: string): ReadonlyMap<string, I> {
    const there = this.#services.get(service)?.get(id);
    if (there === undefined || there instanceof Map) return there ?? new Map();
    return new Map([[there.key, there]]);
  }

  isContested(service: string, id: string): boolean {
    if (this.#contested === 0) return false;
    const there = this.#services.get(service)?.get(id);
    return there instanceof Map && there.size > 1;
  }

  add(instance: I): void {
    const { service, id } = instance.record;
    let ids = this.#services.get(service);
    if (!ids) {
      ids = new Map();
      this.#services.set(service, ids);
    }
    const entry = ids.get(id);
    if (entry === undefined) {
      ids.set(id, instance);
      return;
    }
    const records = entry instanceof Map ? entry : new Map([[entry.key, entry]]);
    const before = records.size;
    records.set(instance.key, instance);
    if (before === 1 && records.size === 2) this.#contested += 1;
    ids.set(id, records);
  }

  remove(instance: I): void {
    const { service, id } = instance.record;
    const ids = this.#services.get(service);
    const entry = ids?.get(id);
    if (entry instanceof Map && entry.delete(instance.key) && entry.size === 1)
      this.#contested -= 1;
    if (entry === instance || (entry instanceof Map && entry.size === 0)) ids?.delete(id);
    if (ids?.size === 0) this.#services.delete(service);
  }
}
