/** The values of one page, each with an index in that page. `read` returns a value by its number in the history. */
export class LocalIds<T> {
  readonly all: T[] = [];
  readonly #numbers = new Map<number, number>();
  readonly #read: (number: number) => T;

  constructor(read: (number: number) => T) {
    this.#read = read;
  }

  of(number: number): number {
    const known = this.#numbers.get(number);
    if (known !== undefined) return known;
    this.#numbers.set(number, this.all.length);
    return this.all.push(this.#read(number)) - 1;
  }
}
