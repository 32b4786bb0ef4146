import { afterEach, expect, test } from 'vitest';
import { decodeState, encodeState } from '../../../../src/dashboard/server/history/to-row.ts';

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
