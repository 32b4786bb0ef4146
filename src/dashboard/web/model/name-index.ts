/** All instances that stand under one `service/id`, by number. */
export interface Name {
  readonly standing: ReadonlySet<number>;
}

interface Kept extends Name {
  readonly standing: Set<number>;
}

/**
 * Who stands under which name, kept as they come and go: whoever moved once keeps a name shared for
 * ever, and to look for rivals under all of those takes a frame.
 */
export class NameIndex {
  /** Names under which more than one stands. */
  readonly shared = new Set<Name>();
  readonly #byName = new Map<string, Kept>();
  #at: (Kept | undefined)[] = [];

  clear(): void {
    this.shared.clear();
    this.#byName.clear();
    this.#at = [];
  }

  of(service: string, id: string): Name | undefined {
    return this.#byName.get(`${service}/${id}`);
  }

  stand(number: number, { service, id }: { service: string; id: string }, there: boolean): void {
    const name = this.#at[number] ?? this.#named(`${service}/${id}`);
    this.#at[number] = name;
    if (there) name.standing.add(number);
    else name.standing.delete(number);
    if (name.standing.size > 1) this.shared.add(name);
    else this.shared.delete(name);
  }

  #named(key: string): Kept {
    const name = this.#byName.get(key) ?? { standing: new Set() };
    this.#byName.set(key, name);
    return name;
  }
}
