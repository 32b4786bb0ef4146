import type { ChainRef, StateValue } from '../domain/events.ts';
import type { Ports } from '../ports/ports.ts';
import type { EventWrite } from '../ports/registry.ts';
import { type Author, chainEvent } from './change.ts';
import { patiently } from './patience.ts';
import { begin, type Step, type Steppable, step } from './step.ts';

/** A transition of a process, as its owner is told. */
export interface ProcessTransition {
  readonly machine: string;
  readonly event: { readonly type: string } & Record<string, unknown>;
  readonly from: StateValue;
  readonly to: StateValue;
}

/** What is kept while the store does not answer; older events go first, and the gap shows in `n`. */
const bufferedAtMost = 10_000;

/**
 * A machine of this process and its chain of events. It has no record: the chain is appended as the
 * store lets it, in order, and its tail dies with the process.
 */
export class ProcessChain {
  readonly #of: ChainRef;
  readonly #author: Author;
  readonly #steppable: Steppable;
  readonly #ports: Pick<Ports, 'audit' | 'clock' | 'entropy' | 'log'>;
  readonly #buffer: EventWrite[] = [];
  readonly #end = new AbortController();
  #standing: { value: StateValue; context: unknown };
  #n = 0;
  #prev: string | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    of: ChainRef,
    author: Author,
    steppable: Steppable,
    ports: Pick<Ports, 'audit' | 'clock' | 'entropy' | 'log'>,
  ) {
    this.#of = of;
    this.#author = author;
    this.#steppable = steppable;
    this.#ports = ports;
    const first = begin(steppable);
    this.#standing = { value: first.to, context: first.context };
  }

  get state(): StateValue {
    return this.#standing.value;
  }

  get context(): unknown {
    return this.#standing.context;
  }

  /** Steps the machine and appends the transition; `ignored` where it has none. */
  take(event: ProcessTransition['event']): Step | 'ignored' {
    const taken = step(this.#steppable, this.#standing, event);
    if (taken === 'ignored') return 'ignored';
    this.#standing = { value: taken.to, context: taken.context };
    this.#n += 1;
    const link = { of: this.#of, n: this.#n, prev: this.#prev };
    const sealed = chainEvent(this.#author, link, this.#steppable, taken, event, null, {});
    this.#prev = sealed.head.hash;
    this.#append(sealed.write);
    return taken;
  }

  /** Resolves when all that was taken is stored, or at the signal. */
  async flushed(signal: AbortSignal): Promise<void> {
    const giveUp = () => this.#end.abort();
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    await this.#writing;
    signal.removeEventListener('abort', giveUp);
  }

  #append(event: EventWrite): void {
    this.#buffer.push(event);
    if (this.#buffer.length > bufferedAtMost) {
      const dropped = this.#buffer.shift();
      this.#ports.log.warn('audit-dropped', { subject: dropped?.subject });
    }
    this.#writing = this.#writing.then(() => this.#write());
  }

  async #write(): Promise<void> {
    const event = this.#buffer[0];
    if (!event) return;
    await patiently(this.#ports, this.#end.signal, () => this.#ports.audit.append(event));
    if (this.#buffer[0] === event) this.#buffer.shift();
  }
}
