import type { InstanceRow } from '../../../src/domain/fleet/directory-rows.ts';
import type { AgentFacts } from '../../../src/domain/fleet/instance-facts.ts';
import { instanceStatus } from '../../../src/domain/fleet/instance-status.ts';
import { type ConsumerState, type Instance, type Sight, unregistered } from './consumer-state.ts';

interface Step {
  readonly say: string;
  readonly next: ConsumerState;
}

/** Every step of the agents, of a collector, of the connection and of the time. */
export function* stepsOf(state: ConsumerState): Generator<Step> {
  for (const [n, instance] of state.instances.entries()) {
    for (const [say, to] of stepsOfInstance(instance)) {
      const instances = state.instances.with(n, { ...instance, ...to });
      yield { say: `instance ${n} ${say}`, next: see({ ...state, instances }) };
    }
  }
  if (state.isCurrent) {
    yield { say: 'the view is cut off', next: { ...state, isCurrent: false } };
    yield { say: 'ten minutes pass', next: { ...state, at: state.at + 1 } };
  } else {
    yield {
      say: 'the view is current again',
      next: { ...see({ ...state, isCurrent: true }, false) },
    };
  }
}

const isSilent = (owner: Instance['owner']) => owner === 'silent' || owner === 'leaving, silent';
const isLeaving = (owner: Instance['owner']) => owner === 'leaving' || owner === 'leaving, silent';

function* stepsOfInstance(of: Instance): Generator<readonly [string, Partial<Instance>]> {
  const { owner, record } = of;
  if (record === 'none') {
    yield ['is registered', { ...unregistered, record: 'serving' }];
    return;
  }
  if (owner === 'live') {
    yield ['falls silent', { owner: 'silent' }];
    yield ['is deregistered', { record: 'none', ended: 'deregistered' }];
    yield ['begins to leave', { owner: 'leaving', ended: 'left' }];
    if (record === 'serving') {
      yield ['fails its check', { record: 'failing', ended: 'failed' }];
    } else yield ['passes its check', { record: 'serving', ended: undefined }];
  }
  if (owner === 'leaving') {
    yield ['has left', { record: 'none' }];
    yield ['falls silent while it leaves', { owner: 'leaving, silent' }];
  }
  if (owner === 'silent') yield ['answers again', { owner: 'live' }];
  if (isSilent(owner)) yield ['expires', { owner: 'expired' }];
  if (owner === 'expired') yield ['is removed by a collector', { record: 'none' }];
}

/** What the view learns of the present records: at once if it is current, else when it is current again. */
function see(state: ConsumerState, wasCurrent = true): ConsumerState {
  if (!state.isCurrent) return state;
  const sights = state.instances.map((instance, n): Sight => {
    const before = state.sights[n] as Sight;
    const row = rowOf(instance, n);
    const hasLeft = (instance.wasSeen && before.hasLeft) || isLeaving(instance.owner);
    if (row) return { row, hasLeft, end: 'none yet' };
    if (!before.row) return { ...before, hasLeft: false };
    const isKnown = wasCurrent && (instance.ended !== 'left' || before.hasLeft);
    return { ...before, row, end: (isKnown && instance.ended) || 'nothing' };
  });
  const changes = sights.map(({ row }, n) => [state.sights[n]?.row, row] as const);
  const left = state.sights.flatMap(({ hasLeft }, n) => (hasLeft ? [`${n}`] : []));
  const taken = [...state.taken, { changes, isCurrent: wasCurrent, left, at: state.at }];
  const instances = state.instances.map((instance, n) =>
    sights[n]?.row ? { ...instance, wasSeen: true } : instance,
  );
  return { ...state, instances, sights: forgetEnded(sights, changes), taken };
}

/** A new registration of the service ends what was remembered of it. */
const forgetEnded = (
  sights: readonly Sight[],
  changes: readonly (readonly [InstanceRow | undefined, InstanceRow | undefined])[],
): readonly Sight[] =>
  changes.some(([before, now]) => now && !before)
    ? sights.map((sight) => (sight.row ? sight : { ...sight, end: 'none yet' as const }))
    : sights;

/** The row of a present record, with the status that the product gives it. */
function rowOf({ owner, record }: Instance, n: number): InstanceRow | undefined {
  if (record === 'none') return undefined;
  const suspect = { reason: 'silent', since: 0 } as const;
  const agent: AgentFacts = {
    ...{ run: `run${n}`, since: 0, startedAt: 0, isHeld: false },
    ...{ phase: isLeaving(owner) ? 'leaving' : owner === 'expired' ? 'expired' : 'live' },
    ...(isSilent(owner) || owner === 'expired' ? { suspect } : {}),
  };
  const facts = { run: `run${n}`, state: record, since: 0, token: 1, registeredAt: 0, agent };
  return {
    ...{ service: 'web', id: `${n}`, host: `h${n}`, agent: 'a', run: `run${n}`, token: 1, term: 1 },
    ...{ address: null, port: null, labels: {}, revision: 1, successor: null },
    ...{ health: { state: record, detail: null }, ...instanceStatus(facts, [facts], true) },
  };
}
