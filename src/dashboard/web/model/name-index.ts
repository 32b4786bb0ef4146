/** The instances of each `service/id`, by number. Nearly every name has one. */
export class NameIndex {
  readonly #byName = new Map<string, Set<number>>();
  #byNumber: (Set<number> | undefined)[] = [];
  /** How many names have more than one instance. */
  #shared = 0;
  /** How many instances each service has. */
  readonly #ofService = new Map<string, number>();
  /** The instances that ended, by name, with the sequences of their ends. */
  readonly #ends = new Map<string, Map<number, number>>();

  clear(): void {
    this.#byName.clear();
    this.#byNumber = [];
    this.#shared = 0;
    this.#ofService.clear();
    this.#ends.clear();
  }

  get hasShared(): boolean {
    return this.#shared > 0;
  }

  of(service: string, id: string): ReadonlySet<number> {
    return this.#byName.get(`${service}/${id}`) ?? none;
  }

  /** The other instances of an instance's name. */
  rivals(number: number): readonly number[] {
    const all = this.#byNumber[number];
    return all && all.size > 1 ? [...all].filter((one) => one !== number) : [];
  }

  set(number: number, { service, id }: { service: string; id: string }, isPresent: boolean): void {
    const all = this.#byNumber[number] ?? this.#named(`${service}/${id}`);
    this.#byNumber[number] = all;
    const before = all.size;
    if (isPresent) all.add(number);
    else all.delete(number);
    this.#shared += Number(all.size > 1) - Number(before > 1);
    if (all.size !== before) {
      this.#ofService.set(service, this.instancesOf(service) + all.size - before);
    }
  }

  /** How many instances a service has. */
  instancesOf = (service: string): number => this.#ofService.get(service) ?? 0;

  /** `seq`: the event that ended the instance; undefined: it has not ended at this moment. */
  setEnd(number: number, { service, id }: { service: string; id: string }, seq?: number): void {
    const key = `${service}/${id}`;
    const ends = this.#ends.get(key);
    if (seq === undefined) ends?.delete(number);
    else if (ends) ends.set(number, seq);
    else this.#ends.set(key, new Map([[number, seq]]));
  }

  /** Whether a name has no instance, and this is the one that ended last. */
  isLastEnd(number: number, { service, id }: { service: string; id: string }): boolean {
    const key = `${service}/${id}`;
    if ((this.#byName.get(key)?.size ?? 0) > 0) return false;
    const ends = this.#ends.get(key);
    const own = ends?.get(number) ?? -1;
    return ![...(ends ?? [])].some(([other, seq]) => other !== number && seq > own);
  }

  #named(key: string): Set<number> {
    const all = this.#byName.get(key) ?? new Set();
    this.#byName.set(key, all);
    return all;
  }
}

const none: ReadonlySet<number> = new Set();
