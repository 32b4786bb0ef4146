import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { recentLosses } from '../gc/recent-losses.ts';
import { openDirectoryOnce } from '../session/open-view.ts';
import { filterRows } from '../tables/apply-filter.ts';
import { fleetLines } from '../tables/fleet-lines.ts';
import { footer, plural } from '../tables/footer.ts';
import { hostRows, hostTable } from '../tables/host-table.ts';
import { lossDocuments, lossReport } from '../tables/loss-lines.ts';
import { listLook, listSettings, printDocuments } from '../tables/print-list.ts';

const fields = ['host', 'state'] as const;

export const hosts = command({
  name: 'hosts',
  summary: 'list hosts; the state of a host is that of its healthiest agent',
  settings: listSettings(fields),
  examples: [
    ['rollcall hosts', 'all machines with an agent'],
    ['rollcall hosts --filter state:suspect -o name', 'the names of silent machines, one per line'],
  ],
  async run({ settings, io }) {
    await using view = await openDirectoryOnce(settings, io, 'hosts');
    const { directory, now } = view;
    const all = hostRows(directory.agents(), directory.instances());
    const rows = filterRows(all, settings.filter, fields);
    const documents = async () => lossDocuments(await recentLosses(view, io));
    if (await printDocuments(rows, settings, (row) => row.host, io, documents))
      return exitCodes.done;
    if (rows.length > 0) {
      io.out(hostTable(rows, now, listLook(io, settings.output)));
      io.out('');
    } else if (all.length > 0) {
      io.out(`no host matches --filter ${settings.filter}`);
    } else {
      io.out(`no host has an agent in namespace '${settings.namespace}'`);
      io.out(io.palette.dim('to start one: rollcall agent --name NAME --instances FILE'));
    }
    for (const line of fleetLines(directory.fleet, now, io)) io.out(line);
    for (const line of lossReport(await recentLosses(view, io), now, io)) io.out(line);
    io.out(footer(directory, plural(rows.length, 'host'), io));
    return exitCodes.done;
  },
});
