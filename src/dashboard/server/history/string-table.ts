/** Texts by number: each is kept once. */
export class StringTable {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [];

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#texts.length);
    return this.#texts.push(text) - 1;
  }

  at(number: number): string {
    return this.#texts[number] ?? '';
  }

  get all(): readonly string[] {
    return this.#texts;
  }
}

/** Things of a ledger by their number there, and the number each gets in a page of its own. */
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
