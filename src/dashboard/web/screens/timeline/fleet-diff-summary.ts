import type { Difference } from '../../../history/query-types.ts';
import { statusOf } from '../../model/state-styles.ts';

/** How many more or fewer stand in a state. */
export interface Tallied {
  readonly kind: string;
  readonly word: string;
  readonly by: number;
}

/** What the differences of single entities come to, kind by kind; what evens out is left out. */
export function tallied(
  all: readonly Difference[],
  kindOf: (entity: number) => string | undefined,
): readonly Tallied[] {
  const sums = new Map<string, { kind: string; word: string; by: number }>();
  const add = (kind: string, state: string | null, by: number) => {
    if (state === null) return;
    const word = statusOf(kind, state);
    const one = sums.get(`${kind} ${word}`) ?? { kind, word, by: 0 };
    one.by += by;
    sums.set(`${kind} ${word}`, one);
  };
  for (const { entity, a, b } of all) {
    const kind = kindOf(entity) ?? '';
    add(kind, a, -1);
    add(kind, b, 1);
  }
  return [...sums.values()].filter(({ by }) => by !== 0);
}
