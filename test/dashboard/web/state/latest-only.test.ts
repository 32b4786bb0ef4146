import { expect, test } from 'vitest';
import { LatestRequest } from '../../../../src/dashboard/web/state/latest-only.ts';

/** Answers only when told to, in the order in which it was asked. */
function slow() {
  const asked: number[] = [];
  const taken: string[] = [];
  const waiting: ((answer: string) => void)[] = [];
  const newest = new LatestRequest<number, string>(
    (question) => {
      asked.push(question);
      return new Promise((resolve) => waiting.push(resolve));
    },
    (answer) => void taken.push(answer),
  );
  const answer = async () => {
    waiting.shift()?.(`of ${asked.at(-1)}`);
    await Promise.resolve();
    await Promise.resolve();
  };
  return { newest, asked, taken, answer };
}

test('of the questions during a request only the newest is asked next', async () => {
  const { newest, asked, taken, answer } = slow();
  for (const question of [1, 2, 3]) newest.want(question);
  expect(asked).toEqual([1]);
  await answer();
  expect(asked).toEqual([1, 3]);
  expect(taken).toEqual([]);
  await answer();
  expect(taken).toEqual(['of 3']);
});

test('a repeated question is asked once more', async () => {
  const { newest, asked, taken, answer } = slow();
  newest.want(1);
  newest.want(1);
  await answer();
  await answer();
  newest.want(1);
  await answer();
  expect(asked).toEqual([1, 1, 1]);
  expect(taken).toEqual(['of 1', 'of 1']);
});

test('a withdrawn question delivers no answer', async () => {
  const { newest, asked, taken, answer } = slow();
  newest.want(1);
  newest.want(null);
  await answer();
  expect([asked, taken]).toEqual([[1], []]);
});
