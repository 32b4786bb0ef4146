import type { WallTime } from '../time.ts';
import type { InstanceRow } from './directory-rows.ts';

/** The rows that a process saw, kept ones included, for a process that starts while the store is away. */
export interface SavedView {
  /** When they were current. */
  readonly at: WallTime;
  readonly rows: readonly InstanceRow[];
}

export const emptySavedView: SavedView = { at: 0, rows: [] };

/** Nothing is observed any more: what was live is dubious. */
export const rowsForConsumers = ({ rows }: SavedView): readonly InstanceRow[] =>
  rows.map((row) =>
    row.state === 'live' ? { ...row, state: 'dubious', reason: 'unobserved' } : row,
  );
