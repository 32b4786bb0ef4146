import type { ViewInstance } from './stored-record.ts';

/** The records of one name. Nearly always one; a map for each of 100 000 would take 25 MB. */
type RecordsOfName<I> = I | Map<string, I>;

/** Instances by service, then by id. */
export class ServiceIndex<I extends ViewInstance> {
  readonly #services = new Map<string, Map<string, RecordsOfName<I>>>();

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
    if (entry === undefined) ids.set(id, instance);
    else if (entry instanceof Map) entry.set(instance.key, instance);
    else ids.set(id, new Map([entry, instance].map((each) => [each.key, each])));
  }

  remove(instance: I): void {
    const { service, id } = instance.record;
    const ids = this.#services.get(service);
    const entry = ids?.get(id);
    if (entry instanceof Map) entry.delete(instance.key);
    if (entry === instance || (entry instanceof Map && entry.size === 0)) ids?.delete(id);
    if (ids?.size === 0) this.#services.delete(service);
  }
}
