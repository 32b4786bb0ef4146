import { expect, test } from 'vitest';
import { instance } from '../../src/runtime/transitions/machine-set.ts';
import { transition } from '../../src/runtime/transitions/transition.ts';

const after = (value: string, type: string) => {
  const taken = transition(instance, { value }, { type });
  return taken === 'ignored' ? 'ignored' : taken.to;
};

test.each(['serving', 'failing', 'draining'])(
  'an instance that is %s can be removed or adopted',
  (state) => {
    expect(after(state, 'removed')).toBe('removed');
    expect(after(state, 'adopted')).toBe('adopted');
  },
);

test('a change of address or labels keeps the health of an instance', () => {
  expect(after('serving', 'changed')).toBe('serving');
  expect(after('failing', 'changed')).toBe('failing');
});

test('an instance that is draining neither fails nor recovers nor changes', () => {
  for (const type of ['failed', 'recovered', 'changed', 'drained']) {
    expect(after('draining', type)).toBe('ignored');
  }
});
