import type { Transition } from '../../../history/query-types.ts';
import { formatCount, formatDuration } from '../../format/format-time.ts';

/** Why something that looked dead was not removed, or not by whoever was late. */
export const preventionReasons = {
  refuted: 'came back before it was expired: its suspicion is refuted',
  held: 'silence there was planned: nothing expires',
  braked: 'too much was silent at once: expiries go one at a time',
  superseded: 'another run holds the slot: this one is fenced off',
  adopted: 'a later run owns it now: not removed with the old one',
} as const;
export type PreventionReason = keyof typeof preventionReasons;

export interface PreventedRemoval {
  readonly transition: Transition;
  readonly kind: PreventionReason;
  /** What the audit says of this very one. */
  readonly detail: string;
}

/** Of which transitions the list is made; `suspected` says how long a refuted one had been so. */
export const preventionEvents = [
  'suspected',
  'regranted',
  'planned',
  'extended',
  'tripped',
  'superseded',
  'adopted',
] as const;

/** Suspicions refuted, holds, brakes, slots taken over, newest first: the proof that removing is safe. */
export function findPreventedRemovals(
  newestFirst: readonly Transition[],
  entityOf: (number: number) => string,
): readonly PreventedRemoval[] {
  const suspected = new Map<number, Transition>();
  const found: PreventedRemoval[] = [];
  for (const one of newestFirst.toReversed()) {
    if (one.type === 'suspected') {
      if (!suspected.has(one.entity)) suspected.set(one.entity, one);
      continue;
    }
    const kind = kindOf(one, entityOf(one.entity));
    if (!kind) continue;
    found.push({ transition: one, kind, detail: detailOf(one, kind, suspected.get(one.entity)) });
    suspected.delete(one.entity);
  }
  return found.reverse();
}

function kindOf({ type, from }: Transition, entity: string): PreventionReason | undefined {
  switch (type) {
    case 'regranted':
      return from?.includes('suspect') ? 'refuted' : undefined;
    case 'planned':
    case 'extended':
      return 'held';
    case 'tripped':
      return 'braked';
    case 'superseded':
      return 'superseded';
    case 'adopted':
      return entity === 'instance' ? 'adopted' : undefined;
    default:
      return undefined;
  }
}

function detailOf(
  one: Transition,
  kind: PreventionReason,
  suspected: Transition | undefined,
): string {
  const { note, at } = one;
  switch (kind) {
    case 'refuted':
      return suspected
        ? `${suspected.note.why ?? 'suspect'} for ${formatDuration(at - suspected.at)}`
        : 'how long it was suspect is not in memory';
    case 'braked':
      return `${note.suspect ?? '?'} of ${formatCount(note.seen ?? 0, 'agent')} suspect`;
    default:
      return note.why ?? '';
  }
}
