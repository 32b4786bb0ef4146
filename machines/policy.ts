import { setup } from 'xstate';

export type PolicyEvent = { type: 'adopted' } | { type: 'changed' };

/** The fleet policy. It starts when an operator first sets a policy; until then the defaults apply. */
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
