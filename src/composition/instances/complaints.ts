/** Reports what is wrong, each text once for as long as it stays wrong. */
export class Complaints {
  readonly #report: (text: string) => void;
  readonly #known = new Map<string, ReadonlySet<string>>();

  constructor(report: (text: string) => void) {
    this.#report = report;
  }

  /** Sets what is wrong about one thing now; nothing: it is right. */
  set(about: string, texts: readonly string[]): void {
    const before = this.#known.get(about);
    for (const text of texts) if (!before?.has(text)) this.#report(text);
    if (texts.length === 0) this.#known.delete(about);
    else this.#known.set(about, new Set(texts));
  }

  /** Forgets the things that are gone. */
  keep(isThere: (about: string) => boolean): void {
    for (const about of this.#known.keys()) if (!isThere(about)) this.#known.delete(about);
  }
}
