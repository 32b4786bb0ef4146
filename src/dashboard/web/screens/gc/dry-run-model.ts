import type { PlanRow } from '../../../../domain/collection/gc-plan.ts';
import type { ApiGcPlan } from '../../../api-types.ts';
import { countdown } from '../../format/format-time.ts';
import { hindrance, soonestFirst, whatGoes } from '../../model/gc-pipeline.ts';

/** One thing that a sweep made now would do, or leaves, and why. */
export interface DryRunEntry {
  readonly row: PlanRow;
  readonly text: string;
}

/** What a sweep would take if it were made at a moment, what it may take, and what it leaves. */
export interface DryRun {
  readonly removed: readonly DryRunEntry[];
  /** A collector goes by what it saw itself on its own clock: nobody else can say. */
  readonly uncertain: readonly DryRunEntry[];
  readonly kept: readonly DryRunEntry[];
}

export function dryRun({ rows, at: now }: Pick<ApiGcPlan, 'rows' | 'at'>): DryRun {
  const run = {
    removed: [] as DryRunEntry[],
    uncertain: [] as DryRunEntry[],
    kept: [] as DryRunEntry[],
  };
  for (const row of soonestFirst(rows)) {
    const { next, at, heldBy } = row;
    const isDue = next !== 'nothing' && at !== null && at <= now;
    if (next === 'suspect') {
      run.uncertain.push({ row, text: 'suspected, once a collector has missed it for its ttl' });
    } else if (isDue && heldBy?.by === 'observation') {
      const what = whatGoes(row);
      run.uncertain.push({
        row,
        text: `removes ${what}, if its collector saw them left for long enough`,
      });
    } else if (isDue && heldBy === null) run.removed.push({ row, text: deedOf(row) });
    else run.kept.push({ row, text: reasonOf(row, now) });
  }
  return run;
}

const deedOf = (row: PlanRow): string =>
  row.next === 'expire' ? `expires it, then removes ${whatGoes(row)}` : `removes ${whatGoes(row)}`;

function reasonOf(row: PlanRow, now: number): string {
  if (row.next === 'nothing') return row.detail ?? 'nothing happens by itself';
  const held = hindrance(row);
  const when = row.at === null || row.at <= now ? '' : `about ${countdown(row.at, now)}`;
  return [held, when].filter((part) => part !== '').join('; ') || 'not due yet';
}
