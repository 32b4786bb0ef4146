import type { PlanRow } from '../../../../domain/collection/gc-plan.ts';
import type { ApiGcPlan } from '../../../api-types.ts';
import { countdown } from '../../format/format-time.ts';
import { hindrance, soonestFirst, whatGoes } from '../../model/gc-pipeline.ts';

/** A row of the plan, and what a sweep would do with it. */
export interface DryRunEntry {
  readonly row: PlanRow;
  readonly text: string;
}

/** What a sweep would remove at a moment, what it may remove, and what it keeps. */
export interface DryRun {
  readonly removed: readonly DryRunEntry[];
  /** Depends on what the collector itself observed, which the plan does not contain. */
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
      run.uncertain.push({
        row,
        text: 'becomes suspect once a collector has missed its renewals for its ttl',
      });
    } else if (isDue && heldBy?.by === 'observation') {
      const what = whatGoes(row);
      run.uncertain.push({
        row,
        text: `removes ${what}, if the collector has seen them as leftovers for long enough`,
      });
    } else if (isDue && heldBy === null) run.removed.push({ row, text: removalText(row) });
    else run.kept.push({ row, text: reasonText(row, now) });
  }
  return run;
}

const removalText = (row: PlanRow): string =>
  row.next === 'expire'
    ? `expires the run, then removes ${whatGoes(row)}`
    : `removes ${whatGoes(row)}`;

function reasonText(row: PlanRow, now: number): string {
  if (row.next === 'nothing') return row.detail ?? 'needs an operator';
  const reason = hindrance(row);
  const when = row.at === null || row.at <= now ? '' : `about ${countdown(row.at, now)}`;
  return [reason, when].filter((part) => part !== '').join('; ') || 'not due yet';
}
