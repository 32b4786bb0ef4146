import { describe, expect, test } from 'vitest';
import { canAsk, isAgreed } from '../../../src/cli/terminal/ask.ts';
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
