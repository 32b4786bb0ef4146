import type { MonotonicTime, Revision } from '../../domain/time.ts';
import { formatRounded } from '../terminal/format-time.ts';

const width = 16;

/** How far a reading of a history has come, how fast it goes, and how long it will take. */
export class Progress {
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

  /** The part that is done, from 0 to 1. */
  done(seq: Revision): number {
    const all = Math.max(1, this.#last - this.#first + 1);
    return Math.min(1, Math.max(0, (seq - this.#first + 1) / all));
  }

  /** `███████░░░░░░░░░  43 %  12 300 events/s, 9 s left`, once `read` events have come. */
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

/** `1 234 567`: what one can count at a glance. */
export const formatCount = (n: number): string => String(n).replaceAll(/\B(?=(\d{3})+$)/g, ' ');
