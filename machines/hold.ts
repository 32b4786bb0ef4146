import { setup } from 'xstate';

export type HoldEvent =
  | { type: 'planned' }
  | { type: 'extended' }
  | { type: 'released' }
  | { type: 'ran-out' };

/** A maintenance hold on a host or on one agent. Its record exists while the hold is active. */
export const holdMachine = setup({
  types: { events: {} as HoldEvent },
}).createMachine({
  id: 'hold',
  initial: 'planned',
  states: {
    planned: {
      description: 'Silence there is planned: consumers are told so, and nothing expires.',
      on: {
        extended: { target: 'planned', description: 'Another end, or another reason.' },
        released: { target: 'over', description: 'Somebody ended it before its time.' },
        'ran-out': { target: 'over', description: 'A collector saw its time pass.' },
      },
    },
    over: { description: 'Silence counts again, from zero.', type: 'final' },
  },
});
