import type { Disconnect } from '../../../ports/disconnects.ts';

/** Whom the server tells of connections that closed. */
export class Advisories {
  /** Whether it tells anybody: an operator has to grant that. */
  granted = true;
  readonly #listeners = new Set<(departure: Disconnect) => void>();

  listen(listener: (departure: Disconnect) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  announce(departure: Disconnect): void {
    if (!this.granted) return;
    for (const listener of [...this.#listeners]) listener(departure);
  }
}
