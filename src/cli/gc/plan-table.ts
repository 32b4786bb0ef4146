import type { Blocker, PlanRow } from '../../domain/collection/gc-plan.ts';
import { compareText } from '../../domain/fleet/row-order.ts';
import type { WallTime } from '../../domain/time.ts';
import type { TableLook } from '../tables/column-widths.ts';
import { plural } from '../tables/footer.ts';
import { type Column, table } from '../tables/table.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { ago, formatRounded, formatSetting, when } from '../terminal/format-time.ts';
import type { Palette } from '../terminal/palette.ts';

const columns = (now: WallTime, palette: Palette): readonly Column<PlanRow>[] => [
  { head: 'TARGET', cell: (row) => escapeControls(nameOf(row)), isName: true },
  { head: 'REASON', cell: planReason },
  { head: 'SINCE', cell: ({ since }) => (since === null ? '' : ago(since, now)), right: true },
  { head: 'INSTANCES', cell: ({ instances }) => `${instances}`, right: true },
  { head: 'REMOVAL', cell: (row) => whenRemoved(row, now) },
  {
    head: 'DELAYED BY',
    cell: ({ heldBy }) => palette.dim(heldBy ? escapeControls(heldWords(heldBy, now)) : ''),
    shrinks: true,
    least: 20,
    wraps: true,
  },
];

/** Why the target is in the plan, as `rollcall ps` has it: silence under a hold is planned. */
export const planReason = ({ why, heldBy }: Pick<PlanRow, 'why' | 'heldBy'>): string =>
  heldBy?.by === 'hold' && (why === 'silent' || why === 'unreachable') ? 'planned' : why;

const nameOf = ({ host, agent, key }: PlanRow): string => key ?? `${host}/${agent}`;

/** When it will be removed, as far as that is known. */
function whenRemoved({ next, at, latest }: PlanRow, now: WallTime): string {
  if (next === 'nothing') return 'NOT REMOVED';
  if (at === null || latest === null) return 'not yet known';
  if (latest <= now) return 'at any moment';
  return at === latest
    ? `in ${formatRounded(latest - now)}`
    : `within ${formatRounded(latest - now)}`;
}

/** What delays the removal. */
export function heldWords(held: Blocker, now: WallTime): string {
  switch (held.by) {
    case 'grace':
      return 'grace period';
    case 'hold':
      if (held.until === null) return 'hold with an unreadable record';
      return `hold until ${when(held.until, now)}${held.why === null ? '' : `: ${held.why}`}`;
    case 'brake':
      if (held.turn === null) return `brake of zone ${held.zone}: record unreadable`;
      return `brake of zone ${held.zone}: turn ${held.turn}, one every ${formatSetting(held.pace)}`;
    case 'lease-stands':
      return 'valid lease';
    case 'answers':
      return 'the run answers';
    case 'observation':
      return 'not yet a leftover for long enough';
    case 'unobserved':
      return 'no collector is active';
    case 'unreadable':
      return 'record unreadable; how to remove it: rollcall doctor';
    default:
      return held satisfies never;
  }
}

export const planTable = (rows: readonly PlanRow[], now: WallTime, look: TableLook): string =>
  table(rows, columns(now, look.palette), look);

/** By time of removal; unknown times come last. */
export const byTime = (a: PlanRow, b: PlanRow): number =>
  (a.latest ?? Number.POSITIVE_INFINITY) - (b.latest ?? Number.POSITIVE_INFINITY) ||
  compareText(nameOf(a), nameOf(b));

/** What is shown of a plan, and with a filter, which leaves out rows, what there is without it. */
export function planCount(
  shown: readonly PlanRow[],
  all: readonly PlanRow[],
  none: string,
): string {
  const removable = (rows: readonly PlanRow[]) =>
    planCounted(rows.filter(({ kind }) => kind !== 'record'));
  const hidden = shown.length < all.length ? removable(all) : '';
  return `${removable(shown) || none}${hidden === '' ? '' : `; without --filter: ${hidden}`}`;
}

/** `2 runs with 5 instances, 1 leftover, 1 unreadable record`. */
export function planCounted(rows: readonly PlanRow[]): string {
  const of = (kind: PlanRow['kind']) => rows.filter((row) => row.kind === kind);
  const instances = (some: readonly PlanRow[]) => some.reduce((sum, row) => sum + row.instances, 0);
  const [runs, leftovers, records] = [of('run'), of('leftovers'), of('record')];
  return [
    runs.length > 0
      ? `${plural(runs.length, 'run')} with ${plural(instances(runs), 'instance')}`
      : '',
    leftovers.length > 0 ? plural(instances(leftovers), 'leftover') : '',
    records.length > 0 ? plural(records.length, 'unreadable record') : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}
