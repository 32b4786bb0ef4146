import { jsonLine } from './escape-terminal.ts';

/** How much text may wait for a reader that reads slowly; more is dropped. */
const maxWaiting = 1024 * 1024;

/** The part of a stream that is used. */
interface Output {
  readonly writableLength: number;
  write(text: string, done: (error?: Error | null) => void): unknown;
  on(event: 'error', listener: () => void): unknown;
}

/**
 * Writes the lines of a daemon to a stream that may fail: the disk is full, the reader is gone or no
 * longer reads. The daemon goes on without its log. Lost lines are counted, and their number is written
 * as soon as the stream takes lines again.
 */
export class DurableOutput {
  readonly #stream: Output;
  #lost = 0;
  #why = '';

  constructor(stream: Output) {
    this.#stream = stream;
    // Each failed write reports itself; without a listener the event would end the process.
    stream.on('error', () => {});
  }

  /** Number of lines that could not be written and are not yet reported. */
  get lost(): number {
    return this.#lost;
  }

  write(line: string): void {
    if (this.#stream.writableLength > maxWaiting) {
      this.#lose(1, 'the reader does not read');
      return;
    }
    this.#stream.write(`${line}\n`, (error) => {
      if (error) this.#lose(1, error.message);
      else this.#reportLost(line);
    });
  }

  /** `like`: the line that could be written; a report in a JSON log is JSON too. */
  #reportLost(like: string): void {
    const lost = this.#lost;
    if (lost === 0 || this.#stream.writableLength > maxWaiting / 2) return;
    const why = this.#why;
    this.#lost = 0;
    const report = like.startsWith('{')
      ? jsonLine({ event: 'lines-lost', lost, why })
      : `${lost} ${lost === 1 ? 'line' : 'lines'} could not be written here: ${why}`;
    this.#stream.write(`${report}\n`, (error) => {
      if (error) this.#lose(lost, error.message);
    });
  }

  #lose(lines: number, why: string): void {
    this.#lost += lines;
    this.#why = why;
  }
}
