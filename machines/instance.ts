import { setup } from 'xstate';

export type InstanceEvent =
  | { type: 'registered' }
  | { type: 'changed' }
  | { type: 'failed'; detail?: string }
  | { type: 'recovered' }
  | { type: 'drained' }
  | { type: 'removed'; why: RemovalReason }
  | { type: 'adopted' };

/** Why an instance's record was removed, by its own run or by a collector. */
type RemovalReason = 'deregistered' | 'left' | 'owner-expired' | 'superseded' | 'orphan';

/** An instance while one run owns it. A later run that adopts it begins a new chain. */
export const instanceMachine = setup({
  types: { events: {} as InstanceEvent },
}).createMachine({
  id: 'instance',
  initial: 'serving',
  states: {
    serving: {
      description: 'Registered, and its checks pass.',
      on: {
        changed: { target: 'serving', description: 'Another address or other labels.' },
        failed: { target: 'failing', description: 'Its check failed as often as it may.' },
        drained: { target: 'draining' },
        removed: { target: 'removed' },
        adopted: { target: 'adopted' },
      },
    },
    failing: {
      description: 'Registered, and its check fails.',
      on: {
        changed: { target: 'failing' },
        recovered: { target: 'serving', description: 'Its check passes again.' },
        drained: { target: 'draining' },
        removed: { target: 'removed' },
        adopted: { target: 'adopted' },
      },
    },
    draining: {
      description: 'About to go: finish what is under way, send nothing new.',
      on: { removed: { target: 'removed' }, adopted: { target: 'adopted' } },
    },
    removed: { description: 'Its record is gone: by whom and why is in the event.', type: 'final' },
    adopted: { description: 'A later run of the same slot owns it now.', type: 'final' },
  },
});
