import { expect, test } from 'vitest';
import { backoff } from '../../../src/adapters/nats/connection/backoff.ts';
import { atLeast } from '../../../src/adapters/nats/connection/server-check.ts';
import { firstSequence } from '../../../src/adapters/nats/streams/ensure-streams.ts';

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

test('the first sequence of a registry is the time in microseconds', () => {
  expect(firstSequence(1_795_415_384_414, 0)).toBe(1_795_415_384_414_000);
});

test('a registry begins above the sequences in the audit if the clock was set back', () => {
  expect(firstSequence(1000, 5_000_000)).toBe(5_020_000);
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
