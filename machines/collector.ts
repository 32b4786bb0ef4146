import { setup } from 'xstate';

export type CollectorEvent =
  | { type: 'seated'; seat: number }
  | { type: 'sighted' }
  | { type: 'removal-begun' }
  | { type: 'removal-done' }
  | { type: 'kept'; seq: number; digest: string }
  | { type: 'blinded'; why: string }
  | { type: 'unseated'; why?: string }
  | { type: 'stopped' };

export type CollectorEffect = 'start-clocks' | 'stop-judging';

/**
 * A collector process, which detects dead runs and removes their records. It works only with a seat.
 * Without a current view it is blind and judges no run; afterwards it counts every silence from zero (G6).
 */
export const collectorMachine = setup({
  types: { events: {} as CollectorEvent },
  actions: {
    'start-clocks': () => {},
    'stop-judging': () => {},
  },
}).createMachine({
  id: 'collector',
  initial: 'sleeping',
  states: {
    sleeping: {
      description: 'Every seat is held by somebody else, or the store does not answer.',
      on: {
        seated: { target: 'seated' },
        stopped: { target: 'stopped' },
      },
    },
    seated: {
      description: 'Holds a seat: the watching and the removing are its work.',
      initial: 'blind',
      on: {
        unseated: {
          target: 'sleeping',
          actions: 'stop-judging',
          description: 'Its seat lapsed or was taken.',
        },
        stopped: { target: 'stopped', actions: 'stop-judging' },
      },
      states: {
        blind: {
          description:
            'Has no proof that it sees: its own seat has not come back through its watch.',
          on: { sighted: { target: 'watching', actions: 'start-clocks' } },
        },
        watching: {
          description: 'Counts silences on its own clock and judges.',
          on: {
            'removal-begun': { target: 'removing' },
            kept: {
              target: 'watching',
              description: 'Verified the history up to a place, and keeps how it stood there.',
            },
            blinded: { target: 'blind', actions: 'stop-judging' },
          },
        },
        removing: {
          description: 'Removes what dead runs left, revision by revision.',
          on: {
            'removal-done': { target: 'watching' },
            blinded: { target: 'blind', actions: 'stop-judging' },
          },
        },
      },
    },
    stopped: { description: 'Ended by its owner; its seat is free.', type: 'final' },
  },
});
