import { type ReadonlySignal, signal } from '@preact/signals';

/** A notice that is shown for a time, and only where it appeared. */
export class PlacedNotice<T> {
  readonly #place: ReadonlySignal<string>;
  readonly #shown = signal<{ readonly what: T; readonly place: string } | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(place: ReadonlySignal<string>) {
    this.#place = place;
  }

  get value(): T | null {
    const shown = this.#shown.value;
    return shown?.place === this.#place.value ? shown.what : null;
  }

  show(what: T, seconds = 10): void {
    clearTimeout(this.#timer);
    this.#shown.value = { what, place: this.#place.peek() };
    this.#timer = setTimeout(() => this.clear(), seconds * 1000);
  }

  clear(): void {
    this.#shown.value = null;
  }
}
