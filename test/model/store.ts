import {
  type ChainStep,
  type Commit,
  type InstanceEntry,
  type InstanceWrite,
  nobody,
  type Over,
  type Rev,
  type SlotEntry,
  type SlotWrite,
  type State,
  type Write,
} from './state.ts';

/** A violated guarantee, with the details. */
export interface Broken {
  readonly property: 'G1' | 'G2' | 'G3' | 'G4' | 'G5' | 'G6' | 'G8' | 'hold';
  readonly what: string;
}

export const nameOf = (run: number): string => `run ${runName(run)}`;
const runName = (run: number): string => String.fromCharCode(65 + run);
const instanceName = (instance: number): string => `web/${instance + 1}`;

/** A copy of a state that may be changed without changing the original. */
export const fork = (state: State): State => ({ ...state });

export const put = <T>(list: readonly T[], at: number, item: T): T[] => {
  const copy = list.slice();
  copy[at] = item;
  return copy;
};

/** An element that is known to exist. */
export function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`nothing at ${index}`);
  return item;
}

/** Stores the commit completely or not at all, like a server. Reports violations, and stores them too. */
export function store(
  state: State,
  commit: Commit,
): { readonly revisions: ReadonlyMap<Write['key'], Rev> | 'conflict'; readonly broken?: Broken } {
  const fits =
    commit.writes.every(({ key, expect }) => expect === 'any' || expect === revOf(state, key)) &&
    commit.fences.every(({ key, expect }) => expect === revOf(state, key));
  if (!fits) return { revisions: 'conflict' };
  const revisions = new Map<Write['key'], Rev>();
  let broken = rightToWrite(state, commit);
  const runsBefore = state.runs;
  for (const write of commit.writes) {
    broken ??= write.key === 'slot' ? slotRight(state, commit, write) : undefined;
    broken ??= write.key === 'slot' ? undefined : instanceRight(runsBefore, state, commit, write);
    broken ??= inOrder(state, write);
    state.last += 1;
    revisions.set(write.key, state.last);
    if (write.key === 'slot') writeSlot(state, commit, write);
    else writeInstance(state, write);
  }
  const recordGone = commit.writes.some(({ key, put: record }) => key === 'slot' && !record);
  if (recordGone && state.instances.some(({ owner }) => owner !== nobody)) {
    broken ??= { property: 'G4', what: "the slot's record went before its last instance" };
  }
  return broken ? { revisions, broken } : { revisions };
}

const revOf = (state: State, key: Write['key'] | 'hold'): Rev =>
  key === 'slot' ? state.slot.rev : key === 'hold' ? state.hold.rev : at(state.instances, key).rev;

/** G3: a run that is over writes no more. */
function rightToWrite(state: State, { by }: Commit): Broken | undefined {
  if (by === 'collector') return undefined;
  const { over } = at(state.runs, by);
  return over === 'no'
    ? undefined
    : { property: 'G3', what: `run ${runName(by)} wrote, and was over (${over})` };
}

function slotRight(state: State, { by }: Commit, write: SlotWrite): Broken | undefined {
  const { slot } = state;
  if (write.put === undefined) {
    if (slot.rev !== write.judged) {
      return { property: 'G2', what: "another revision of the slot's record went than was judged" };
    }
    if (by === 'collector' && slot.phase !== 'expired') {
      return { property: 'G1', what: `the record of run ${runName(slot.run)}, not over, went` };
    }
    return undefined;
  }
  if (write.put.run !== slot.run) {
    const taken = at(state.runs, write.put.run).took;
    return taken
      ? { property: 'G3', what: `run ${runName(write.put.run)} took the slot a second time` }
      : undefined;
  }
  return blindly(state, write);
}

/** G6, and the rule of a hold. */
function blindly(state: State, { events }: SlotWrite): Broken | undefined {
  const types = events.map(({ type }) => type);
  const { run } = state.slot;
  const name = `run ${runName(run)}`;
  if (types.includes('expired')) {
    if (state.hold.stands) return { property: 'hold', what: `${name} expired under a hold` };
    if (state.vouched) {
      return { property: 'G6', what: `${name} expired, and its lease stood since it last wrote` };
    }
    const claims = state.processes.some(
      (p) => p.run === run && p.life === 'up' && p.session === 'serving' && p.holds,
    );
    if (claims) return { property: 'G6', what: `${name} expired while it served on its lease` };
  }
  if (types.includes('suspected silent') && state.vouched) {
    return { property: 'G6', what: `${name} was called silent, and its lease stood` };
  }
  return undefined;
}

/**
 * G1 and G2 of an instance; adoption also takes it from its owner. A run may take it with the commit that ends the owner,
 * by taking its slot; a collector may not.
 */
function instanceRight(
  runs: State['runs'],
  state: State,
  { by }: Commit,
  write: InstanceWrite,
): Broken | undefined {
  const there = at(state.instances, write.key);
  if (there.owner === nobody) return undefined;
  const name = `${instanceName(write.key)} of run ${runName(there.owner)}`;
  const { over } = at(by === 'collector' ? runs : state.runs, there.owner);
  if (over === 'no' && by !== there.owner) {
    const [gone, whose] = [write.put ? 'was adopted' : 'went', 'which is not over'];
    return { property: 'G1', what: `${name}, ${whose}, ${gone}` };
  }
  if (write.put === undefined && there.rev !== write.judged) {
    return { property: 'G2', what: `another revision of ${name} went than was judged` };
  }
  return undefined;
}

/** G8: each changed record has its events in the commit, each the next of its chain. */
function inOrder(state: State, write: Write): Broken | undefined {
  const wrong = write.events.find((event) => event.after !== headOf(state, event));
  if (wrong) {
    const of = wrong.instance === undefined ? '' : ` and ${instanceName(wrong.instance)}`;
    const chain = `the chain of run ${runName(wrong.run)}${of}`;
    return { property: 'G8', what: `'${wrong.type}' does not follow the last event of ${chain}` };
  }
  const before = write.key === 'slot' ? state.slot.run : at(state.instances, write.key).owner;
  const after = write.key === 'slot' ? write.put?.run : write.put?.owner;
  const owed = new Set([before, after ?? nobody].filter((run) => run !== nobody));
  const told = write.events.map(({ run }) => run);
  if (told.length === owed.size && [...owed].every((run) => told.includes(run))) return undefined;
  return { property: 'G8', what: 'a record changed, and not every chain of it has its event' };
}

/** The current end of the chain of an event. */
function headOf(state: State, { run, instance }: ChainStep): number {
  const truth = at(state.runs, run);
  if (instance !== undefined) return at(truth.heads, instance);
  if (state.slot.run === run) return state.slot.rev;
  return truth.took ? -1 : 0;
}

function writeSlot(state: State, { by }: Commit, { put: record }: SlotWrite): void {
  const before = state.slot;
  if (before.run !== nobody && before.run !== record?.run) {
    endRun(state, before.run, record ? endedBy(before) : by === 'collector' ? 'gone' : 'left');
  }
  if (record?.phase === 'expired') endRun(state, record.run, 'expired');
  if (record && before.run !== record.run) {
    state.runs = put(state.runs, record.run, { ...at(state.runs, record.run), took: true });
  }
  state.slot = { ...(record ?? noRecord), rev: state.last };
  if (by !== 'collector') state.vouched = vouches(state, by);
}

/** The holder writes while its lease exists, and may claim it. */
const vouches = (state: State, run: number): boolean =>
  at(state.lease, run) === 'moving' && state.slot.run === run;

const endedBy = ({ phase }: SlotEntry): Over => (phase === 'expired' ? 'gone' : 'superseded');

function endRun(state: State, run: number, over: Over): void {
  state.runs = put(state.runs, run, { ...at(state.runs, run), over });
  if (over !== 'no') state.vouched = false;
}

export const noRecord: Omit<SlotEntry, 'rev'> = {
  run: nobody,
  phase: 'registering',
  suspect: false,
  first: false,
};
export const noInstance: Omit<InstanceEntry, 'rev'> = { owner: nobody, n: 0 };

function writeInstance(state: State, { key, put: record, events }: InstanceWrite): void {
  state.instances = put(state.instances, key, { ...(record ?? noInstance), rev: state.last });
  for (const { run, after } of events) {
    const truth = at(state.runs, run);
    state.runs = put(state.runs, run, { ...truth, heads: put(truth.heads, key, after + 1) });
  }
}
