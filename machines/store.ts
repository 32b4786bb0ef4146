import { setup } from 'xstate';

export type StoreEvent =
  | { type: 'registry-lost-tail' }
  | { type: 'registry-made-anew' }
  | { type: 'audit-lost-tail' }
  | { type: 'audit-made-anew' };

/** A loss of the store. Each loss is recorded once. */
export const storeMachine = setup({
  types: { events: {} as StoreEvent },
}).createMachine({
  id: 'store',
  initial: 'noticed',
  states: {
    noticed: {
      description: 'A process found that registry and audit do not fit together.',
      on: {
        'registry-lost-tail': { target: 'recorded' },
        'registry-made-anew': { target: 'recorded' },
        'audit-lost-tail': { target: 'recorded' },
        'audit-made-anew': { target: 'recorded' },
      },
    },
    recorded: {
      type: 'final',
      description:
        'The history tells of the loss. Whoever replays it knows what is undone or missing.',
    },
  },
});
