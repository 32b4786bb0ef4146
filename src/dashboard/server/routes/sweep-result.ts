import type { PlanRow } from '../../../domain/collection/gc-plan.ts';
import type { ApiActionResult } from '../../api-actions.ts';
import { hindrance, whatGoes } from './plan-text.ts';

type SweepResult = Pick<ApiActionResult, 'transitions' | 'by' | 'left'>;

const named = 3;

/**
 * What a sweep removed and what remains: removals that are due but whose write was refused or lost, and
 * removals that wait for a brake. Removals that are not due yet do not count.
 */
export function sweepResultText({
  transitions,
  by,
  left,
}: SweepResult): Pick<ApiActionResult, 'level' | 'text'> {
  const what = `swept, ${transitions} ${transitions === 1 ? 'transition' : 'transitions'}, by ${by}`;
  if (!left) return { level: 'partly', text: `Done: ${what}. It is not known what remains.` };
  const stay = left.rows.filter(({ kind, next }) => kind === 'run' && next === 'remove');
  const braked = left.rows.filter(({ heldBy }) => heldBy?.by === 'brake');
  const ripe = left.rows.filter((row) => row.next === 'expire' && isDue(row, left.at));
  const parts = [
    stay.length > 0 ? `still to be removed: ${listed(stay, whatGoes)}` : '',
    left.refused ?? '',
    braked.length > 0 ? `held back: ${listed(braked, hindrance)}` : '',
    ripe.length > 0 ? `waiting for a collector to declare them dead: ${listed(ripe)}` : '',
  ].filter((part) => part !== '');
  if (parts.length === 0)
    return { level: 'good', text: `Done: ${what}. Nothing remains to be removed.` };
  const isPart = stay.length + braked.length > 0 || left.refused !== null;
  const begin = isPart ? (transitions > 0 ? 'Partly done' : 'Nothing done') : 'Done';
  return {
    level: isPart ? 'partly' : 'good',
    text: `${begin}: ${what}. Left: ${parts.join('; ')}.`,
  };
}

const isDue = ({ heldBy, at }: PlanRow, now: number): boolean =>
  heldBy === null && at !== null && at <= now;

function listed(rows: readonly PlanRow[], say: (row: PlanRow) => string = () => ''): string {
  const names = rows.slice(0, named).map((row) => {
    const more = say(row);
    return `${row.host}/${row.agent}${more === '' ? '' : ` (${more})`}`;
  });
  return rows.length > named
    ? `${names.join(', ')} and ${rows.length - named} more`
    : names.join(', ');
}
