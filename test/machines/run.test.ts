import { expect, test } from 'vitest';
import { run } from '../../src/runtime/transitions/machine-set.ts';
import { transition } from '../../src/runtime/transitions/transition.ts';
import { examples } from './examples.ts';
import { walk } from './walk.ts';

const events = examples.find(({ machine }) => machine.id === 'run')?.events ?? [];
const tried = walk(run, { events });
const present = (phase: string, sight: string) => ({ present: { phase, sight } });
const after = (value: ReturnType<typeof present> | string, type: string) => {
  const taken = transition(run, { value }, { type, reason: 'silent' } as { type: string });
  return taken === 'ignored' ? 'ignored' : taken.to;
};

const phases = ['registering', 'live', 'leaving'];
const sights = ['clear', 'suspect'];

test.each(phases)('a run that is %s is never expired before it is suspect', (phase) => {
  expect(after(present(phase, 'clear'), 'expired')).toBe('ignored');
  expect(after(present(phase, 'suspect'), 'expired')).toBe('expired');
});

test.each(phases)(
  'a run that is %s keeps its phase through a suspicion and its refutation',
  (phase) => {
    expect(after(present(phase, 'clear'), 'suspected')).toEqual(present(phase, 'suspect'));
    expect(after(present(phase, 'suspect'), 'regranted')).toEqual(present(phase, 'clear'));
  },
);

test('a suspicion is cleared only by the run’s own regrant', () => {
  const clearing = tried.flatMap(({ state, event, taken }) =>
    taken !== 'ignored' &&
    JSON.stringify(state.value).includes('suspect"') &&
    JSON.stringify(taken.to).includes('clear')
      ? [event.type]
      : [],
  );
  expect(new Set(clearing)).toEqual(new Set(['regranted']));
});

test('a run can be superseded in every state in which it owns its slot', () => {
  for (const phase of phases) {
    for (const sight of sights)
      expect(after(present(phase, sight), 'superseded')).toBe('superseded');
  }
});

test.each(['expired', 'superseded', 'left', 'gone'])(
  'a run that is %s never comes back',
  (final) => {
    const back = tried.filter(
      ({ state, taken }) =>
        state.value === final && taken !== 'ignored' && typeof taken.to === 'object',
    );
    expect(back).toEqual([]);
  },
);

test('an expired run can only be removed, not superseded or refuted', () => {
  const taken = tried.flatMap(({ state, event, taken }) =>
    state.value === 'expired' && taken !== 'ignored' ? [[event.type, taken.to]] : [],
  );
  expect(taken).toEqual([['removed', 'gone']]);
});

test('a run has left only after it was leaving', () => {
  for (const sight of sights) {
    expect(after(present('registering', sight), 'left')).toBe('ignored');
    expect(after(present('live', sight), 'left')).toBe('ignored');
    expect(after(present('leaving', sight), 'left')).toBe('left');
  }
});
