import type { FlapCounts } from '../../domain/policy/flaps.ts';
import type { Column } from './table.ts';

/** Returns from suspicion or death, by `host/agent`. */
export type Flaps = ReadonlyMap<string, FlapCounts>;

/** How often the agent of a row returned from suspicion or death. The column is left out if none did. */
export const flapsColumn = (
  flaps: Flaps,
): Column<{ readonly host: string; readonly agent: string }> => ({
  head: 'FLAPS 1H/24H',
  cell: ({ host, agent }) => {
    const counts = flaps.get(`${host}/${agent}`);
    return counts ? `${counts.hour}/${counts.day}` : '';
  },
  right: true,
  optional: true,
});
