import type { InstanceRow } from '../../../src/domain/fleet/directory-rows.ts';
import { KeptInstances, type Moment } from '../../../src/domain/fleet/kept-instances.ts';
import type { MonotonicTime } from '../../../src/domain/time.ts';

/** What is true of an instance of the service, and what its agent last wrote into the store. */
export interface Instance {
  readonly owner: 'live' | 'silent' | 'leaving' | 'leaving, silent' | 'expired';
  readonly record: InstanceRow['health']['state'] | 'none';
  /** What ended it; undefined: nothing did, it may still work. */
  readonly ended: 'left' | 'deregistered' | 'failed' | undefined;
  /** Whether the consumer saw this registration: one that comes and goes while it is cut off is a limit of G13. */
  readonly wasSeen: boolean;
}

/** What the consumer saw of an instance: the row, and whether its run had announced that it leaves. */
export interface Sight {
  readonly row: InstanceRow | undefined;
  readonly hasLeft: boolean;
  /** What the view saw of its end when its row vanished; `nothing`: a collector removed it, or the view was cut off. */
  readonly end: 'none yet' | 'nothing' | NonNullable<Instance['ended']>;
}

/** One call of the rule under test: what the view learned at once. */
interface Taken {
  readonly changes: readonly (readonly [
    before: InstanceRow | undefined,
    now: InstanceRow | undefined,
  ])[];
  readonly isCurrent: boolean;
  readonly left: readonly string[];
  readonly at: MonotonicTime;
}

/** A service of two instances, each with an agent of its own, and a consumer that may be cut off. */
export interface ConsumerState {
  readonly instances: readonly Instance[];
  readonly sights: readonly Sight[];
  readonly isCurrent: boolean;
  /** Intervals of `keepLast` that passed. */
  readonly at: MonotonicTime;
  readonly taken: readonly Taken[];
}

/** A rule that the consumer does without, and the guarantee breaks. */
export const consumerWeakenings = {
  'interruption-unnoticed':
    'the view takes a row that vanished while it was cut off for an end that it saw',
  'leave-unseen': 'the view does not remember that a run announced that it leaves',
} as const;
export type ConsumerWeakening = keyof typeof consumerWeakenings;

const never: Sight = { row: undefined, hasLeft: false, end: 'none yet' };
export const unregistered: Instance = {
  owner: 'live',
  record: 'none',
  ended: undefined,
  wasSeen: false,
};

export const initialState: ConsumerState = {
  instances: [unregistered, unregistered],
  sights: [never, never],
  isCurrent: true,
  at: 0,
  taken: [],
};

/** The ids that the real rule hands out for the service, after everything that the view learned. */
export function handedOut(
  state: ConsumerState,
  without: ReadonlySet<ConsumerWeakening>,
): readonly string[] {
  const kept = new KeptInstances(1);
  for (const { changes, isCurrent, left, at } of state.taken) {
    const moment: Moment = {
      monotonic: at,
      wall: at,
      isCurrent: isCurrent || without.has('interruption-unnoticed'),
      hasLeft: ({ id }) => left.includes(id) && !without.has('leave-unseen'),
    };
    kept.take(
      changes.map(([before, now]) => ({ before, now })),
      moment,
    );
  }
  return kept.of('web', state.at).map(({ id }) => id);
}

/**
 * Two states with the same key have the same future: what is handed out represents what was taken. The
 * instances are interchangeable, so their order is left out.
 */
export const keyOf = (state: ConsumerState, handed: readonly string[]): string => {
  const instances = state.instances.map((instance, n) => {
    const { row, hasLeft, end } = state.sights[n] ?? never;
    return JSON.stringify([
      instance,
      row?.state,
      row?.reason,
      hasLeft,
      end,
      handed.includes(`${n}`),
    ]);
  });
  return JSON.stringify([state.isCurrent, instances.sort()]);
};
