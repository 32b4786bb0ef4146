import { assign, setup } from 'xstate';

export type SessionEvent =
  | { type: 'opened' }
  | { type: 'leased' }
  | { type: 'claimed' }
  | { type: 'spent' }
  | { type: 'refused'; why: string }
  | { type: 'reconciled' }
  | { type: 'lapsed'; why: string }
  | { type: 'regranted' }
  | { type: 'suspected' }
  | { type: 'ended'; cause: EndCause }
  | { type: 'told-to-leave' }
  | { type: 'left' }
  | { type: 'gave-up' };

/** Why a run ended: what it found instead of its record. */
export type EndCause = 'expired' | 'superseded' | 'absent' | 'spent' | 'refused' | 'left';

/** The next action of the process, executed by src/runtime/agent/session.ts. */
export type SessionEffect =
  | 'take-lease'
  | 'claim-slot'
  | 'reconcile'
  | 'regrant'
  | 'refute'
  | 'withdraw'
  | 'release-lease';

/**
 * The run from the view of its own process, one session per run. An ended run is never revived: a process
 * that starts over does so with a new run and a new session.
 */
export const sessionMachine = setup({
  types: {
    events: {} as SessionEvent,
    context: {} as { cause: EndCause | null; announced: boolean },
  },
  actions: {
    'take-lease': () => {},
    'claim-slot': () => {},
    reconcile: () => {},
    regrant: () => {},
    refute: () => {},
    withdraw: () => {},
    'release-lease': () => {},
    'keep the cause': assign({
      cause: ({ event }) => (event.type === 'ended' ? event.cause : null),
    }),
    'remember it was announced': assign({ announced: true }),
    'it is spent': assign({ cause: 'spent' }),
    'it was refused': assign({ cause: 'refused' }),
    'it left': assign({ cause: 'left' }),
  },
  guards: {
    'it was announced': ({ context }) => context.announced,
  },
}).createMachine({
  id: 'session',
  context: { cause: null, announced: false },
  initial: 'connecting',
  states: {
    connecting: {
      description:
        'Listens on its own subject and takes its lease: before any record that needs it.',
      on: {
        opened: { target: 'connecting', actions: 'take-lease' },
        leased: { target: 'claiming', actions: 'claim-slot' },
        'told-to-leave': { target: 'stopped', actions: ['it left', 'release-lease'] },
      },
    },
    claiming: {
      description: 'Reads the slot and takes it, once: a run id takes a slot at most once.',
      on: {
        claimed: { target: 'reconciling', actions: 'reconcile' },
        spent: {
          target: 'fenced',
          actions: ['it is spent', 'release-lease'],
          description: 'Outcome unknown and the record does not name this run: the id is used up.',
        },
        refused: {
          target: 'fenced',
          actions: ['it was refused', 'release-lease'],
          description: 'A live run holds the slot.',
        },
        lapsed: {
          target: 'fenced',
          actions: ['it is spent', 'release-lease'],
          description: 'Too slow: the lease went before the slot was taken.',
        },
        'told-to-leave': { target: 'leaving', actions: 'withdraw' },
      },
    },
    reconciling: {
      description: 'Adopts, creates and deletes until the records equal what really runs.',
      on: {
        reconciled: {
          target: 'serving',
          actions: ['remember it was announced', 'reconcile'],
          description: 'Once more from there, for what changed in between.',
        },
        suspected: { target: 'reconciling', actions: ['refute', 'reconcile'] },
        lapsed: { target: 'lapsed', actions: 'regrant' },
        ended: { target: 'fenced', actions: ['keep the cause', 'release-lease'] },
        'told-to-leave': { target: 'leaving', actions: 'withdraw' },
      },
    },
    serving: {
      description: 'Renews, registers and deregisters, answers pings.',
      on: {
        suspected: {
          target: 'serving',
          actions: ['refute', 'reconcile'],
          description: 'Doubted while it holds its lease: it says so in its record.',
        },
        lapsed: {
          target: 'lapsed',
          actions: 'regrant',
          description: 'No acknowledged renewal for a ttl, or a refused one.',
        },
        ended: { target: 'fenced', actions: ['keep the cause', 'release-lease'] },
        'told-to-leave': { target: 'leaving', actions: 'withdraw' },
      },
    },
    lapsed: {
      description:
        'Claims nothing: its lease went, so it may be expired any moment. Asks to come back.',
      on: {
        regranted: [
          {
            guard: 'it was announced',
            target: 'serving',
            actions: 'reconcile',
            description: 'Key first, record second; then whatever changed meanwhile.',
          },
          { target: 'reconciling', actions: 'reconcile' },
        ],
        lapsed: {
          target: 'lapsed',
          actions: 'regrant',
          description: 'The key was taken again, and lapsed again before the record was rewritten.',
        },
        ended: { target: 'fenced', actions: ['keep the cause', 'release-lease'] },
        'told-to-leave': { target: 'leaving', actions: 'withdraw' },
      },
    },
    leaving: {
      description: 'Drains, removes its instances, then its record, then its lease.',
      on: {
        left: { target: 'stopped', actions: ['it left', 'release-lease'] },
        ended: {
          target: 'stopped',
          actions: ['keep the cause', 'release-lease'],
          description: 'Somebody else was faster: it has nothing left to remove.',
        },
        'gave-up': {
          target: 'stopped',
          actions: ['it left', 'release-lease'],
          description: 'The store did not answer in time: collectors remove what is left.',
        },
      },
    },
    fenced: {
      description: 'This run is over, and it knows. It writes no more.',
      type: 'final',
    },
    stopped: { description: 'The run went by its own will.', type: 'final' },
  },
});
