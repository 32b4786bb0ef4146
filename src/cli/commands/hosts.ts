import { systemAdapters } from '../../composition/system-adapters.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { openDirectoryOnce } from '../session/open-view.ts';
import { fleetLines } from '../tables/fleet-lines.ts';
import { footer, plural } from '../tables/footer.ts';
import { hostRows, hostTable } from '../tables/host-table.ts';
import { jsonLine } from '../terminal/escape-terminal.ts';

export const hosts = command({
  name: 'hosts',
  summary: 'list hosts, each with the best state of its agents',
  settings: {},
  examples: [['rollcall hosts', 'all machines with an agent']],
  async run({ settings, io }) {
    await using view = await openDirectoryOnce(settings, io, 'hosts');
    const { directory } = view;
    const rows = hostRows(directory.agents(), directory.instances());
    if (settings.json) {
      for (const row of rows) io.out(jsonLine(row));
      return exitCodes.done;
    }
    if (rows.length > 0) {
      const look = { width: io.columns, palette: io.palette };
      io.out(hostTable(rows, systemAdapters.clock.wall(), look));
      io.out('');
    } else {
      io.out(`no host has an agent in namespace '${settings.namespace}'`);
      io.out(io.palette.dim('to start one: rollcall agent --name NAME --instances FILE'));
    }
    for (const line of fleetLines(directory.fleet, systemAdapters.clock.wall(), io)) io.out(line);
    io.out(footer(directory, plural(rows.length, 'host'), io));
    return exitCodes.done;
  },
});
