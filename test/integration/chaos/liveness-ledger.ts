import type { Millis, WallTime } from '../../../src/domain/time.ts';

/** Whom it keeps a ledger of. */
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
 * What was true of each process, kept by the one that does the harm: when nothing hindered it, by the
 * wall clock of this machine, which is also that of the events.
 */
export class Ledger implements Disposable {
  /** By process id, when it was fit without a break. */
  readonly #spans = new Map<number, Span[]>();
  readonly #watched: readonly Watched[];
  readonly #timer: NodeJS.Timeout;
  /** Who was fit at the last look. */
  #fit = new Set<number>();
  #lookedAt: WallTime = Date.now();
  /** The longest that this machine kept us from looking: what it did to everybody else. */
  longestStandstill: Millis = 0;

  constructor(watched: readonly Watched[]) {
    this.#watched = watched;
    this.#timer = setInterval(() => this.look(), lookEvery);
  }

  /** Must be called right before and after every fault. */
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

  /** Whether nothing hindered this process at any moment of that time. */
  fitThroughout(pid: number, from: WallTime, to: WallTime): boolean {
    return (this.#spans.get(pid) ?? []).some((span) => span.from <= from && span.to >= to);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
