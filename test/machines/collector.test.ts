import { expect, test } from 'vitest';
import { collector } from '../../src/runtime/transitions/machine-set.ts';
import { examples } from './examples.ts';
import { walk } from './walk.ts';

const events = examples.find(({ machine }) => machine.id === 'collector')?.events ?? [];
const tried = walk(collector, { events });
const judges = (value: unknown) =>
  typeof value === 'object' &&
  value !== null &&
  'seated' in value &&
  (value.seated === 'watching' || value.seated === 'removing');

test('a collector that takes a seat starts blind', () => {
  const seated = tried.filter(({ event, taken }) => event.type === 'seated' && taken !== 'ignored');
  for (const { taken } of seated) {
    expect(taken !== 'ignored' && taken.to).toEqual({ seated: 'blind' });
  }
  expect(seated).toHaveLength(1);
});

test('a collector counts silence from the moment it begins to judge', () => {
  for (const { state, taken } of tried) {
    if (taken === 'ignored') continue;
    const begins = !judges(state.value) && judges(taken.to);
    expect(taken.effects.includes('start-clocks')).toBe(begins);
  }
});

test('a collector that goes blind or loses its seat stops judging', () => {
  for (const { state, taken } of tried) {
    if (taken === 'ignored' || !judges(state.value) || judges(taken.to)) continue;
    expect(taken.effects).toEqual(['stop-judging']);
  }
});

test('a collector that is blind begins no removal', () => {
  for (const { state, event, taken } of tried) {
    if (event.type !== 'removal-begun' || taken === 'ignored') continue;
    expect(state.value).toEqual({ seated: 'watching' });
  }
});
