import type { Disconnect } from '../../../ports/disconnects.ts';
import type { Notice, Pong } from '../../../ports/run-messaging.ts';
import type { Transport } from './transport.ts';

/** A subscriber of a run's subject, and the transport to it. */
export interface Subscriber {
  readonly transport: Transport;
  /** Whether its connection still exists on the server. */
  readonly isOpen: () => boolean;
  pong(): Pong;
  onNotice(notice: Notice): void;
}

/** The server's table of subscriptions. */
export class Subscriptions {
  readonly #bySubject = new Map<string, Set<Subscriber>>();

  add(subject: string, subscriber: Subscriber): void {
    const existing = this.#bySubject.get(subject);
    if (existing) existing.add(subscriber);
    else this.#bySubject.set(subject, new Set([subscriber]));
  }

  remove(subject: string, subscriber: Subscriber): void {
    this.#bySubject.get(subject)?.delete(subscriber);
  }

  on(subject: string): readonly Subscriber[] {
    return [...(this.#bySubject.get(subject) ?? [])].filter(({ isOpen }) => isOpen());
  }
}

/** The server's disconnect advisories and their listeners. */
export class Advisories {
  /** Whether advisories are published: an operator has to enable that. */
  granted = true;
  readonly #listeners = new Set<(disconnect: Disconnect) => void>();

  listen(listener: (disconnect: Disconnect) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  announce(disconnect: Disconnect): void {
    if (!this.granted) return;
    for (const listener of [...this.#listeners]) listener(disconnect);
  }
}
