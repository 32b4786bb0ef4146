import { describe, expect, test } from 'vitest';
import { DurableOutput } from '../../../src/cli/terminal/durable-output.ts';

/** A stream that fails while `failure` is set, and keeps its text while `isStuck`. */
class TestStream {
  readonly lines: string[] = [];
  readonly #waiting: { text: string; done: (error?: Error) => void }[] = [];
  failure = '';
  isStuck = false;

  get writableLength(): number {
    return this.#waiting.reduce((sum, { text }) => sum + text.length, 0);
  }

  on(): void {}

  write(text: string, done: (error?: Error) => void): void {
    this.#waiting.push({ text, done });
    if (!this.isStuck) this.flush();
  }

  flush(): void {
    for (const { text, done } of this.#waiting.splice(0)) {
      if (this.failure !== '') done(new Error(this.failure));
      else {
        this.lines.push(text.trimEnd());
        done();
      }
    }
  }
}

describe('the output of a daemon', () => {
  test('writes each line', () => {
    const stream = new TestStream();
    const output = new DurableOutput(stream);
    output.write('one');
    output.write('two');
    expect(stream.lines).toEqual(['one', 'two']);
  });

  test.each([
    ['a', ['a', '2 lines could not be written here: no space left']],
    ['{}', ['{}', '{"event":"lines-lost","lost":2,"why":"no space left"}']],
  ])('counts lines that cannot be written, and reports them after %j', (line, expected) => {
    const stream = new TestStream();
    const output = new DurableOutput(stream);
    stream.failure = 'no space left';
    output.write('b');
    output.write('c');
    expect([output.lost, stream.lines]).toEqual([2, []]);
    stream.failure = '';
    output.write(line);
    expect([output.lost, stream.lines]).toEqual([0, expected]);
  });

  test('drops lines while its reader does not read, and needs no more memory', () => {
    const stream = new TestStream();
    const output = new DurableOutput(stream);
    stream.isStuck = true;
    for (let n = 0; n < 5000; n += 1) output.write('x'.repeat(1000));
    expect(stream.writableLength).toBeLessThan(1.1 * 1024 * 1024);
    expect(output.lost).toBeGreaterThan(3000);
    stream.isStuck = false;
    stream.flush();
    expect(output.lost).toBe(0);
    const reports = stream.lines.filter((line) => !line.startsWith('x'));
    expect(reports).toEqual([
      expect.stringMatching(/^\d+ lines could not be written here: the reader does not read$/),
    ]);
  });
});
