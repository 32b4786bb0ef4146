import { systemAdapters } from '../../composition/system-adapters.ts';
import type { Millis } from '../../domain/time.ts';
import type { Terminal } from '../terminal/io.ts';
import { documentLine } from '../terminal/iso-times.ts';
import { withSpinner } from '../terminal/spinner.ts';
import { wrapText } from '../terminal/wrap.ts';

/** Prints the demonstration as text or JSON documents, and counts failed checks. */
export class Narrator {
  readonly #io: Terminal;
  readonly #json: boolean;
  readonly #pause: Millis;
  readonly #began = systemAdapters.clock.monotonic();
  #chapter = 0;
  #failed = 0;

  constructor(io: Terminal, json: boolean, pause: Millis) {
    this.#io = io;
    this.#json = json;
    this.#pause = pause;
  }

  get failed(): number {
    return this.#failed;
  }

  /** Time since the start. */
  get elapsed(): Millis {
    return systemAdapters.clock.monotonic() - this.#began;
  }

  async chapter(title: string, ...text: readonly string[]): Promise<void> {
    if (this.#chapter > 0) await this.#breathe();
    this.#chapter += 1;
    if (this.#json) return this.#print({ event: 'chapter', n: this.#chapter, title });
    const { palette, columns } = this.#io;
    const head = `${this.#chapter} `;
    const rule = '─'.repeat(Math.max(0, columns - head.length - title.length - 1));
    this.#io.out(`\n${palette.bold(`${head}${title}`)} ${palette.dim(rule)}`);
    for (const line of text.flatMap((one) => wrapText(one, columns - 2))) this.say(line);
  }

  say(text: string): void {
    if (!this.#json) this.#io.out(text === '' ? '' : `  ${text}`);
  }

  /** Prints a command that the demonstration runs. */
  act(command: string, what: string): void {
    if (this.#json) {
      this.#print({ event: 'act', command, what });
      return;
    }
    const { palette } = this.#io;
    this.#io.out(`  ${palette.dim('$')} ${palette.bold(command)}  ${palette.dim(what)}`);
  }

  block(text: string): void {
    if (this.#json) return;
    this.#io.out(text.replaceAll(/^/gm, '  '));
  }

  /** Runs `work` with a spinner. */
  waiting<T>(text: string, work: () => Promise<T>): Promise<T> {
    return withSpinner(this.#io, text, work);
  }

  /** Prints a check and its result; `after` is the time it took. */
  check(what: string, held: boolean, after?: Millis): void {
    if (!held) this.#failed += 1;
    const ms = after === undefined ? undefined : Math.round(after);
    if (this.#json) {
      this.#print({ event: 'check', what, held, ms });
      return;
    }
    const { palette } = this.#io;
    const mark = held ? palette.live('✓') : palette.expired('✕ failed:');
    const took =
      ms === undefined
        ? ''
        : palette.dim(` after ${ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`}`);
    this.#io.out(`  ${mark} ${what}${took}`);
  }

  #breathe(): Promise<void> {
    return systemAdapters.clock.sleep(this.#pause, this.#io.signal);
  }

  #print(document: object): void {
    this.#io.out(documentLine({ ...document, at: systemAdapters.clock.wall() }));
  }
}
