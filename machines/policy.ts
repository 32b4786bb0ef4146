import { setup } from 'xstate';

export type PolicyEvent = { type: 'adopted' } | { type: 'changed' };

/** What holds for the whole fleet, once somebody has said so; before that, the defaults do. */
export const policyMachine = setup({
  types: { events: {} as PolicyEvent },
}).createMachine({
  id: 'policy',
  initial: 'standing',
  states: {
    standing: {
      description: 'Every collector reads it, and goes by it from its next sweep on.',
      on: { changed: { target: 'standing' } },
    },
  },
});
