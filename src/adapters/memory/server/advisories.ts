import type { Departure } from '../../../ports/disconnects.ts';

/** Whom the server tells of connections that closed. */
export class Advisories {
  /** Whether it tells anybody: an operator has to grant that. */
  granted = true;
  readonly #listeners = new Set<(departure: Departure) => void>();

  listen(listener: (departure: Departure) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  announce(departure: Departure): void {
    if (!this.granted) return;
    for (const listener of [...this.#listeners]) listener(departure);
  }
}
