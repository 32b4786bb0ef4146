import { expect, test } from 'vitest';
import { historySize, sizeFindings } from '../../../src/cli/doctor/sizes.ts';

const entries = [
  { key: 'small', text: 'a' },
  { key: 'large', text: 'ü'.repeat(50) },
  { key: 'removed', text: undefined },
];

test('doctor names the largest record with its size in bytes, and the limit of the server', () => {
  expect(sizeFindings(entries, 1000)).toEqual([
    {
      about: 'sizes',
      level: 'ok',
      what: 'the largest record has 100 bytes (large); the server accepts 1000',
    },
  ]);
});

test('doctor notes a record that is larger than half of the limit', () => {
  expect(sizeFindings(entries, 150)).toMatchObject([{ about: 'sizes', level: 'note' }]);
});

test('doctor says nothing about sizes without a record', () => {
  expect(sizeFindings([], 1000)).toEqual([]);
});

test('doctor shows how large the history is, and its limits', () => {
  const state = { messages: 12_345, bytes: 6_789_000 };
  const found = (config: { max_age?: number; max_bytes?: number }) =>
    historySize({ state, config }).what;
  expect(found({ max_age: 0, max_bytes: -1 })).toBe(
    'the history has 12345 events, 6.8 MB; it has no limit',
  );
  const day = 24 * 3600 * 1e9;
  expect(found({ max_age: 90 * day, max_bytes: 1e10 })).toBe(
    'the history has 12345 events, 6.8 MB; its limit is 90d and 10000.0 MB',
  );
  expect(found({ max_bytes: 1e6 })).toContain('its limit is 1.0 MB');
});
