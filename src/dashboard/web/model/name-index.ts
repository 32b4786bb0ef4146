/** The instances of each `service/id`, by number. Nearly every name has one. */
export class NameIndex {
  readonly #byName = new Map<string, Set<number>>();
  #byNumber: (Set<number> | undefined)[] = [];
  /** How many names have more than one instance. */
  #shared = 0;

  clear(): void {
    this.#byName.clear();
    this.#byNumber = [];
    this.#shared = 0;
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
  }

  #named(key: string): Set<number> {
    const all = this.#byName.get(key) ?? new Set();
    this.#byName.set(key, all);
    return all;
  }
}

const none: ReadonlySet<number> = new Set();
