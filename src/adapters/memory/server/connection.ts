import type { Slot } from '../../../domain/identity/names.ts';
import { type Millis, seconds } from '../../../domain/time.ts';
import type { Disconnect } from '../../../ports/disconnects.ts';
import type { MemoryServer } from './memory-server.ts';

/**
 * How the server gets on with a client: it answers; it says nothing and its socket is open (SIGSTOP);
 * nothing of it arrives, not even that it closed (a cut line, a host without power).
 */
export type ServerCondition = 'answering' | 'silent' | 'cut-off';

/** How long the server waits for one that says nothing: what the embedded one does. */
export const staleAfter: Millis = seconds(6);

/** A client's connection as the server knows it, and the advisory that says how it ended. */
export class Connection {
  readonly #world: MemoryServer;
  readonly #slot: Slot | undefined;
  #condition: ServerCondition = 'answering';
  /** As far as the server knows. */
  #open = true;
  /** The client has closed it and will not come back. */
  #closed = false;
  #waiting: AbortController | undefined;

  /** @param slot whose process has it, where it is an agent's: it is named by that */
  constructor(world: MemoryServer, slot?: Slot) {
    this.#world = world;
    this.#slot = slot;
  }

  /** One that answers again after the server gave it up has connected again. */
  become(condition: ServerCondition): void {
    this.#condition = condition;
    if (this.#closed) return;
    if (condition === 'answering') this.#hear();
    else if (this.#open && !this.#waiting) void this.#wait();
  }

  /** The client closes it, or its process dies: cut off, the server has to find out. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#condition !== 'cut-off') this.#end('closed-by-client', 'Client Closed');
  }

  /** The server drops it (too slow a reader, a broken socket): its process is on its way back. */
  drop(reason: string): void {
    this.#end('other', reason);
  }

  /** Whether the server knows it: what it has subscribed to ends with it. */
  get isOpen(): boolean {
    return this.#open;
  }

  #hear(): void {
    this.#waiting?.abort();
    this.#waiting = undefined;
    this.#open = true;
  }

  async #wait(): Promise<void> {
    const waiting = new AbortController();
    this.#waiting = waiting;
    await this.#world.clock.sleep(staleAfter, waiting.signal);
    if (!waiting.signal.aborted) this.#end('other', 'Stale Connection');
  }

  #end(how: Disconnect['how'], reason: string): void {
    this.#waiting?.abort();
    this.#waiting = undefined;
    if (!this.#open) return;
    this.#open = false;
    if (this.#slot) this.#world.advisories.announce({ slot: this.#slot, how, reason });
  }
}
