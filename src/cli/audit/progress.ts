import type { MonotonicTime, Revision } from '../../domain/time.ts';
import { formatRounded } from '../terminal/format-time.ts';

const width = 16;

/** Progress of reading a history: share, rate and time left. */
export class ProgressLine {
  readonly #first: Revision;
  readonly #last: Revision;
  readonly #clock: () => MonotonicTime;
  readonly #began: MonotonicTime;

  constructor(
    { first, last }: { readonly first: Revision; readonly last: Revision },
    clock: () => MonotonicTime,
  ) {
    this.#first = first;
    this.#last = last;
    this.#clock = clock;
    this.#began = clock();
  }

  /** The share that is done, from 0 to 1. */
  done(seq: Revision): number {
    const all = Math.max(1, this.#last - this.#first + 1);
    return Math.min(1, Math.max(0, (seq - this.#first + 1) / all));
  }

  /** `███████░░░░░░░░░  43 %  12 300 events/s, 9 s left`, after `read` events. */
  at(seq: Revision, read: number = seq - this.#first + 1): string {
    const done = this.done(seq);
    const elapsed = Math.max(1, this.#clock() - this.#began);
    const rate = Math.round((read / elapsed) * 1000);
    const left = rate > 0 ? ((this.#last - seq) / rate) * 1000 : 0;
    const full = Math.floor(done * width);
    const bar = '█'.repeat(full) + '░'.repeat(width - full);
    const percent = String(Math.floor(done * 100)).padStart(3);
    return `${bar} ${percent} %  ${formatCount(rate)} events/s, ${formatRounded(left)} left`;
  }
}

/** `1 234 567`: digits in groups of three. */
export const formatCount = (n: number): string => String(n).replaceAll(/\B(?=(\d{3})+$)/g, ' ');
