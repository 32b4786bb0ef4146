import type { Millis, WallTime } from '../../../src/domain/time.ts';

/** A process in the ledger. */
interface Watched {
  readonly pid: number | undefined;
  readonly fit: boolean;
}

interface Span {
  readonly from: WallTime;
  readonly to: WallTime;
}

/** Interval of the checks. A check that is much later means that the test machine was suspended. */
const lookEvery: Millis = 100;
const standstill: Millis = 1000;

/**
 * The times at which each process was healthy, recorded by the injector of the faults, on the wall clock of
 * this machine, which also dates the events.
 */
export class Ledger implements Disposable {
  /** Intervals of uninterrupted health, by process id. */
  readonly #spans = new Map<number, Span[]>();
  readonly #watched: readonly Watched[];
  readonly #timer: NodeJS.Timeout;
  /** The processes that were healthy at the last check. */
  #fit = new Set<number>();
  #lookedAt: WallTime = Date.now();
  /** The longest delay of a check by the test machine, which delays all processes alike. */
  longestStandstill: Millis = 0;

  constructor(watched: readonly Watched[]) {
    this.#watched = watched;
    this.#timer = setInterval(() => this.look(), lookEvery);
  }

  /** Must be called immediately before and after every fault. */
  look(): void {
    const now = Date.now();
    const since = now - this.#lookedAt;
    this.longestStandstill = Math.max(this.longestStandstill, since - lookEvery);
    const before = this.#fit;
    this.#fit = new Set();
    for (const { pid, fit } of this.#watched) {
      if (pid === undefined || !fit) continue;
      this.#fit.add(pid);
      const spans = this.#spans.get(pid) ?? [];
      this.#spans.set(pid, spans);
      const last = spans.at(-1);
      if (last && before.has(pid) && since < standstill)
        spans[spans.length - 1] = { from: last.from, to: now };
      else spans.push({ from: now, to: now });
    }
    this.#lookedAt = now;
  }

  /** Whether this process was healthy throughout that time. */
  fitThroughout(pid: number, from: WallTime, to: WallTime): boolean {
    return (this.#spans.get(pid) ?? []).some((span) => span.from <= from && span.to >= to);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
