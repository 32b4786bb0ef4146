import type { ChainRef, StateValue } from '../../domain/events/event-schema.ts';
import type { WallTime } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import { BackgroundFailure } from '../support/background-failure.ts';
import { retryUntilAvailable } from '../support/retry.ts';
import { type Author, chainEvent, type MachineEvent } from './record-change.ts';
import { sealAlone } from './seal-changes.ts';
import {
  type CompiledMachine,
  initialTransition,
  type Transition,
  transition,
} from './transition.ts';

/** A transition of a process, as reported to its owner. */
export interface ProcessTransition {
  /** Name of the machine: `session` or `collector`. */
  readonly machine: string;
  /** The event, with its `type` and its data. */
  readonly event: MachineEvent;
  /** State before; a nested state is an object by region. */
  readonly from: StateValue;
  /** State after. */
  readonly to: StateValue;
}

interface Pending {
  readonly n: number;
  readonly at: WallTime;
  readonly step: Transition;
  readonly event: MachineEvent;
}

/**
 * How many events wait while the store does not answer. Beyond that the oldest is dropped, and the
 * next event counts it as lost.
 */
const maxPendingEvents = 10_000;

/**
 * A state machine of this process and its chain of events. It has no record. Events are appended as
 * soon as the store accepts them, in order and with the times at which they happened; events that
 * are not stored yet are lost when the process dies.
 */
export class ProcessChain {
  readonly #of: ChainRef;
  readonly #author: Author;
  readonly #machine: CompiledMachine;
  readonly #ports: Pick<Ports, 'audit' | 'clock' | 'entropy' | 'log'>;
  readonly #maxPending: number;
  readonly #pending: Pending[] = [];
  readonly #giveUp = new AbortController();
  #current: { value: StateValue; context: unknown };
  #count = 0;
  #stored: { n: number; hash: string | null } = { n: 0, hash: null };
  #writing: Promise<void> = Promise.resolve();
  readonly #tasks = new BackgroundFailure();

  constructor(
    of: ChainRef,
    author: Author,
    machine: CompiledMachine,
    ports: Pick<Ports, 'audit' | 'clock' | 'entropy' | 'log'>,
    maxPending = maxPendingEvents,
  ) {
    this.#of = of;
    this.#author = author;
    this.#machine = machine;
    this.#ports = ports;
    this.#maxPending = maxPending;
    const first = initialTransition(machine);
    this.#current = { value: first.to, context: first.context };
  }

  /** Rejects if an event cannot be written for another reason than a store that does not answer. */
  get failure(): Promise<never> {
    return this.#tasks.promise;
  }

  get state(): StateValue {
    return this.#current.value;
  }

  get context(): unknown {
    return this.#current.context;
  }

  /** Runs one transition and appends its event; `ignored` if the machine has no such transition. */
  take(event: MachineEvent): Transition | 'ignored' {
    const step = transition(this.#machine, this.#current, event);
    if (step === 'ignored') return 'ignored';
    this.#current = { value: step.to, context: step.context };
    this.#count += 1;
    this.#pending.push({ n: this.#count, at: this.#ports.clock.wall(), step, event });
    if (this.#pending.length > this.#maxPending) this.#pending.shift();
    this.#writing = this.#writing.then(() => this.#write());
    this.#tasks.run(this.#writing);
    return step;
  }

  /** Resolves when all events are stored, or when `signal` aborts. */
  async flushed(signal: AbortSignal): Promise<void> {
    const abort = () => this.#giveUp.abort();
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    await this.#writing;
    signal.removeEventListener('abort', abort);
  }

  async #write(): Promise<void> {
    const next = this.#pending.shift();
    if (!next) return;
    const sealedEvent = this.#eventOf(next);
    // The run id of the chain is new, so its event is nowhere until it was sent.
    let isNew = true;
    const result = await retryUntilAvailable(this.#ports, this.#giveUp.signal, () => {
      const isFirst = isNew;
      isNew = false;
      return this.#ports.audit.append(sealedEvent.write, isFirst);
    });
    if (result) this.#stored = sealedEvent.head;
  }

  #eventOf({ n, at, step, event }: Pending): ReturnType<typeof sealAlone> {
    const { n: storedN, hash: prev } = this.#stored;
    const position = { of: this.#of, n, prev, at, lost: n - storedN - 1 };
    const next = chainEvent(this.#author, position, this.#machine, step, event, null, {});
    return sealAlone(this.#author, next);
  }
}
