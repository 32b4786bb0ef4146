import type { AgentRow } from '../domain/fleet/directory-rows.ts';
import type { Instant } from '../domain/time.ts';
import { agentTable } from './agent-table.ts';
import { plural } from './footer.ts';
import type { Io } from './io.ts';
import { type Place, placeName } from './place.ts';
import { printable } from './printable.ts';

/** Which agents stand at a place now, for whoever plans something there. */
export function coverLines(
  covers: readonly AgentRow[],
  place: Place,
  now: Instant,
  { palette, columns }: Pick<Io, 'palette' | 'columns'>,
): readonly string[] {
  if (covers.length === 0) {
    const nobody =
      place.agent === undefined
        ? `no agent of ${placeName(place)} is registered now: the hold covers whoever starts there`
        : `${placeName(place)} is not registered now: the hold covers it when it starts`;
    return [palette.dubious(printable(nobody)), palette.dim('who is there: rollcall agents')];
  }
  return [
    `it covers ${plural(covers.length, 'agent')}:`,
    '',
    agentTable(covers, now, { width: columns, palette }),
    '',
  ];
}
