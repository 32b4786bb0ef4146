import { expect, test } from 'vitest';
import { backoff } from '../../../src/adapters/nats/connection/backoff.ts';
import { atLeast } from '../../../src/adapters/nats/connection/server-check.ts';

test.each([
  ['2.12.0', false],
  ['2.12.1', true],
  ['2.12.2', true],
  ['2.12.1-RC.1', true],
  ['2.11.99', false],
  ['2.13.0', true],
  ['3.0.0', true],
  ['1.99.99', false],
  ['unknown', false],
])('version %s is new enough: %s', (version, enough) => {
  expect(atLeast(version, '2.12.1')).toBe(enough);
});

test('the backoff doubles up to its maximum, and is at least half of the full delay', () => {
  for (const [tries, full] of [
    [0, 2],
    [1, 4],
    [5, 64],
    [6, 100],
    [1000, 100],
  ] as const) {
    for (let n = 0; n < 50; n += 1) {
      const wait = backoff(tries, 2, 100);
      expect(wait).toBeGreaterThanOrEqual(full / 2);
      expect(wait).toBeLessThan(full);
    }
  }
});
