import { formatTarget, type Target } from '../../composition/names/host-or-agent.ts';
import { Fault } from '../../domain/fault.ts';
import type { AgentRow } from '../../domain/fleet/directory-rows.ts';
import type { WallTime } from '../../domain/time.ts';
import { agentTable } from '../tables/agent-table.ts';
import { tableLook } from '../tables/column-widths.ts';
import { plural } from '../tables/footer.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import type { Terminal } from '../terminal/io.ts';

/** The most names of a hint. */
const mostNamed = 5;

/**
 * A target that covers nothing is usually a typing error, or the name of a host instead of its id.
 * @throws {Fault} `not-found`
 */
export function refuseUncovered(
  what: string,
  name: string,
  hosts: readonly string[],
  list: string,
): never {
  const [start = ''] = name.toLowerCase().split('/');
  const alike = [...new Set(hosts)].filter((host) => host.toLowerCase().includes(start)).sort();
  const more = alike.length > mostNamed ? ` and ${alike.length - mostNamed} more` : '';
  const meant = alike.length > 0 ? `hosts: ${alike.slice(0, mostNamed).join(', ')}${more}; ` : '';
  throw new Fault('not-found', `no ${what} of ${name} is registered; nothing was changed`, {
    hint: `${meant}registered ${what}s: ${list}; for what starts there later: --ahead`,
  });
}

/** Lists the agents that a hold covers now. */
export function coverLines(
  covers: readonly AgentRow[],
  place: Target,
  now: WallTime,
  io: Pick<Terminal, 'palette' | 'tableWidth' | 'isTerminal'>,
): readonly string[] {
  if (covers.length === 0) {
    const none =
      place.agent === undefined
        ? `no agent of ${formatTarget(place)} is registered: the hold covers agents that start there later`
        : `${formatTarget(place)} is not registered: the hold covers it when it starts`;
    return [
      io.palette.dubious(escapeControls(none)),
      io.palette.dim('registered agents: rollcall agents'),
    ];
  }
  return [
    `it covers ${plural(covers.length, 'agent')}:`,
    '',
    agentTable(covers, now, tableLook(io)),
    '',
  ];
}
