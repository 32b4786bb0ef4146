import type { SessionEffect, SessionEvent } from '../../machines/session.ts';
import { runMachineState, withRunTransition } from '../../src/domain/events/apply-transition.ts';
import {
  AgentName,
  HostId,
  InstanceId,
  RunId,
  ServiceName,
} from '../../src/domain/identity/names.ts';
import { instanceKey } from '../../src/domain/identity/registry-keys.ts';
import { defaultLease } from '../../src/domain/policy/lease-policy.ts';
import {
  type DesiredInstance,
  diffInstances,
  type ReconcileAction,
} from '../../src/domain/records/desired-instances.ts';
import { AgentRecord, InstanceRecord } from '../../src/domain/records/schemas.ts';
import type { RecordRead } from '../../src/domain/records/stored-record.ts';
import { instance, run, session } from '../../src/runtime/transitions/machine-set.ts';
import { initialTransition, transition } from '../../src/runtime/transitions/transition.ts';
import type { InstanceEntry, SlotEntry } from './state.ts';

/**
 * The machines and plans of the product, called with the few records that differ for them. The answers are
 * cached, because the search asks the same question a million times.
 */

const slot = { host: HostId.parse('h'), agent: AgentName.parse('a') };
const idOf = (n: number) => RunId.parse(`${n}`.repeat(16));
const hash = '0'.repeat(64);

const agentRecord = ({ phase, suspect, first }: Standing): AgentRecord =>
  AgentRecord.parse({
    ...{ v: 1, ...slot, run: idOf(0), term: first ? 0 : 1, phase, ...defaultLease },
    ...(suspect && { suspect: { reason: 'silent', since: 0 } }),
    process: { boot: 'b', namespace: 'n', pid: 1 },
    ...{ startedAt: 0, since: 0, n: first ? 1 : 2, hash },
  });

type Standing = Pick<SlotEntry, 'phase' | 'suspect' | 'first'>;
type RunMove = 'confirmed' | 'announced' | 'regranted' | 'withdrawn' | 'suspected' | 'expired';

const remembered = <T>(make: (key: string) => T): ((key: string) => T) => {
  const known = new Map<string, T>();
  return (key) => {
    const there = known.get(key);
    if (there !== undefined) return there;
    const made = make(key);
    known.set(key, made);
    return made;
  };
};

const runMoves = remembered((key): Standing | 'ignored' => {
  const { type, ...of } = JSON.parse(key) as Standing & { type: RunMove };
  const before = agentRecord(of);
  const event = type === 'suspected' ? { type, reason: 'silent' } : { type };
  const taken = transition(run, { value: runMachineState(before) }, event);
  if (taken === 'ignored') return 'ignored';
  const after = withRunTransition(before, 1, taken.to, 0, 'silent');
  return { phase: after.phase, suspect: after.suspect !== undefined, first: after.term === 0 };
});

/** The slot's record after a transition of its run (`moveRun`); `ignored` if the machine has none. */
export function movedSlot(entry: SlotEntry, type: RunMove): Omit<SlotEntry, 'rev'> | 'ignored' {
  const { phase, suspect, first } = entry;
  const moved = runMoves(JSON.stringify({ phase, suspect, first, type }));
  return moved === 'ignored' ? moved : { run: entry.run, ...moved };
}

const runEnds = remembered((key): true => {
  const { type, ...of } = JSON.parse(key) as Standing & { type: string };
  const taken = transition(run, { value: runMachineState(agentRecord(of)) }, { type });
  if (taken === 'ignored' || !taken.done) throw new Error(`a run has no end by ${key}`);
  return true;
});

/** Checks that the machine has this end of a run; otherwise the model is wrong. */
export function mustEndRun({ phase, suspect, first }: SlotEntry, type: string): string {
  runEnds(JSON.stringify({ phase, suspect, first, type }));
  return type;
}

const instanceEnds = remembered((type): true => {
  const taken = transition(instance, { value: initialTransition(instance).to }, { type });
  if (taken === 'ignored' || !taken.done) throw new Error(`an instance has no end by ${type}`);
  return true;
});

/** The same for an instance. */
export function mustEndInstance(type: 'removed' | 'adopted'): string {
  instanceEnds(type);
  return type;
}

/** The first record of a run. */
export const firstOf = (of: number): Omit<SlotEntry, 'rev'> => {
  const value = JSON.stringify(initialTransition(run).to);
  if (value !== JSON.stringify(runMachineState(agentRecord(registering)))) {
    throw new Error(`a run begins as ${value}`);
  }
  return { run: of, ...registering };
};
const registering: Standing = { phase: 'registering', suspect: false, first: true };

/** The state of a session after an event, and its effects. */
export interface SessionStep {
  readonly to: string;
  readonly announced: boolean;
  readonly cause: NonNullable<unknown> | null;
  readonly effects: readonly SessionEffect[];
  readonly done: boolean;
}

const sessionSteps = remembered((key): SessionStep | 'ignored' => {
  const { value, announced, event } = JSON.parse(key);
  const taken = transition(session, { value, context: { cause: null, announced } }, event);
  if (taken === 'ignored') return 'ignored';
  const context = taken.context as { cause: string | null; announced: boolean };
  const effects = taken.effects.filter((each): each is SessionEffect => isEffect(each));
  return { ...context, to: String(taken.to), effects, done: taken.done };
});

const isEffect = (name: string): name is SessionEffect =>
  /^(take-lease|claim-slot|reconcile|regrant|refute|withdraw|release-lease)$/.test(name);

export const movedSession = (
  value: string,
  announced: boolean,
  event: SessionEvent,
): SessionStep | 'ignored' => sessionSteps(JSON.stringify({ value, announced, event }));

export const firstSession = (): string => String(initialTransition(session).to);

const service = ServiceName.parse('web');
const specs = [1, 2, 3].map((id) => ({ service, id: InstanceId.parse(`${id}`), labels: {} }));
const keys = specs.map((spec) => instanceKey({ ...slot, ...spec }));

const plans = remembered((key): readonly (readonly [ReconcileAction['do'], number])[] => {
  const { me, owners, wants } = JSON.parse(key) as { me: number; owners: number[]; wants: number };
  const present = new Map(owners.map((owner, i) => [keys[i] ?? '', read(i, owner)] as const));
  const desired = new Map(
    specs.flatMap((spec, i): [string, DesiredInstance][] =>
      wants & (1 << i) ? [[keys[i] ?? '', { spec, health: { state: 'serving' } }]] : [],
    ),
  );
  return [...diffInstances(idOf(me), present, desired)].map((repair) => [
    repair.do,
    keys.indexOf(keyOf(repair)),
  ]);
});

const keyOf = (repair: ReconcileAction): string =>
  repair.do === 'register' ? repair.existing.key : repair.instance.key;

function read(i: number, owner: number): RecordRead<InstanceRecord> {
  const key = keys[i] ?? '';
  if (owner < 0) return { kind: 'absent', key, revision: 1 };
  const record = InstanceRecord.parse({
    ...{ v: 1, ...slot, run: idOf(owner), ...specs[i], token: 0, state: 'serving' },
    ...{ registeredAt: 0, since: 0, n: 1, hash },
  });
  return { kind: 'stored', key, revision: 1, record };
}

/** The repairs that the product plans for these, in order (`planRepairs`). */
export const plannedRepairs = (me: number, there: readonly InstanceEntry[], wants: number) =>
  plans(JSON.stringify({ me, owners: there.map(({ owner }) => owner), wants }));
