import { setup } from 'xstate';
import type { SuspectReason } from '../src/domain/records/schemas.ts';

export type RunEvent =
  | { type: 'started' }
  | { type: 'confirmed' }
  | { type: 'announced' }
  | { type: 'suspected'; reason: SuspectReason }
  | { type: 'regranted' }
  | { type: 'withdrawn' }
  | { type: 'expired' }
  | { type: 'superseded' }
  | { type: 'removed' }
  | { type: 'left' };

/**
 * A run in the registry. Its state is stored in the agent record. Suspicion is a region parallel to the
 * phase, because a run that is registering or leaving can fall silent too.
 */
export const runMachine = setup({
  types: { events: {} as RunEvent },
}).createMachine({
  id: 'run',
  initial: 'present',
  states: {
    present: {
      description: 'The run holds its slot, and nobody has declared it dead.',
      type: 'parallel',
      on: {
        superseded: {
          target: 'superseded',
          description: 'Another run took the slot.',
        },
      },
      states: {
        phase: {
          initial: 'registering',
          states: {
            registering: {
              description: 'Has the slot; makes its records equal to what really runs.',
              on: {
                confirmed: {
                  target: 'registering',
                  description:
                    'A write was not acknowledged: what is still under way is fenced off by this one.',
                },
                announced: { target: 'live', description: 'All it runs is registered.' },
                withdrawn: { target: 'leaving' },
              },
            },
            live: {
              description: 'Renews its lease and owns its instances.',
              on: {
                confirmed: {
                  target: 'live',
                  description:
                    'Fences off a write whose outcome is not known, lest it be stored later.',
                },
                withdrawn: { target: 'leaving', description: 'Told to stop, politely.' },
              },
            },
            leaving: {
              description: 'Drains and removes its own instances; then its record goes.',
              on: { left: { target: '#run.left' } },
            },
          },
        },
        sight: {
          initial: 'clear',
          states: {
            clear: {
              description: 'Nobody doubts it.',
              on: {
                suspected: {
                  target: 'suspect',
                  description: 'Silent past its ttl, or gone from its subject.',
                },
                regranted: {
                  target: 'clear',
                  description: 'Its lease lapsed and it took it again before anybody noticed.',
                },
              },
            },
            suspect: {
              description: 'Doubted, and still refutable, by the run alone.',
              on: {
                regranted: { target: 'clear', description: 'Only the run refutes.' },
                expired: {
                  target: '#run.expired',
                  description: 'The grace has passed and the lease is absent.',
                },
              },
            },
          },
        },
      },
    },
    expired: {
      description: 'Declared dead, final for this run. What it left is being removed.',
      on: {
        removed: { target: 'gone', description: 'Its last instance went, or a new run came.' },
      },
    },
    gone: { description: 'Expired, and nothing of it is left.', type: 'final' },
    superseded: { description: 'Another run holds the slot.', type: 'final' },
    left: { description: 'Went by itself, its records with it.', type: 'final' },
  },
});
