import { describe, expect, test } from 'vitest';
import { type AnyStateMachine, setup } from 'xstate';
import {
  compileMachine,
  initialTransition,
  transition,
} from '../../src/runtime/transitions/transition.ts';
import { complaintsAbout } from './complaints.ts';
import { type Example, examples } from './examples.ts';
import { walk } from './walk.ts';

describe.each(examples)('the $machine.id machine', (example) => {
  const machine = compileMachine(example.machine);
  const tried = walk(machine, example);

  test('has nothing unreachable, undescribed, unnamed or impure', () => {
    expect(complaintsAbout(example)).toEqual([]);
  });

  test('makes the same transition for the same event in the same state', () => {
    for (const { state, event, taken } of tried) {
      expect(transition(machine, state, event)).toEqual(taken);
    }
    expect(initialTransition(machine)).toEqual(initialTransition(machine));
  });

  test('changes neither the state nor the event that it gets', () => {
    for (const { state, event, taken } of tried) {
      expect(transition(machine, deepFrozen(state), deepFrozen(event))).toEqual(taken);
    }
  });

  test('continues from a state and an event read from JSON, without a snapshot of XState', () => {
    for (const { state, event, taken } of tried) {
      expect(transition(machine, viaJson(state), viaJson(event))).toEqual(taken);
    }
  });

  test('names every edge of a transition', () => {
    const edges = tried.flatMap(({ taken }) => (taken === 'ignored' ? [] : taken.edges));
    expect(edges).not.toContain('?');
    for (const { taken } of tried) if (taken !== 'ignored') expect(taken.edges).not.toEqual([]);
  });

  test('is done in its final states, and ignores all events there', () => {
    const final = tried.filter(({ taken }) => taken !== 'ignored' && taken.done);
    for (const { taken } of final) {
      if (taken === 'ignored') continue;
      for (const event of example.events) {
        expect(transition(machine, { value: taken.to, context: taken.context }, event)).toBe(
          'ignored',
        );
      }
    }
  });

  test('ignores an event that it does not know', () => {
    for (const { state } of tried) {
      expect(transition(machine, state, { type: 'nonsense' })).toBe('ignored');
    }
  });
});

describe('a machine breaks the rules', () => {
  const broken = setup({ types: { events: {} as { type: 'go' } | { type: 'stay' } } });
  const go = [{ type: 'go' }, { type: 'stay' }];
  const complaints = (machine: AnyStateMachine, events: Example['events'] = go) =>
    complaintsAbout({ machine, events });
  const there = { description: 'There.', type: 'final' } as const;

  test('when a state cannot be reached', () => {
    const machine = broken.createMachine({
      id: 'm',
      initial: 'here',
      states: { here: { description: 'Here.', on: { go: { target: 'here' } } }, there },
    });
    expect(complaints(machine)).toEqual(['never in m.there']);
  });

  test('when a transition cannot be taken', () => {
    const machine = broken.createMachine({
      id: 'm',
      initial: 'here',
      states: {
        here: { description: 'Here.', on: { go: [{ target: 'there' }, { target: 'here' }] } },
        there,
      },
    });
    expect(complaints(machine)).toEqual(['never over m.here|go|1']);
  });

  test('when an event has no example', () => {
    const machine = broken.createMachine({
      id: 'm',
      initial: 'here',
      states: {
        here: { description: 'Here.', on: { go: { target: 'there' }, stay: { target: 'here' } } },
        there,
      },
    });
    expect(complaints(machine, [{ type: 'go' }])).toEqual([
      'no example of stay',
      'never over m.here|stay|0',
    ]);
  });

  test('when a state is not described', () => {
    const machine = broken.createMachine({
      id: 'm',
      initial: 'here',
      states: { here: { on: { go: { target: 'there' } } }, there },
    });
    expect(complaints(machine)).toEqual(['m.here has no description']);
  });

  test('when a guard or an action has no name', () => {
    const on = (transition: object) =>
      broken.createMachine({
        id: 'm',
        initial: 'here',
        states: {
          here: { description: 'Here.', on: { go: { target: 'there', ...transition } } },
          there,
        },
      });
    const complaint = ['m.here|go|0 has a guard or an action without a name'];
    expect(complaints(on({ guard: () => true }))).toEqual(complaint);
    expect(complaints(on({ actions: () => {} }))).toEqual(complaint);
  });

  test('when it has timers, entry or exit actions, or eventless transitions', () => {
    const hidden = (extra: object) =>
      broken.createMachine({
        id: 'm',
        initial: 'here',
        states: {
          here: { description: 'Here.', on: { go: { target: 'there' } }, ...extra },
          there,
        },
      });
    expect(complaints(hidden({ after: { 1000: { target: 'there' } } }))).toContain(
      'm.here has after',
    );
    expect(complaints(hidden({ entry: () => {} }))).toEqual(['m.here has entry']);
    expect(complaints(hidden({ exit: () => {} }))).toEqual(['m.here has exit']);
    expect(complaints(hidden({ always: { target: 'there' } }))).toContain('m.here has always');
  });
});

const viaJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFrozen);
    Object.freeze(value);
  }
  return value;
}
