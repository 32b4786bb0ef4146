import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { canAsk, isAgreed } from '../../../src/cli/terminal/ask.ts';
import { askLine } from '../../../src/cli/terminal/ask-line.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';

describe('a question to a person', () => {
  test.each([
    ['y', true],
    [' Yes ', true],
    ['', false],
    ['n', false],
    ['yes, but', false],
  ])('with the answer "%s" is agreed to: %s', async (answer, agreed) => {
    const asked: string[] = [];
    const ask = async (question: string) => {
      asked.push(question);
      return answer;
    };
    expect(await isAgreed(fakeTerminal({ ask }).io, 'Really?')).toBe(agreed);
    expect(asked).toEqual(['Really? [y/N] ']);
  });

  test('does not control the terminal, whatever a file says in it', async () => {
    const asked: string[] = [];
    const ask = async (question: string) => {
      asked.push(question);
      return 'y';
    };
    await isAgreed(fakeTerminal({ ask }).io, 'Restore that of \u001b[2Jnow?');
    expect(asked).toEqual(['Restore that of \\x1b[2Jnow? [y/N] ']);
  });

  test('is not answered by Ctrl-C: the command is interrupted', async () => {
    const stopping = new AbortController();
    const ask = async () => {
      stopping.abort(new Error('stopped'));
      return '';
    };
    const { io } = fakeTerminal({ ask, signal: stopping.signal });
    await expect(isAgreed(io, 'Really?')).rejects.toThrow('stopped');
  });

  test('is interrupted by Ctrl-C at a terminal, also after a part of an answer', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const stopping = new AbortController();
    let interrupted = 0;
    const asked = askLine('Really? ', { input, output, terminal: true }, stopping.signal, () => {
      interrupted += 1;
      stopping.abort();
    });
    input.write('ye\u0003');
    expect([await asked, interrupted]).toEqual(['', 1]);
  });

  test('has an empty answer if the input ends', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const { signal } = new AbortController();
    const asked = askLine('Really? ', { input, output }, signal, () => {});
    input.end();
    expect(await asked).toBe('');
  });

  test.each([
    [true, true, true],
    [true, undefined, false],
    [false, true, false],
  ])(
    'is possible if output and input are terminals (%s, %s): %s',
    (isTerminal, isTTY, possible) => {
      const signals = { on: () => {}, off: () => {}, stdin: { ...(isTTY && { isTTY }) } };
      expect(canAsk(fakeTerminal({ isTerminal, signals }).io)).toBe(possible);
    },
  );
});
