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

test('whoever takes a seat sees nothing yet', () => {
  const seated = tried.filter(({ event, taken }) => event.type === 'seated' && taken !== 'ignored');
  for (const { taken } of seated) {
    expect(taken !== 'ignored' && taken.to).toEqual({ seated: 'blind' });
  }
  expect(seated).toHaveLength(1);
});

test('every clock starts when judging begins, and only then', () => {
  for (const { standing, taken } of tried) {
    if (taken === 'ignored') continue;
    const begins = !judges(standing.value) && judges(taken.to);
    expect(taken.effects.includes('start-clocks')).toBe(begins);
  }
});

test('whoever ceases to see or to sit ceases to judge', () => {
  for (const { standing, taken } of tried) {
    if (taken === 'ignored' || !judges(standing.value) || judges(taken.to)) continue;
    expect(taken.effects).toEqual(['stop-judging']);
  }
});

test('nothing is removed by one who does not see', () => {
  for (const { standing, event, taken } of tried) {
    if (event.type !== 'removal-begun' || taken === 'ignored') continue;
    expect(standing.value).toEqual({ seated: 'watching' });
  }
});
