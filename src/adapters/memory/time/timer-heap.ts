import type { MonotonicTime } from '../../../domain/time.ts';

interface Sleeper {
  readonly due: MonotonicTime;
  /** Counts up. Sleepers with the same deadline are woken in this order. */
  readonly order: number;
  /** Woken early by its signal. It stays in the heap until it reaches the top. */
  awake: boolean;
  wake(): void;
}

/**
 * The sleepers of a virtual clock in a binary heap, next deadline on top, so that adding one stays cheap
 * in a large fleet. Why not a library: docs/adr/0002-dependencies.md.
 */
export class TimerHeap {
  readonly #heap: Sleeper[] = [];
  readonly #bySignal = new WeakMap<AbortSignal, Set<Sleeper>>();
  #lastOrder = 0;
  #awakeCount = 0;

  add(due: MonotonicTime, resolve: () => void, signal?: AbortSignal): void {
    const interruptible = signal && this.#interruptedBy(signal);
    const wake = () => {
      if (sleeper.awake) return;
      sleeper.awake = true;
      interruptible?.delete(sleeper);
      resolve();
    };
    this.#lastOrder += 1;
    const sleeper: Sleeper = { due, order: this.#lastOrder, awake: false, wake };
    interruptible?.add(sleeper);
    this.#push(sleeper);
    if (this.#awakeCount > 100 && this.#awakeCount > this.#heap.length / 2) this.#compact();
  }

  /** The next deadline; infinity if there is no sleeper. */
  get nextDue(): MonotonicTime {
    for (let top = this.#heap[0]; top; top = this.#heap[0]) {
      if (!top.awake) return top.due;
      this.#pop();
      this.#awakeCount -= 1;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Wakes the sleeper of `nextDue`. */
  wakeNext(): void {
    this.#pop()?.wake();
  }

  /**
   * The sleepers that this signal interrupts. One listener for all sleeps on a signal: loops sleep on the
   * same one again and again.
   */
  #interruptedBy(signal: AbortSignal): Set<Sleeper> {
    const known = this.#bySignal.get(signal);
    if (known) return known;
    const sleepers = new Set<Sleeper>();
    this.#bySignal.set(signal, sleepers);
    const interrupt = () => {
      this.#awakeCount += sleepers.size;
      for (const sleeper of sleepers) sleeper.wake();
    };
    signal.addEventListener('abort', interrupt, { once: true });
    return sleepers;
  }

  /** Removes sleepers that were woken early; else they stay in the heap until their deadline. */
  #compact(): void {
    const asleep = this.#heap.filter(({ awake }) => !awake);
    this.#heap.length = 0;
    this.#awakeCount = 0;
    for (const sleeper of asleep) this.#push(sleeper);
  }

  #push(sleeper: Sleeper): void {
    const heap = this.#heap;
    let index = heap.length;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (!parent || isBefore(parent, sleeper)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = sleeper;
  }

  #pop(): Sleeper | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (!last || last === top) return top;
    let index = 0;
    for (;;) {
      const left = heap[2 * index + 1];
      const right = heap[2 * index + 2];
      const isRight = left !== undefined && right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (!child || isBefore(last, child)) break;
      heap[index] = child;
      index = 2 * index + (isRight ? 2 : 1);
    }
    heap[index] = last;
    return top;
  }
}

const isBefore = (a: Sleeper, b: Sleeper): boolean =>
  a.due === b.due ? a.order < b.order : a.due < b.due;
