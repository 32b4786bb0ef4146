import type { Rules, Weakening } from './removable-rules.ts';
import { beginRun, without } from './session-program.ts';
import { type Budget, idle, type State } from './state.ts';
import { fork, noInstance, noRecord, put } from './store.ts';

/** A fleet of one slot and the possible faults and requests; every state is explored. */
export interface Scenario {
  readonly name: string;
  readonly about: string;
  readonly runs: number;
  readonly instances: number;
  readonly collectors: number;
  readonly batch: number;
  readonly underWay: number;
  /** Each process: its instances (bits), and whether it takes over; the first starts immediately. */
  readonly processes: readonly { readonly wants: number; readonly takeover: boolean }[];
  readonly budget: Partial<Budget>;
  /** Whether runs start in steps; in one commit if absent. */
  readonly inSteps?: boolean;
  /** The wall clock of the server; `right` if absent. */
  readonly serverClock?: Rules['serverClock'];
}

const nothing: Budget = {
  ...{ kills: 0, freezes: 0, lapses: 0, unknowns: 0, leaves: 0 },
  ...{ changes: 0, holds: 0, doubts: 0, deletions: 0 },
};

const small = { runs: 2, instances: 2, collectors: 2, batch: 1, underWay: 1 };
const both = { wants: 3, takeover: false };

export const scenarios: readonly Scenario[] = [
  {
    ...small,
    name: 'takeover',
    about: 'a run, another that takes over with fewer instances, a third; freezes, a kill',
    runs: 3,
    collectors: 1,
    processes: [both, { wants: 1, takeover: true }],
    budget: { freezes: 1 },
  },
  {
    ...small,
    name: 'expiry',
    about: 'lapses, a freeze, a kill; two collectors expire and remove in batches; it starts over',
    processes: [both],
    budget: { lapses: 1, doubts: 1 },
  },
  {
    ...small,
    name: 'expiry, in steps',
    about: 'the same with runs that take the slot first, and register then',
    processes: [both],
    budget: { lapses: 1, doubts: 1 },
    inSteps: true,
  },
  {
    ...small,
    name: 'doubted',
    about: 'a run that is alive and twice found without responders',
    instances: 1,
    processes: [{ wants: 1, takeover: false }],
    budget: { doubts: 2 },
  },
  {
    ...small,
    name: 'leftovers',
    about: 'superseded and orphaned instances, two collectors, and a new owner of the same keys',
    processes: [both, { wants: 1, takeover: true }],
    budget: { deletions: 1 },
  },
  {
    ...small,
    name: 'lost and late',
    about: 'commits stored late or never, of the run and the collectors; it leaves, or changes',
    instances: 1,
    collectors: 1,
    processes: [{ wants: 1, takeover: false }],
    budget: { unknowns: 1, changes: 2, leaves: 1, lapses: 1 },
  },
  {
    ...small,
    name: 'lost claims',
    about: 'claims stored late or never, of two processes that take the slot from each other',
    runs: 3,
    instances: 1,
    collectors: 1,
    processes: [
      { wants: 1, takeover: true },
      { wants: 1, takeover: true },
    ],
    budget: { unknowns: 1 },
  },
  {
    ...small,
    name: 'hold',
    about: 'planned silence that begins and ends while two collectors judge',
    instances: 1,
    processes: [{ wants: 1, takeover: false }],
    budget: { holds: 1, kills: 1 },
  },
  {
    ...small,
    name: 'clock set back',
    about: 'a server that keeps every lease; a freeze or a kill, and renewals without an answer',
    instances: 1,
    collectors: 1,
    processes: [{ wants: 1, takeover: false }],
    budget: { kills: 1, lapses: 1, doubts: 1 },
    serverClock: 'back',
  },
  {
    ...small,
    name: 'clock set ahead',
    about: 'a server that ends leases while their holders claim them; a kill',
    instances: 1,
    collectors: 1,
    processes: [{ wants: 1, takeover: false }],
    budget: { lapses: 1, kills: 1 },
    serverClock: 'ahead',
  },
];

/** The same with more faults: takes minutes and some GB. */
const more: Readonly<Record<string, Partial<Scenario>>> = {
  takeover: { budget: { freezes: 1, kills: 1 }, collectors: 2 },
  expiry: { budget: { freezes: 1, kills: 1, lapses: 1, doubts: 1 } },
  leftovers: { budget: { deletions: 1, kills: 1 } },
  'lost and late': { budget: { unknowns: 2, changes: 2, leaves: 1 } },
  'lost claims': { budget: { unknowns: 1, leaves: 1 } },
  hold: { budget: { holds: 2, kills: 1, lapses: 1 } },
};
export const largeScenarios: readonly Scenario[] = scenarios.map((scenario) => ({
  ...scenario,
  ...more[scenario.name],
}));

export const rulesOf = (
  { batch, underWay, serverClock = 'right', inSteps = false }: Scenario,
  weakened: readonly Weakening[],
): Rules => ({ batch, underWay, serverClock, inSteps, without: new Set(weakened) });

export function initialOf(scenario: Scenario): State {
  const { runs, instances, collectors, processes } = scenario;
  const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);
  const truth = { took: false, over: 'no', process: -1, heads: many(instances, 0) } as const;
  const state: State = {
    slot: { ...noRecord, rev: 0 },
    instances: many(instances, { ...noInstance, rev: 0 }),
    hold: { rev: 0, stands: false },
    lease: many(runs, 'absent'),
    flight: [],
    last: 0,
    runs: many(runs, truth),
    vouched: false,
    processes: processes.map(({ wants, takeover }) =>
      without('waiting', instances, { wants, takeover }),
    ),
    collectors: many(collectors, idle),
    budget: { ...nothing, ...scenario.budget },
    fresh: 0,
  };
  const first = fork(state);
  beginRun(first, 0);
  return { ...first, processes: put(first.processes, 0, first.processes[0] ?? without('gone', 0)) };
}
