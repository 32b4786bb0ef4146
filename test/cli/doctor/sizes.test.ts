import { expect, test } from 'vitest';
import { sizeFindings } from '../../../src/cli/doctor/sizes.ts';

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
