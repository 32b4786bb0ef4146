import type { Difference } from '../../../history/query-types.ts';
import { statusOf } from '../../model/state-styles.ts';

/** How many more or fewer entities have a status. */
export interface StatusChange {
  readonly kind: string;
  readonly status: string;
  readonly by: number;
}

const ended = new Set([
  ...['gone', 'left', 'superseded', 'removed', 'adopted', 'stopped', 'released', 'over'],
]);
const groups = ['lost', 'ended', 'came', 'changed'] as const;

/** A difference with what it means: an entity that was lost, ended otherwise, came or changed. */
export interface GroupedDifference {
  readonly group: (typeof groups)[number];
  readonly difference: Difference;
}

/** The differences in the order of their groups. Those between two ends, and those of sessions, are left out. */
export function grouped(
  all: readonly Difference[],
  kindOf: (entity: number) => string | undefined,
): readonly GroupedDifference[] {
  const found = all.flatMap((difference): readonly GroupedDifference[] => {
    const kind = kindOf(difference.entity) ?? '';
    const statusIn = (state: string | null) => {
      const status = state === null ? null : statusOf(kind, state);
      return status !== null && ended.has(status) ? null : status;
    };
    const [was, is] = [statusIn(difference.a), statusIn(difference.b)];
    if (kind === 'session' || (was === null && is === null)) return [];
    const end = difference.b === null ? '' : statusOf(kind, difference.b);
    const group =
      was === null ? 'came' : is !== null ? 'changed' : end === 'gone' ? 'lost' : 'ended';
    return [{ group: is === 'expired' ? 'lost' : group, difference }];
  });
  return groups.flatMap((one) => found.filter(({ group }) => group === one));
}

/** The change in count per kind and status. Changes that cancel out are left out. */
export function countChanges(
  all: readonly Difference[],
  kindOf: (entity: number) => string | undefined,
): readonly StatusChange[] {
  const sums = new Map<string, { kind: string; status: string; by: number }>();
  const add = (kind: string, state: string | null, by: number) => {
    if (state === null) return;
    const status = statusOf(kind, state);
    const one = sums.get(`${kind} ${status}`) ?? { kind, status, by: 0 };
    one.by += by;
    sums.set(`${kind} ${status}`, one);
  };
  for (const { entity, a, b } of all) {
    const kind = kindOf(entity) ?? '';
    add(kind, a, -1);
    add(kind, b, 1);
  }
  return [...sums.values()].filter(({ by }) => by !== 0);
}
