import type { SessionEffect, SessionEvent } from '../../machines/session.ts';
import type { Process, SlotEntry, State, Task } from './state.ts';
import { at, noInstance, put } from './store.ts';
import { firstSession, movedSession } from './transitions.ts';

/** src/runtime/agent/session.ts: a process turns events into effects, one after the other. */

const noProcess: Omit<Process, 'life' | 'run' | 'wants' | 'instances' | 'heads' | 'unsure'> = {
  ...{ session: '', announced: false, cause: null, holds: false, task: undefined, queue: [] },
  ...{ agent: undefined, inDoubt: false, spent: false, former: 0, takeover: false },
};

/** A process that has ended or not started; two of these are equal otherwise. */
export const without = (
  life: 'waiting' | 'dead' | 'gone',
  instances: number,
  kept: Partial<Process> = {},
): Process => ({
  ...noProcess,
  ...nothingKnown(instances),
  ...{ life, run: -1, wants: 0 },
  ...kept,
});

const nothingKnown = (instances: number) => ({
  instances: Array.from({ length: instances }, () => ({ ...noInstance, rev: 0 })),
  heads: Array.from({ length: instances }, () => 0),
  unsure: Array.from({ length: instances }, () => 0),
});

/** The process begins a new run; `undefined` if the model has no id left: it does not return. */
export function beginRun(state: State, index: number): undefined {
  const process = at(state.processes, index);
  const { wants, takeover, former } = process;
  const instances = state.instances.length;
  if (state.fresh >= state.runs.length) {
    state.processes = put(state.processes, index, without('gone', instances));
    return;
  }
  const run = state.fresh;
  state.fresh += 1;
  state.runs = put(state.runs, run, { ...at(state.runs, run), process: index });
  const begun: Process = {
    ...without('waiting', instances, { wants, takeover, former }),
    ...{ life: 'up', run, session: firstSession() },
  };
  state.processes = put(state.processes, index, begun);
  post(state, index, { type: 'opened' });
}

/** An event for the session machine: queues the effects of the new state, and stops those of the old. */
export function post(state: State, index: number, event: SessionEvent): undefined {
  const before = at(state.processes, index);
  const taken = movedSession(before.session, before.announced, event);
  if (taken === 'ignored') return;
  const left = taken.to !== before.session;
  const task = left && before.task ? { ...before.task, aborted: true } : before.task;
  const after: Process = {
    ...before,
    ...{ session: taken.to, announced: taken.announced, task },
    cause: taken.cause as Process['cause'],
    queue: [...(left ? [] : before.queue), ...taken.effects],
  };
  state.processes = put(state.processes, index, after);
  settle(state, index);
}

/** Starts the next effect if none is running; ends the run when all are done. */
export function settle(state: State, index: number): undefined {
  const process = at(state.processes, index);
  if (process.task?.aborted && looksAtSignal(process.task)) {
    return finish(state, index);
  }
  if (process.task || process.life !== 'up') return;
  const [effect, ...queue] = process.queue;
  if (effect !== undefined) {
    const knows = effect === 'reconcile' && process.instances.some(({ rev }) => rev !== 0);
    const task = begun(effect, process.agent, knows);
    state.processes = put(state.processes, index, { ...process, task, queue });
  } else if (process.session === 'fenced' || process.session === 'stopped') {
    conclude(state, index);
  }
}

/** The points where a loop of the code checks its signal. */
const looksAtSignal = ({ pc, effect }: Task): boolean =>
  effect !== 'release-lease' && pc !== 'send' && pc !== 'recheck';

/** The effect is over; the next may begin. */
export function finish(state: State, index: number, event?: SessionEvent): undefined {
  const process = at(state.processes, index);
  const heard = process.task?.aborted ? undefined : event;
  state.processes = put(state.processes, index, { ...process, task: undefined });
  if (heard) post(state, index, heard);
  settle(state, index);
}

function begun(effect: SessionEffect, agent: SlotEntry | undefined, knows: boolean): Task {
  const task = { effect, aborted: false, listed: false, sending: undefined };
  switch (effect) {
    case 'take-lease':
    case 'regrant':
      return { ...task, pc: 'lease' };
    case 'claim-slot':
      return { ...task, pc: 'read' };
    case 'refute':
      return { ...task, pc: 'check' };
    case 'reconcile':
    case 'withdraw':
      return { ...task, pc: agent ? 'plan' : 'check', listed: knows };
    case 'release-lease':
      return { ...task, pc: 'release' };
    default:
      return effect satisfies never;
  }
}

/** src/runtime/agent/agent.ts: an expired run restarts as a new one, a superseded run ends the agent. */
function conclude(state: State, index: number): undefined {
  const { cause, former, run, wants } = at(state.processes, index);
  const again = cause === 'expired' || cause === 'absent' || cause === 'spent';
  const instances = state.instances.length;
  const kept = again ? { wants, former: former | (1 << run) } : {};
  state.processes = put(state.processes, index, without('gone', instances, kept));
  if (again) beginRun(state, index);
}
