import { setup } from 'xstate';

export type BrakeEvent = { type: 'tripped' } | { type: 'let-through' } | { type: 'released' };

/**
 * The brake of one zone, which slows the expiry of its runs. Its record exists while the brake is on.
 * Each collector that expires a run of the zone rewrites the record, so the pace is shared by all seats.
 */
export const brakeMachine = setup({
  types: { events: {} as BrakeEvent },
}).createMachine({
  id: 'brake',
  initial: 'braked',
  states: {
    braked: {
      description: 'Too much of the zone is silent at once: runs are expired one by one, slowly.',
      on: {
        'let-through': { target: 'braked', description: 'As many runs as the pace allows expire.' },
        released: { target: 'released', description: 'Little enough of the zone is silent.' },
      },
    },
    released: {
      description: 'Runs of the zone expire when their grace has passed.',
      type: 'final',
    },
  },
});
