/** Values by number, each stored once. */
export class InternTable<T> {
  readonly values: T[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #keyOf: (value: T) => string;

  constructor(keyOf: (value: T) => string) {
    this.#keyOf = keyOf;
  }

  get size(): number {
    return this.values.length;
  }

  /** The number of a value. Adds the value if it is new. */
  of(value: T): number {
    const key = this.#keyOf(value);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.values.length);
    return this.values.push(value) - 1;
  }

  find(key: string): number | undefined {
    return this.#numbers.get(key);
  }

  at(number: number): T {
    const value = this.values[number];
    if (value === undefined) throw new RangeError(`no value has the number ${number}`);
    return value;
  }
}
