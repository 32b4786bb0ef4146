import type { Instant } from '../../domain/time.ts';
import { command } from '../command.ts';
import { system } from '../compose.ts';
import { exit } from '../exit.ts';
import { footer, plural } from '../footer.ts';
import { type HostRow, hostRows } from '../host-rows.ts';
import type { Palette } from '../palette.ts';
import { jsonLine, printable } from '../printable.ts';
import { stateWord } from '../states.ts';
import { type Column, table } from '../table.ts';
import { ago } from '../times.ts';
import { openView } from '../viewing.ts';

export const hosts = command({
  name: 'hosts',
  about: 'the hosts: as live as the best of their agents',
  settings: {},
  examples: [['rollcall hosts', 'which machines are there']],
  async run({ settings, io }) {
    await using view = await openView(settings, io, 'hosts');
    const { directory } = view;
    const rows = hostRows(directory.agents(), directory.instances());
    if (settings.json) {
      for (const row of rows) io.out(jsonLine(row));
      return exit.done;
    }
    if (rows.length > 0) {
      const look = { width: io.columns, palette: io.palette };
      io.out(table(rows, columns(system.clock.wall(), io.palette), look));
      io.out('');
    } else {
      io.out(`no host has an agent in namespace '${settings.namespace}'`);
      io.out(io.palette.dim('start one there: rollcall agent --name NAME --instances FILE'));
    }
    io.out(footer(directory, plural(rows.length, 'host'), io));
    return exit.done;
  },
});

const columns = (now: Instant, palette: Palette): readonly Column<HostRow>[] => [
  { head: 'HOST', cell: ({ host }) => printable(host), shrinks: true },
  { head: 'STATE', cell: ({ state }) => stateWord(state, palette) },
  { head: 'REASON', cell: ({ reason }) => reason ?? '' },
  { head: 'SINCE', cell: ({ since }) => ago(since, now), right: true },
  { head: 'AGENTS', cell: ({ agents }) => countsOf(agents), shrinks: true },
  { head: 'INSTANCES', cell: ({ instances }) => countsOf(instances), shrinks: true },
];

const countsOf = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([state, n]) => `${n} ${state}`)
    .join(', ');
