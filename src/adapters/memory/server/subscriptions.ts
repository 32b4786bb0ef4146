import type { Notice, Pong } from '../../../ports/run-messaging.ts';
import type { Transport } from './transport.ts';

/** One who listens on a run's subject, and the line to it. */
export interface Answerer {
  readonly link: Transport;
  /** Whether the server still has its connection. */
  readonly isOpen: () => boolean;
  pong(): Pong;
  told(notice: Notice): void;
}

/** Who listens where: the server's table of subscriptions. */
export class Subscriptions {
  readonly #at = new Map<string, Set<Answerer>>();

  add(subject: string, answerer: Answerer): void {
    const there = this.#at.get(subject);
    if (there) there.add(answerer);
    else this.#at.set(subject, new Set([answerer]));
  }

  remove(subject: string, answerer: Answerer): void {
    this.#at.get(subject)?.delete(answerer);
  }

  on(subject: string): readonly Answerer[] {
    return [...(this.#at.get(subject) ?? [])].filter(({ isOpen }) => isOpen());
  }
}
