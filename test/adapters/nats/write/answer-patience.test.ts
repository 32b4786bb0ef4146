import { expect, test } from 'vitest';
import { answerPatience } from '../../../../src/adapters/nats/write/answer-patience.ts';
import { seconds } from '../../../../src/domain/time.ts';

test('an answer is awaited as long as wanted at a single server, and for 10 s at most in a cluster', () => {
  expect(answerPatience(seconds(60), undefined)).toBe(seconds(60));
  expect(answerPatience(seconds(60), 'fleet')).toBe(seconds(10));
  expect(answerPatience(seconds(5), 'fleet')).toBe(seconds(5));
  expect(answerPatience(undefined, 'fleet')).toBe(undefined);
});
