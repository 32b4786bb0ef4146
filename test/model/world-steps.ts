import type { Choice } from './branch.ts';
import type { Rules } from './removable-rules.ts';
import { become } from './run-program.ts';
import { wordsOf } from './run-steps.ts';
import { beginRun, post, settle, without } from './session-program.ts';
import type { Budget, State } from './state.ts';
import { at, type Broken, fork, nameOf, noRecord, put, store } from './store.ts';

/** Faults of processes and messages, and requests of operators. */
export function* worldSteps(state: State, rules: Rules): Generator<Choice> {
  yield* messages(state);
  for (const [run, lease] of state.lease.entries()) {
    if (lease !== 'absent') yield* lapse(state, run, rules);
  }
  for (const [index] of state.processes.entries()) {
    yield* life(state, index, rules);
    yield* wishes(state, index);
  }
  yield* operators(state);
}

type Act = (next: State) => Broken | undefined;

function happens(state: State, say: string, calm: boolean, act: Act): Choice {
  const next = fork(state);
  const broken = act(next) ?? undefined;
  return { say, calm, next, broken };
}

const spend = (state: State, what: keyof Budget): undefined => {
  state.budget = { ...state.budget, [what]: state.budget[what] - 1 };
};

/** A commit of unknown outcome is stored late, or never. */
function* messages(state: State): Generator<Choice> {
  for (const [index, commit] of state.flight.entries()) {
    const rest = state.flight.filter((_, other) => other !== index);
    const who = commit.by === 'collector' ? 'a collector' : nameOf(commit.by);
    const what = `${wordsOf(commit)} of ${who}`;
    yield happens(state, `the store takes the late ${what}`, true, (next) => {
      next.flight = rest;
      return store(next, commit).broken;
    });
    yield happens(state, `${what} is lost`, true, (next) => {
      next.flight = rest;
    });
  }
}

/**
 * A lease lapses at the server, but never before the clock of a running owner has passed its end, unless the
 * clock of the server was set ahead. If that clock was set back, the server keeps the lease. Then it stands
 * still for two ttls, which its owner notices after one.
 */
function* lapse(state: State, run: number, rules: Rules): Generator<Choice> {
  const { without: weak, serverClock } = rules;
  const { process: index } = at(state.runs, run);
  const holder = at(state.processes, index);
  const held = holder.run === run && holder.holds;
  const unnoticed = weak.has(serverClock === 'back' ? 'stillness-unnoticed' : 'lapse-unnoticed');
  const early = (unnoticed || serverClock === 'ahead') && state.budget.lapses > 0;
  if (held && holder.life === 'up' && !early) return;
  const to = serverClock === 'back' ? 'still' : 'absent';
  if (at(state.lease, run) === to) return;
  const what = to === 'still' ? 'is not renewed for two ttls' : 'lapses';
  yield happens(state, `the lease of ${nameOf(run)} ${what}`, true, (next) => {
    next.lease = put(next.lease, run, to);
    if (next.slot.run === run) next.vouched = false;
    if (held && holder.life === 'frozen') become(next, index, { holds: false });
    if (held && holder.life === 'up') spend(next, 'lapses');
  });
}

function* life(state: State, index: number, { serverClock }: Rules): Generator<Choice> {
  const process = at(state.processes, index);
  const name = process.run < 0 ? `process ${index + 1}` : nameOf(process.run);
  const { budget } = state;
  if (process.life === 'waiting') {
    yield happens(state, `process ${index + 1} begins`, false, (next) => beginRun(next, index));
  }
  if (process.life === 'frozen') {
    yield happens(state, `${name} is thawed`, false, (next) => thaw(next, index));
  }
  if (process.life !== 'up') return;
  if (budget.kills > 0) {
    yield happens(state, `${name} is killed`, false, (next) => kill(next, index, false));
    if (process.task?.sending) {
      const say = `${name} is killed with ${wordsOf(process.task.sending)} under way`;
      yield happens(state, say, false, (next) => kill(next, index, true));
    }
  }
  if (budget.freezes > 0) {
    yield happens(state, `${name} is frozen`, false, (next) => {
      spend(next, 'freezes');
      become(next, index, { life: 'frozen' });
    });
  }
  if (serverClock === 'ahead' && process.holds && at(state.lease, process.run) === 'absent') {
    yield happens(state, `a renewal of ${name} is refused`, true, (next) => {
      become(next, index, { holds: false });
      post(next, index, { type: 'lapsed', why: '' });
    });
  }
  if (process.holds && budget.lapses > 0) {
    yield happens(state, `${name} has had no answer to a renewal for a ttl`, false, (next) => {
      spend(next, 'lapses');
      become(next, index, { holds: false });
      post(next, index, { type: 'lapsed', why: '' });
    });
  }
}

function kill(state: State, index: number, underWay: boolean): undefined {
  const { task, run } = at(state.processes, index);
  spend(state, 'kills');
  if (underWay && task?.sending) state.flight = [...state.flight, task.sending];
  const dead = without('dead', state.instances.length, { run });
  state.processes = put(state.processes, index, dead);
}

/** A process that wakes checks its clock first: a lease that lapsed meanwhile is not claimed. */
function thaw(state: State, index: number): undefined {
  become(state, index, { life: 'up' });
  const { holds, session } = at(state.processes, index);
  const claimed = session === 'claiming' || session === 'reconciling' || session === 'serving';
  if (!holds && claimed) post(state, index, { type: 'lapsed', why: '' });
  else settle(state, index);
}

function* wishes(state: State, index: number): Generator<Choice> {
  const process = at(state.processes, index);
  const { session, life: alive, queue } = process;
  if (alive !== 'up') return;
  const name = nameOf(process.run);
  const over = session === 'fenced' || session === 'stopped' || session === 'leaving';
  if (state.budget.leaves > 0 && !over) {
    yield happens(state, `${name} is told to leave`, false, (next) => {
      spend(next, 'leaves');
      post(next, index, { type: 'told-to-leave' });
    });
  }
  if (state.budget.changes > 0 && session === 'serving' && !queue.includes('reconcile')) {
    const wants = process.wants ^ 1;
    const say = wants & 1 ? `${name} runs web/1 again` : `${name} runs web/1 no more`;
    yield happens(state, say, false, (next) => {
      spend(next, 'changes');
      become(next, index, { wants, queue: [...queue, 'reconcile'] });
      settle(next, index);
    });
  }
}

function* operators(state: State): Generator<Choice> {
  const { hold, budget, slot } = state;
  if (hold.stands || budget.holds > 0) {
    const say = hold.stands ? 'the hold ends' : 'somebody holds the host';
    yield happens(state, say, hold.stands, (next) => {
      if (!hold.stands) spend(next, 'holds');
      next.last += 1;
      next.hold = { rev: next.last, stands: !hold.stands };
    });
  }
  if (budget.deletions > 0 && slot.run >= 0) {
    yield happens(state, "somebody's tool deletes the slot's record", false, (next) => {
      spend(next, 'deletions');
      next.last += 1;
      const truth = at(next.runs, slot.run);
      next.runs = put(next.runs, slot.run, { ...truth, over: 'deleted' });
      next.slot = { ...noRecord, rev: next.last };
      next.vouched = false;
    });
  }
}
