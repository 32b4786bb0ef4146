import { fromPromise, setup } from 'xstate';

/** A machine with every XState feature, and with names that could be markup in the output formats. */
export const everything = setup({
  types: { events: {} as { type: string } },
  actors: { fetching: fromPromise(async () => 1) },
  actions: { 'say "hi" & <leave>': () => {} },
  guards: { 'a < b && "c"': () => true },
}).createMachine({
  id: 'every<thing>',
  initial: 'first',
  on: { reset: { target: '.first' } },
  states: {
    first: {
      description: 'Begins; ]]> "quoted" & <b>bold</b>\nand a second line.',
      always: { guard: 'a < b && "c"', target: 'waiting' },
      on: {
        go: { target: 'both', actions: 'say "hi" & <leave>' },
        '*': { target: 'waiting' },
        noted: { actions: 'say "hi" & <leave>' },
      },
    },
    waiting: {
      after: { 10000: { target: 'both' }, 90000: { target: 'first' } },
      on: { again: { target: 'waiting', reenter: true } },
      invoke: {
        id: 'f',
        src: 'fetching',
        onDone: { target: 'over' },
        onError: { target: 'first' },
      },
    },
    both: {
      type: 'parallel',
      onDone: { target: 'over' },
      on: { back: { target: 'both.left.remembered' } },
      states: {
        left: {
          initial: 'a b',
          on: { inward: { target: '.z%z' } },
          states: {
            'a b': { on: { 'two words|0': { target: 'z%z' } } },
            'z%z': { type: 'final' },
            remembered: { type: 'history', history: 'deep' },
          },
        },
        right: {
          initial: 'one',
          states: {
            one: { on: { out: { target: '#every<thing>.first' } } },
            two: { type: 'final' },
          },
        },
      },
    },
    over: { type: 'final' },
  },
});
