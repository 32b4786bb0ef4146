import type { ChainRef, StateValue } from '../../domain/events/event-schema.ts';
import type { WallTime } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import type { EventWrite } from '../../ports/registry.ts';
import { retryUntilAvailable } from '../support/retry.ts';
import { type Author, chainEvent, type MachineEvent } from './record-change.ts';
import {
  type CompiledMachine,
  initialTransition,
  type Transition,
  transition,
} from './transition.ts';

/** A transition of a process, as its owner is told. */
export interface ProcessTransition {
  readonly machine: string;
  readonly event: MachineEvent;
  readonly from: StateValue;
  readonly to: StateValue;
}

interface Pending {
  readonly n: number;
  readonly at: WallTime;
  readonly taken: Transition;
  readonly event: MachineEvent;
}

/** What is kept while the store does not answer; the oldest goes first, and the next one says so. */
const bufferedAtMost = 10_000;

/**
 * A machine of this process and its chain of events. It has no record: the chain is appended as the
 * store lets it, in order and with the times at which things happened; its tail dies with the process.
 */
export class ProcessChain {
  readonly #of: ChainRef;
  readonly #author: Author;
  readonly #steppable: CompiledMachine;
  readonly #ports: Pick<Ports, 'audit' | 'clock' | 'entropy' | 'log'>;
  readonly #keep: number;
  readonly #buffer: Pending[] = [];
  readonly #end = new AbortController();
  #standing: { value: StateValue; context: unknown };
  #taken = 0;
  #written: { n: number; hash: string | null } = { n: 0, hash: null };
  #writing: Promise<void> = Promise.resolve();

  constructor(
    of: ChainRef,
    author: Author,
    steppable: CompiledMachine,
    ports: Pick<Ports, 'audit' | 'clock' | 'entropy' | 'log'>,
    keep = bufferedAtMost,
  ) {
    this.#of = of;
    this.#author = author;
    this.#steppable = steppable;
    this.#ports = ports;
    this.#keep = keep;
    const first = initialTransition(steppable);
    this.#standing = { value: first.to, context: first.context };
  }

  get state(): StateValue {
    return this.#standing.value;
  }

  get context(): unknown {
    return this.#standing.context;
  }

  /** Steps the machine and appends the transition; `ignored` where it has none. */
  take(event: MachineEvent): Transition | 'ignored' {
    const taken = transition(this.#steppable, this.#standing, event);
    if (taken === 'ignored') return 'ignored';
    this.#standing = { value: taken.to, context: taken.context };
    this.#taken += 1;
    this.#buffer.push({ n: this.#taken, at: this.#ports.clock.wall(), taken, event });
    if (this.#buffer.length > this.#keep) this.#buffer.shift();
    this.#writing = this.#writing.then(() => this.#write());
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

  async #write(): Promise<void> {
    const next = this.#buffer.shift();
    if (!next) return;
    const sealed = this.#seal(next);
    const stored = await retryUntilAvailable(this.#ports, this.#end.signal, () =>
      this.#ports.audit.append(sealed.write),
    );
    if (stored) this.#written = sealed.head;
  }

  #seal({ n, at, taken, event }: Pending): ReturnType<typeof chainEvent> & { write: EventWrite } {
    const { n: before, hash: prev } = this.#written;
    const link = { of: this.#of, n, prev, at, lost: n - before - 1 };
    return chainEvent(this.#author, link, this.#steppable, taken, event, null, {});
  }
}
