import type { Slot } from '../../../domain/identity/names.ts';
import { type Millis, seconds } from '../../../domain/time.ts';
import type { Disconnect } from '../../../ports/disconnects.ts';
import type { MemoryServer } from './memory-server.ts';

/**
 * The state of a client from the server's view. `answering`: it works. `silent`: its socket is open, but
 * it does not answer (SIGSTOP). `cut-off`: nothing arrives, not even a close (network or power failure).
 */
export type ServerCondition = 'answering' | 'silent' | 'cut-off';

/** The server closes a silent connection after this time, like the embedded server. */
export const staleAfter: Millis = seconds(6);

/** A client's connection on the server. Its end is published as an advisory. */
export class Connection {
  readonly #server: MemoryServer;
  readonly #slot: Slot | undefined;
  #condition: ServerCondition = 'answering';
  /** From the server's view. */
  #open = true;
  /** The client has closed it for good. */
  #closed = false;
  #staleTimer: AbortController | undefined;

  /** @param slot the agent whose process has this connection; the advisory names it */
  constructor(server: MemoryServer, slot?: Slot) {
    this.#server = server;
    this.#slot = slot;
  }

  /** A client that answers again after the server closed its connection has reconnected. */
  become(condition: ServerCondition): void {
    this.#condition = condition;
    if (this.#closed) return;
    if (condition === 'answering') this.#restore();
    else if (this.#open && !this.#staleTimer) void this.#closeWhenStale();
  }

  /** The client closes it or its process dies. If it is cut off, the server notices only by silence. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#condition !== 'cut-off') this.#end('closed-by-client', 'Client Closed');
  }

  /** The server closes it (slow reader, broken socket); the process will reconnect. */
  drop(reason: string): void {
    this.#end('other', reason);
  }

  /** Whether the connection exists on the server; its subscriptions end with it. */
  get isOpen(): boolean {
    return this.#open;
  }

  #restore(): void {
    this.#staleTimer?.abort();
    this.#staleTimer = undefined;
    this.#open = true;
  }

  async #closeWhenStale(): Promise<void> {
    const timer = new AbortController();
    this.#staleTimer = timer;
    await this.#server.clock.sleep(staleAfter, timer.signal);
    if (!timer.signal.aborted) this.#end('other', 'Stale Connection');
  }

  #end(how: Disconnect['how'], reason: string): void {
    this.#staleTimer?.abort();
    this.#staleTimer = undefined;
    if (!this.#open) return;
    this.#open = false;
    if (this.#slot) this.#server.advisories.announce({ slot: this.#slot, how, reason });
  }
}
