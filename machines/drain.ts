import { setup } from 'xstate';

export type DrainEvent =
  | { type: 'planned' }
  | { type: 'changed' }
  | { type: 'ended' }
  | { type: 'ran-out' };

/** A drain of a host or of one instance. Its record exists while the drain is active. */
export const drainMachine = setup({
  types: { events: {} as DrainEvent },
}).createMachine({
  id: 'drain',
  initial: 'draining',
  states: {
    draining: {
      description: 'Consumers send no new requests there. Registration and health go on.',
      on: {
        changed: { target: 'draining', description: 'Another end, or another reason.' },
        ended: { target: 'over', description: 'An operator ended it.' },
        'ran-out': { target: 'over', description: 'A collector saw its time pass.' },
      },
    },
    over: { description: 'The instances count again as their agents report them.', type: 'final' },
  },
});
