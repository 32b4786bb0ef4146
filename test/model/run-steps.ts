import type { SessionEvent } from '../../machines/session.ts';
import type { Choice } from './branch.ts';
import type { Rules } from './removable-rules.ts';
import { answered } from './run-answers.ts';
import {
  become,
  goTo,
  movingRun,
  planReconcile,
  planRegrant,
  planWithdraw,
  send,
  startingAtOnce,
  takingSlot,
} from './run-program.ts';
import { finish, post } from './session-program.ts';
import type { Commit, Process, SlotEntry, State, Task } from './state.ts';
import { at, type Broken, fork, nameOf, put, store } from './store.ts';

/**
 * src/runtime/agent/claim-slot.ts, reconcile.ts, regrant.ts, withdraw.ts, lease-keeper.ts and holding.ts: the
 * interactions of a run with the store, one per step, in the order of that code.
 */

/** The steps of a run's own process, each one interaction with the store. */
export function* runSteps(state: State, index: number, rules: Rules): Generator<Choice> {
  const process = at(state.processes, index);
  const { task } = process;
  if (process.life !== 'up') return;
  const name = nameOf(process.run);
  const take = (say: string, act: (next: State) => Broken | undefined): Choice => {
    const next = fork(state);
    const broken = act(next) ?? undefined;
    return { say: `${name} ${say}`, calm: true, next, broken };
  };
  if (task)
    yield told(
      task,
      take(sayOf(task), (next) => perform(next, index, task, rules)),
    );
  if (task?.sending && task.pc === 'send' && mayLose(state, rules)) {
    const lost = take(`sends ${wordsOf(task.sending)} and gets no answer`, (next) => {
      next.flight = [...next.flight, task.sending as Commit];
      next.budget = { ...next.budget, unknowns: next.budget.unknowns - 1 };
      answered(next, index, task, 'unknown', rules);
    });
    yield { ...lost, calm: false };
  }
  if (looks(state, process)) yield take('looks at its record', (next) => void check(next, index));
}

/** A step without an interaction with the store has no text. */
const told = ({ pc }: Task, choice: Choice): Choice =>
  pc === 'plan' ? { ...choice, say: '' } : choice;

export const mayLose = ({ budget, flight }: State, { underWay }: Rules): boolean =>
  budget.unknowns > 0 && flight.length < underWay;

const sayOf = ({ pc, effect, sending }: Task): string => {
  if (pc === 'send' && sending) return `writes ${wordsOf(sending)}`;
  return (
    { lease: 'takes its lease', release: 'gives its lease back', list: 'lists its prefix' }[
      pc as string
    ] ?? `reads its slot's record, to ${effect}`
  );
};

export const wordsOf = ({ writes }: Commit): string =>
  writes
    .flatMap(({ key, events }) =>
      events.map(({ type }) => (key === 'slot' ? type : `${type} ${key + 1}`)),
    )
    .join(' + ');

function perform(state: State, index: number, task: Task, rules: Rules): Broken | undefined {
  switch (task.pc) {
    case 'lease':
      return takeLease(state, index, task, rules);
    case 'read':
      return readClaim(state, index, rules);
    case 'check':
    case 'recheck':
      return recheck(state, index, task, rules);
    case 'plan':
      return void plan(state, index, task, rules);
    case 'list':
      return void list(state, index, rules);
    case 'send':
      return deliver(state, index, task, rules);
    case 'release': {
      const { run } = at(state.processes, index);
      state.lease = put(state.lease, run, 'absent');
      if (state.slot.run === run) state.vouched = false;
      become(state, index, { holds: false });
      return void finish(state, index);
    }
    default:
      return task.pc satisfies never;
  }
}

function takeLease(state: State, index: number, task: Task, rules: Rules): undefined {
  const { run, agent } = at(state.processes, index);
  const recordFirst = rules.without.has('record-before-lease') && task.effect === 'regrant';
  if (recordFirst && !task.listed && agent) {
    return void goTo(state, index, { pc: 'check', listed: true });
  }
  state.lease = put(state.lease, run, 'moving');
  become(state, index, { holds: true });
  if (task.effect === 'take-lease') return void finish(state, index, { type: 'leased' });
  if (recordFirst && agent) return void finish(state, index, { type: 'regranted' });
  return void goTo(state, index, { pc: 'check' });
}

function plan(state: State, index: number, { effect }: Task, rules: Rules): undefined {
  if (effect === 'reconcile') planReconcile(state, index, rules);
  else planWithdraw(state, index, rules);
}

/** src/runtime/agent/claim-slot.ts and take-slot.ts: `claimSlot` from its reads to its write. */
function readClaim(state: State, index: number, rules: Rules): undefined {
  const { run, spent, agent } = at(state.processes, index);
  const there = state.slot;
  if (there.run === run) {
    if (agent === undefined && !rules.without.has('claim-unconfirmed')) {
      return void goTo(state, index, { pc: 'check' });
    }
    become(state, index, { agent: there, inDoubt: false });
    return void finish(state, index, { type: 'claimed' });
  }
  if (spent && !rules.without.has('id-reused')) return void finish(state, index, { type: 'spent' });
  if (!mayTake(state, at(state.processes, index), there, rules)) {
    return void finish(state, index, { type: 'refused', why: '' });
  }
  if (rules.inSteps) return void send(state, index, [takingSlot(run, there, rules)], rules);
  // The instances are listed a little before, but its commit expects this record, and each instance as it was listed.
  become(state, index, { instances: state.instances });
  const commit = startingAtOnce(at(state.processes, index), run, there, rules);
  return void send(state, index, commit, rules);
}

/** The lease of a run, as who reads it at the leader judges it: src/runtime/support/lease-movements.ts. */
export function seenLease(
  { lease }: State,
  run: number,
  { without }: Rules,
): 'stands' | 'unmoved' | 'absent' {
  const there = at(lease, run);
  if (there === 'absent') return 'absent';
  return there === 'still' && !without.has('lease-need-not-move') ? 'unmoved' : 'stands';
}

/** `mayTake`. Asking twice, three seconds apart, is one step here: a dead process stays dead. */
function mayTake(state: State, me: Process, there: SlotEntry, rules: Rules): boolean {
  if (there.run < 0 || there.phase === 'expired') return true;
  if (me.former & (1 << there.run) || me.takeover) return true;
  const holder = at(state.processes, at(state.runs, there.run).process);
  if (holder.run !== there.run || holder.life === 'dead' || holder.life === 'gone') return true;
  return holder.life === 'frozen' && seenLease(state, there.run, rules) !== 'stands';
}

/** `Holding.check`: the records of this run, or how it ended. */
function check(state: State, index: number): undefined {
  const ended = endedAs(state, index);
  if (ended) {
    return post(state, index, ended);
  }
  const { agent, session, holds } = at(state.processes, index);
  if (!agent || state.slot.rev > agent.rev) become(state, index, { agent: state.slot });
  const known = at(state.processes, index).agent;
  if (known?.suspect && holds && (session === 'serving' || session === 'reconciling')) {
    post(state, index, { type: 'suspected' });
  }
}

function endedAs({ slot, processes }: State, index: number): SessionEvent | undefined {
  const { run } = at(processes, index);
  if (slot.run < 0) return { type: 'ended', cause: 'absent' };
  if (slot.run !== run) return { type: 'ended', cause: 'superseded' };
  return slot.phase === 'expired' ? { type: 'ended', cause: 'expired' } : undefined;
}

/** Once per ttl and on notice (`#check` of session.ts), only if the result would be new. */
function looks(state: State, process: Process): boolean {
  const { session, run, agent, holds, task, queue } = process;
  if (session !== 'serving' && session !== 'reconciling') return false;
  if (state.slot.run !== run || state.slot.phase === 'expired') return true;
  if (!agent || agent.rev < state.slot.rev) return true;
  return agent.suspect && holds && task?.effect !== 'refute' && !queue.includes('refute');
}

/** A read of the slot's record between two writes, and the reaction of the code. */
function recheck(state: State, index: number, task: Task, rules: Rules): undefined {
  const ended = endedAs(state, index);
  if (ended) {
    if (task.effect === 'claim-slot') return void finish(state, index, { type: 'spent' });
    return void finish(state, index, ended);
  }
  const { agent } = at(state.processes, index);
  if (!agent || state.slot.rev > agent.rev) become(state, index, { agent: state.slot });
  const mine = at(state.processes, index).agent;
  if (!mine) return;
  switch (task.effect) {
    case 'claim-slot': {
      const change = mine.first ? movingRun(mine, 'confirmed') : 'ignored';
      if (change === 'ignored') return void finish(state, index, { type: 'claimed' });
      return void send(state, index, [change], rules);
    }
    case 'regrant':
    case 'refute':
      return void planRegrant(state, index, rules);
    case 'reconcile':
      if (task.pc === 'recheck' && mine.suspect) {
        return void finish(state, index, { type: 'suspected' });
      }
      return void goTo(state, index, { pc: 'plan' });
    default:
      return void goTo(state, index, { pc: 'plan' });
  }
}

/** `Holding.list`. */
function list(state: State, index: number, rules: Rules): undefined {
  const process = at(state.processes, index);
  const heads = process.heads.map((head, key) => {
    const there = at(state.instances, key);
    if (there.owner === process.run) return there.n;
    return there.owner < 0 && at(process.unsure, key) > 0 ? at(process.unsure, key) : head;
  });
  become(state, index, { instances: state.instances, heads });
  const { task } = at(state.processes, index);
  if (!task) return;
  become(state, index, { task: { ...task, listed: true } });
  // There is no await between the list and the write that follows from it.
  plan(state, index, task, rules);
}

/** The commit reaches the store, and its answer reaches the process. */
function deliver(state: State, index: number, task: Task, rules: Rules): Broken | undefined {
  if (!task.sending) return undefined;
  const { revisions, broken } = store(state, task.sending);
  answered(state, index, task, revisions, rules);
  return broken;
}
