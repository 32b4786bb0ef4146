import type { Rules } from './removable-rules.ts';
import { finish, settle } from './session-program.ts';
import type { Commit, InstanceWrite, Process, SlotEntry, SlotWrite, State, Task } from './state.ts';
import { at, put } from './store.ts';
import { firstOf, movedSlot, mustEndInstance, mustEndRun, plannedRepairs } from './transitions.ts';

/** The writes of a run: src/runtime/transitions/run-changes.ts, instance-changes.ts, and their plan. */

type Move = Parameters<typeof movedSlot>[1];

export const become = (state: State, index: number, change: Partial<Process>): undefined => {
  state.processes = put(state.processes, index, { ...at(state.processes, index), ...change });
};

export const goTo = (state: State, index: number, change: Partial<Task>): undefined => {
  const { task } = at(state.processes, index);
  if (task) become(state, index, { task: { ...task, ...change } });
  settle(state, index);
};

/** `Holding.commit`: instances are fenced on the slot's record as the run knows it. */
export function send(
  state: State,
  index: number,
  writes: readonly (SlotWrite | InstanceWrite)[],
  { without }: Rules,
): undefined {
  const { run, agent } = at(state.processes, index);
  const fenced =
    agent && !without.has('instances-unfenced') && writes.every((w) => w.key !== 'slot');
  const fences = fenced ? [{ key: 'slot' as const, expect: agent.rev }] : [];
  const sending: Commit = { by: run, writes, fences };
  goTo(state, index, { pc: 'send', sending });
}

/** `takeSlot` of src/runtime/transitions/run-changes.ts. */
export function takingSlot(run: number, over: SlotEntry, { without }: Rules): SlotWrite {
  const type = over.phase === 'expired' ? 'removed' : 'superseded';
  const ended =
    over.run >= 0 && !without.has('chain-unended')
      ? [{ run: over.run, after: over.rev, type: mustEndRun(over, type) }]
      : [];
  const started = { run, after: 0, type: 'started' };
  const events = [...ended, started];
  return { key: 'slot', expect: over.rev, judged: over.rev, put: firstOf(run), events };
}

/** The claim with the first registrations, and with the announcement if these are all. */
export function startingAtOnce(
  process: Process,
  run: number,
  over: SlotEntry,
  rules: Rules,
): readonly (SlotWrite | InstanceWrite)[] {
  const all = repairs(process, rules);
  const claim = takingSlot(run, over, rules);
  const announced = all.length <= rules.batch && { ...firstOf(run), phase: 'live' as const };
  return [announced ? { ...claim, put: announced } : claim, ...all.slice(0, rules.batch)];
}

/** `moveRun`: one transition of a run that keeps its record. */
export function movingRun(there: SlotEntry, type: Move, why = ''): SlotWrite | 'ignored' {
  const moved = movedSlot(there, type);
  if (moved === 'ignored') return moved;
  const events = [{ run: there.run, after: there.rev, type: `${type}${why}` }];
  return { key: 'slot', expect: there.rev, judged: there.rev, put: moved, events };
}

/** `removeRun`: the end of a run whose record is removed. */
export function removingRun(there: SlotEntry, type: 'left' | 'removed'): SlotWrite {
  const events = [{ run: there.run, after: there.rev, type: mustEndRun(there, type) }];
  return { key: 'slot', expect: there.rev, judged: there.rev, put: undefined, events };
}

/** `removeInstance` of src/runtime/transitions/instance-changes.ts. */
export function removing(
  there: { owner: number; rev: number; n: number },
  key: number,
): InstanceWrite {
  const type = mustEndInstance('removed');
  const events = [{ run: there.owner, instance: key, after: there.n, type }];
  return { key, expect: there.rev, judged: there.rev, put: undefined, events };
}

/** `registerInstance`: without a record, or over that of an earlier run, whose chain ends. */
function registering(process: Process, key: number, { without }: Rules): InstanceWrite {
  const over = at(process.instances, key);
  const before = without.has('chain-begun-anew') ? 0 : at(process.heads, key);
  const adopted =
    over.owner >= 0
      ? [{ run: over.owner, instance: key, after: over.n, type: mustEndInstance('adopted') }]
      : [];
  const started = { run: process.run, instance: key, after: before, type: 'registered' };
  const events = [...adopted, started];
  const entry = { owner: process.run, n: before + 1 };
  return { key, expect: over.rev, judged: over.rev, put: entry, events };
}

/** src/runtime/agent/reconcile.ts, from the head of its loop to the next await. */
export function planReconcile(state: State, index: number, rules: Rules): undefined {
  const process = at(state.processes, index);
  const { agent, task } = process;
  if (!agent || !task) return goTo(state, index, { pc: 'check' });
  const settled = !process.inDoubt || rules.without.has('doubt-settled-by-reading');
  if (settled && !task.listed) return goTo(state, index, { pc: 'list' });
  if (!settled) goTo(state, index, { listed: false });
  const writes = settled ? nextWrites(process, agent, rules) : moves(agent, 'confirmed');
  if (writes.length === 0) return finish(state, index, { type: 'reconciled' });
  send(state, index, writes, rules);
}

function nextWrites(process: Process, agent: SlotEntry, rules: Rules) {
  const all = repairs(process, rules);
  const isLast = all.length <= rules.batch && agent.phase === 'registering';
  return [...all.slice(0, rules.batch), ...(isLast ? moves(agent, 'announced') : [])];
}

const moves = (agent: SlotEntry, type: Move): SlotWrite[] =>
  [movingRun(agent, type)].filter((write) => write !== 'ignored');

const repairs = (process: Process, rules: Rules): InstanceWrite[] =>
  plannedRepairs(process.run, process.instances, process.wants).map(([what, key]) =>
    what === 'remove'
      ? removing(at(process.instances, key), key)
      : registering(process, key, rules),
  );

/** src/runtime/agent/leave.ts, likewise; nothing drains here. */
export function planWithdraw(state: State, index: number, rules: Rules): undefined {
  const { agent, task, instances } = at(state.processes, index);
  if (!agent || !task) return goTo(state, index, { pc: 'check' });
  if (!task.listed) return goTo(state, index, { pc: 'list' });
  const saying = movingRun(agent, 'withdrawn');
  if (saying !== 'ignored') return send(state, index, [saying], rules);
  const stored = instances.flatMap((there, key) =>
    there.owner >= 0 ? [[there, key] as const] : [],
  );
  const removals = stored.slice(0, rules.batch).map(([there, key]) => removing(there, key));
  const last = stored.length <= rules.batch ? [removingRun(agent, 'left')] : [];
  send(state, index, [...removals, ...last], rules);
}

/** src/runtime/agent/refute-suspicion.ts: the record, rewritten while the lease is held. */
export function planRegrant(state: State, index: number, rules: Rules): undefined {
  const { agent, holds, task } = at(state.processes, index);
  if (!agent) return;
  const first = rules.without.has('record-before-lease') && task?.effect === 'regrant';
  if (!holds && !first) return lapsedAgain(state, index);
  const change = movingRun(agent, 'regranted');
  if (change === 'ignored') return finish(state, index, { type: 'regranted' });
  send(state, index, [change], rules);
}

/** `lapsed` of `regrant`: a regrant claims the lease again, a refutation gives up. */
export function lapsedAgain(state: State, index: number): undefined {
  const { task } = at(state.processes, index);
  if (task?.effect === 'regrant') return goTo(state, index, { pc: 'lease', sending: undefined });
  finish(state, index);
}
