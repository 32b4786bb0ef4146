import { z } from 'zod';
import { readOption } from './options.ts';

const Listener = z.custom<() => void>((value) => typeof value === 'function', 'a function');

/** The listeners of an object, by event. */
export class EventListeners<Event extends string> {
  readonly #listeners = new Map<Event, Set<() => void>>();

  /** Returns a function that removes the listener. @throws {Fault} `bad-setting` if it is not a function */
  on(event: Event, listener: () => void): () => void {
    readOption('listener', Listener, listener);
    const all = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, all.add(listener));
    return () => void all.delete(listener);
  }

  emit(event: Event): void {
    // An exception of a listener is the caller's: it must not end a task of the library.
    for (const listener of this.#listeners.get(event) ?? []) queueMicrotask(listener);
  }
}
