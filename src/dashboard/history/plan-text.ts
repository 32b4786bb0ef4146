import type { PlanRow } from '../../domain/collection/gc-plan.ts';

/** The text that explains why a row does not advance. */
export function hindrance({ heldBy }: PlanRow): string {
  switch (heldBy?.by) {
    case undefined:
      return '';
    case 'grace':
      return 'its grace is not over';
    case 'hold':
      return `a hold is set${heldBy.why === null ? '' : `: ${heldBy.why}`}`;
    case 'brake':
      return `the brake of zone ${heldBy.zone}: ${heldBy.suspect} of ${heldBy.seen} suspect${
        heldBy.turn === null
          ? ''
          : `; ${ordinal(heldBy.turn)} in turn, one every ${heldBy.pace / 1000} s`
      }`;
    case 'lease-stands':
      return 'its lease still exists';
    case 'answers':
      return 'it answers pings';
    case 'observation':
      return 'not yet a leftover for long enough';
    case 'unobserved':
      return 'no collector is active';
    case 'unreadable':
      return 'its record cannot be read';
    default:
      return heldBy satisfies never;
  }
}

const ordinal = (n: number): string =>
  `${n}${['th', 'st', 'nd', 'rd'][n % 100 > 10 && n % 100 < 14 ? 0 : n % 10] ?? 'th'}`;

/** What a removal deletes, with the keys in the store. */
export function whatGoes({ kind, instances }: PlanRow): string {
  const all = counted(instances, 'instance');
  if (kind !== 'run') return `${all}, ${counted(instances, 'key')}`;
  return `${instances === 0 ? 'its record' : `${all} and its record`}, ${counted(instances + 1, 'key')}`;
}

const counted = (n: number, one: string): string =>
  `${n.toLocaleString('en-GB')} ${one}${n === 1 ? '' : 's'}`;
