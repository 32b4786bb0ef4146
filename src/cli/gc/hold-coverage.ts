import { type Place, placeName } from '../../composition/host-or-agent.ts';
import type { AgentRow } from '../../domain/fleet/directory-rows.ts';
import type { WallTime } from '../../domain/time.ts';
import { agentTable } from '../tables/agent-table.ts';
import { plural } from '../tables/footer.ts';
import { printable } from '../terminal/escape-terminal.ts';
import type { Io } from '../terminal/io.ts';

/** Which agents stand at a place now, for whoever plans something there. */
export function coverLines(
  covers: readonly AgentRow[],
  place: Place,
  now: WallTime,
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
