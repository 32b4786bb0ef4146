import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { printFleetList } from '../gc/print-fleet-list.ts';
import { openDirectoryOnce } from '../session/open-view.ts';
import { withZone } from '../tables/apply-filter.ts';
import { type HostRow, hostRows, hostTable } from '../tables/host-table.ts';
import { listSettings } from '../tables/print-list.ts';

const fields = ['host', 'zone', 'state'] as const;

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
    const { directory } = view;
    const agents = directory.agents().map((row) => withZone(row, directory.fleet));
    const list = {
      ...{ noun: 'host', fields, all: hostRows(agents, directory.instances()) },
      ...{ nameOf: (row: HostRow) => row.host, table: hostTable },
      none: `no host has an agent in namespace '${settings.namespace}'`,
    };
    await printFleetList(view, list, settings, io);
    return exitCodes.done;
  },
});
