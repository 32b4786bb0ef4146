import { systemAdapters } from '../../composition/system-adapters.ts';
import type { InstanceRow } from '../../domain/fleet/directory-rows.ts';
import type { OpenLosses } from '../../domain/losses/losses.ts';
import { type Millis, seconds, type WallTime } from '../../domain/time.ts';
import type { Directory } from '../../runtime/directory/directory.ts';
import type { Terminal } from '../terminal/io.ts';
import { liveFrame, screen } from './live-table.ts';

/** The ages in the table grow even if nothing changes. */
const drawEvery: Millis = seconds(0.5);
/** Least time between two frames: faster changes are not legible. */
const drawAtMost: Millis = seconds(0.1);
/** Number of changes shown below the table. */
const changesKept = 5;

/** The view on the alternate screen, drawn again on every change and twice a second. */
export class LiveScreen {
  readonly #io: Terminal;
  readonly #changes: string[] = [];
  #changed = Promise.withResolvers<void>();

  constructor(io: Terminal) {
    this.#io = io;
  }

  add(line: string): void {
    this.#changes.push(line);
    this.#changes.splice(0, this.#changes.length - changesKept);
    this.#changed.resolve();
  }

  async show(
    {
      directory,
      rows: present,
      count,
      losses,
    }: {
      readonly directory: Directory;
      readonly rows: () => readonly InstanceRow[];
      /** How many instances there are without a filter. */
      readonly count: () => number;
      readonly losses: () => OpenLosses | undefined;
    },
    {
      staleAfter,
      now,
      signal,
    }: {
      readonly staleAfter: Millis;
      readonly now: () => WallTime;
      readonly signal: AbortSignal;
    },
  ): Promise<void> {
    const { draw, window, palette, out } = this.#io;
    const frame = () => {
      const rows = present();
      const stale = (directory.age ?? 0) > staleAfter;
      const of = { count: count(), losses: losses(), changes: this.#changes };
      const shown = { rows, directory, ...of, stale };
      return liveFrame(shown, now(), window(), palette);
    };
    draw(screen.enter);
    try {
      while (!signal.aborted) {
        draw(screen.frame(frame()));
        this.#changed = Promise.withResolvers();
        await systemAdapters.clock.sleep(drawAtMost, signal);
        await Promise.race([this.#changed.promise, systemAdapters.clock.sleep(drawEvery, signal)]);
      }
    } finally {
      draw(screen.leave);
      // Leave the last frame in the scrollback.
      for (const line of frame()) out(line);
    }
  }
}
