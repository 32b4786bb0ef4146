import { afterEach, expect, test } from 'vitest';
import {
  decodeState,
  detailsOfRecord,
  encodeState,
} from '../../../../src/dashboard/server/history/to-row.ts';

afterEach(() => {
  Reflect.deleteProperty(Object.prototype, 'polluted');
});

test('the text of a state is read back as the same state', () => {
  for (const value of ['left', { present: { phase: 'live', sight: 'clear' } }])
    expect(decodeState(encodeState(value))).toEqual(value);
});

test('a state with the name of a prototype property changes no prototype', () => {
  decodeState('__proto__.polluted.yes');
  decodeState('constructor.prototype.polluted.yes');
  expect('polluted' in {}).toBe(false);
});

test('the labels of an instance are lines, bounded and without line breaks of their own, also if there are none', () => {
  const labelsOf = (labels: unknown) => detailsOfRecord('instance', 'changed', { labels }).labels;
  expect(labelsOf({ tier: 'gold', note: 'two\nlines' })).toBe('tier=gold\nnote=two lines');
  expect(labelsOf(undefined)).toBe('');
  expect(labelsOf('tier=gold')).toBe('');
  const many = Object.fromEntries(
    Array.from({ length: 256 }, (_, n) => [`name${n}`, 'x'.repeat(60)]),
  );
  const text = labelsOf(many) ?? '';
  expect(text.length).toBeLessThanOrEqual(2000);
  expect(text.split('\n').every((line) => line.length > 60)).toBe(true);
});
