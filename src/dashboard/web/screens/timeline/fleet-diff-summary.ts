import type { Difference } from '../../../history/query-types.ts';
import { statusOf } from '../../model/state-styles.ts';

/** How many more or fewer entities have a status. */
export interface StatusChange {
  readonly kind: string;
  readonly status: string;
  readonly by: number;
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
