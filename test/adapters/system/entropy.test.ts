import { describe, expect, test } from 'vitest';
import { systemEntropy } from '../../../src/adapters/system/entropy.ts';

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

describe('entropy', () => {
  test('gives unique run ids of 26 digits and lower case letters', () => {
    const ids = times(1000, systemEntropy.runId);
    for (const id of ids) expect(id).toMatch(/^[0-9a-z]{26}$/);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('favours no letter (a byte modulo 36 would favour the first four)', () => {
    const letters = times(2000, systemEntropy.runId).join('');
    const first = [...letters].filter((letter) => '0123'.includes(letter)).length;
    const expected = letters.length / 9;
    const sixSigma = 6 * Math.sqrt(expected * (8 / 9));
    expect(Math.abs(first - expected)).toBeLessThan(sixSigma);
  });

  test('gives unique event ids', () => {
    expect(new Set(times(1000, systemEntropy.eventId)).size).toBe(1000);
  });

  test('gives fractions from 0 to below 1', () => {
    const fractions = times(10_000, systemEntropy.fraction);
    expect(Math.min(...fractions)).toBeGreaterThanOrEqual(0);
    expect(Math.min(...fractions)).toBeLessThan(0.01);
    expect(Math.max(...fractions)).toBeLessThan(1);
    expect(Math.max(...fractions)).toBeGreaterThan(0.99);
  });
});
