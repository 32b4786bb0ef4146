import { systemAdapters } from '../../composition/system-adapters.ts';
import { compareAgents } from '../../domain/fleet/row-order.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { openDirectoryOnce } from '../session/open-view.ts';
import { agentTable } from '../tables/agent-table.ts';
import { fleetLines } from '../tables/fleet-lines.ts';
import { footer, plural } from '../tables/footer.ts';
import { jsonLine } from '../terminal/escape-terminal.ts';

export const agents = command({
  name: 'agents',
  summary: 'list agents, each with its current run and state',
  settings: {},
  examples: [['rollcall agents', 'live, suspect and expired agents']],
  async run({ settings, io }) {
    await using view = await openDirectoryOnce(settings, io, 'agents');
    const { directory } = view;
    const rows = directory.agents().toSorted(compareAgents);
    if (settings.json) {
      for (const row of rows) io.out(jsonLine(row));
      return exitCodes.done;
    }
    if (rows.length > 0) {
      const look = { width: io.columns, palette: io.palette };
      io.out(agentTable(rows, systemAdapters.clock.wall(), look));
      io.out('');
    } else {
      io.out(`no agent is registered in namespace '${settings.namespace}'`);
      io.out(io.palette.dim('to start one: rollcall agent --name NAME --instances FILE'));
    }
    for (const line of fleetLines(directory.fleet, systemAdapters.clock.wall(), io)) io.out(line);
    io.out(footer(directory, plural(rows.length, 'agent'), io));
    return exitCodes.done;
  },
});
