import { formatTarget, type Target } from '../../composition/names/host-or-agent.ts';
import type { AgentRow } from '../../domain/fleet/directory-rows.ts';
import type { WallTime } from '../../domain/time.ts';
import { agentTable } from '../tables/agent-table.ts';
import { plural } from '../tables/footer.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import type { Terminal } from '../terminal/io.ts';

/** Lists the agents that a hold covers now. */
export function coverLines(
  covers: readonly AgentRow[],
  place: Target,
  now: WallTime,
  { palette, columns }: Pick<Terminal, 'palette' | 'columns'>,
): readonly string[] {
  if (covers.length === 0) {
    const none =
      place.agent === undefined
        ? `no agent of ${formatTarget(place)} is registered: the hold covers agents that start there later`
        : `${formatTarget(place)} is not registered: the hold covers it when it starts`;
    return [
      palette.dubious(escapeControls(none)),
      palette.dim('registered agents: rollcall agents'),
    ];
  }
  return [
    `it covers ${plural(covers.length, 'agent')}:`,
    '',
    agentTable(covers, now, { width: columns, palette }),
    '',
  ];
}
