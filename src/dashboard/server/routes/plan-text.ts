import type { BrakeForecast } from '../../../domain/collection/brake-forecast.ts';
import type { PlanRow } from '../../../domain/collection/gc-plan.ts';
import type { ApiPlanRow } from '../../api-types.ts';

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

/** A row with what the page shows of it. */
export const planRow = (row: PlanRow, brakes: readonly BrakeForecast[]): ApiPlanRow => {
  const [status, reason] = planStatus(row);
  const waits = row.heldBy?.by === 'grace' ? '' : hindrance(row);
  return { ...row, column: columnOf(row, brakes), status, reason, waits, removes: whatGoes(row) };
};

/** Waiting for its grace, held back, being removed, or stuck. A brake holds a run back only after its grace. */
function columnOf(
  { next, heldBy, run }: PlanRow,
  brakes: readonly BrakeForecast[],
): ApiPlanRow['column'] {
  if (next === 'nothing') return 'stuck';
  if (next === 'remove') return 'removing';
  const turn = brakes.flatMap(({ turns }) => turns.get(run ?? '') ?? [])[0];
  const isInGrace = heldBy?.by === 'brake' && turn?.isHeldBack === false;
  return heldBy === null || heldBy.by === 'grace' || isInGrace ? 'grace' : 'held';
}

/** A one-line summary of the garbage collection. */
export function verdict(rows: readonly ApiPlanRow[]): string {
  const count = (matches: (row: ApiPlanRow) => boolean) => rows.filter(matches).length;
  const held = count(({ next, column }) => next === 'expire' && column === 'held');
  const lapsed = count(({ next }) => next === 'suspect');
  const parts = [
    `${counted(
      count(({ next }) => next === 'expire'),
      'run',
    )} suspect`,
    held > 0 ? `${held} of them held back` : '',
    lapsed > 0 ? `${lapsed} without a lease` : '',
    `${count(({ column }) => column === 'removing')} being removed`,
    `${count(({ column }) => column === 'stuck')} stuck`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** The status of a row and its reason, as the Fleet screen has them. */
const planStatus = ({ why, heldBy }: PlanRow): readonly [status: string, reason: string] =>
  why === 'silent' || why === 'unreachable'
    ? ['suspect', heldBy?.by === 'hold' ? 'planned' : why]
    : [why, ''];
