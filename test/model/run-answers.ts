import type { Rules } from './removable-rules.ts';
import { become, goTo, lapsedAgain } from './run-program.ts';
import { finish } from './session-program.ts';
import type { Commit, Rev, State, Task, Write } from './state.ts';
import { at, put } from './store.ts';

/** The reaction of a run to the answer of a commit, or to none: src/runtime/agent/owned-records.ts and its callers. */
type Answer = ReadonlyMap<Write['key'], Rev> | 'conflict' | 'unknown';

export function answered(
  state: State,
  index: number,
  task: Task,
  answer: Answer,
  rules: Rules,
): undefined {
  const commit = task.sending;
  if (!commit) return;
  if (typeof answer === 'object') apply(state, index, commit, answer);
  if (answer === 'unknown') doubt(state, index, commit, rules);
  const { task: now } = at(state.processes, index);
  if (now) become(state, index, { task: { ...now, sending: undefined } });
  const stored = typeof answer === 'object';
  switch (task.effect) {
    case 'claim-slot': {
      if (stored) return tookSlot(state, index, commit, rules);
      const confirming = commit.writes.some(({ events }) => events[0]?.type === 'confirmed');
      if (answer === 'unknown' && !confirming) become(state, index, { spent: true });
      return goTo(state, index, { pc: confirming ? 'check' : 'read' });
    }
    case 'regrant':
    case 'refute':
      return regranted(state, index, task, stored, rules);
    case 'reconcile':
      return goTo(state, index, stored ? { pc: 'plan' } : { pc: 'recheck', listed: false });
    default:
      if (!stored) return goTo(state, index, { pc: 'recheck', listed: false });
      return withdrawn(state, index, commit, rules);
  }
}

/** After the end of a run that was not over before, the next step lists the instances again. */
function tookSlot(state: State, index: number, { writes }: Commit, { without }: Rules): undefined {
  const events = writes.flatMap((write) => (write.key === 'slot' ? write.events : []));
  const isHeld = events.some(({ type }) => type === 'superseded');
  if (isHeld && !without.has('list-under-a-holder-kept')) forgetInstances(state, index);
  finish(state, index, { type: 'claimed' });
}

/** `OwnedRecords.forgetInstances`. */
function forgetInstances(state: State, index: number): undefined {
  const { instances } = at(state.processes, index);
  become(state, index, { instances: instances.map(() => ({ rev: 0, owner: -1, n: 0 })) });
}

function regranted(
  state: State,
  index: number,
  task: Task,
  stored: boolean,
  rules: Rules,
): undefined {
  if (!stored) return goTo(state, index, { pc: 'check' });
  const first = rules.without.has('record-before-lease') && task.effect === 'regrant';
  if (first) return goTo(state, index, { pc: 'lease' });
  const { holds } = at(state.processes, index);
  if (holds) return finish(state, index, { type: 'regranted' });
  lapsedAgain(state, index);
}

function withdrawn(state: State, index: number, { writes }: Commit, rules: Rules): undefined {
  const [event] = writes.flatMap(({ key, events }) => (key === 'slot' ? events : []));
  if (event?.type === 'left') return finish(state, index, { type: 'left' });
  const said = event?.type === 'withdrawn' && !rules.without.has('leave-on-old-list');
  goTo(state, index, said ? { pc: 'plan', listed: false } : { pc: 'plan' });
}

/** `Holding.#apply`. */
function apply(
  state: State,
  index: number,
  { writes }: Commit,
  revisions: ReadonlyMap<Write['key'], Rev>,
): undefined {
  for (const write of writes) {
    const process = at(state.processes, index);
    const rev = revisions.get(write.key) ?? 0;
    if (write.key === 'slot') {
      const agent = write.put && { ...write.put, rev };
      become(state, index, { agent, inDoubt: false });
      continue;
    }
    const mine = at(process.instances, write.key).owner === process.run;
    const head = write.put ? write.put.n : (write.events[0]?.after ?? 0) + 1;
    const heads = write.put || mine ? put(process.heads, write.key, head) : process.heads;
    const instances = put(process.instances, write.key, {
      ...(write.put ?? { owner: -1, n: 0 }),
      rev,
    });
    become(state, index, { heads, instances, unsure: put(process.unsure, write.key, 0) });
  }
}

function doubt(state: State, index: number, { writes }: Commit, { without }: Rules): undefined {
  become(state, index, { inDoubt: true });
  for (const write of writes) {
    const process = at(state.processes, index);
    if (write.key === 'slot' || write.put) continue;
    if (at(process.instances, write.key).owner !== process.run) continue;
    const head = (write.events[0]?.after ?? 0) + 1;
    become(state, index, { unsure: put(process.unsure, write.key, head) });
  }
  if (without.has('knowledge-kept')) return;
  forgetInstances(state, index);
}
