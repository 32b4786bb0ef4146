import type { AgentRow } from '../../domain/join.ts';
import type { Instant } from '../../domain/time.ts';
import { command } from '../command.ts';
import { system } from '../compose.ts';
import { exit } from '../exit.ts';
import { footer, plural } from '../footer.ts';
import { compare } from '../instance-table.ts';
import type { Palette } from '../palette.ts';
import { jsonLine, printable } from '../printable.ts';
import { stateWord } from '../states.ts';
import { type Column, table } from '../table.ts';
import { ago, written } from '../times.ts';
import { openView } from '../viewing.ts';

export const agents = command({
  name: 'agents',
  about: 'the agents: which run holds each slot, and how it does',
  settings: {},
  examples: [['rollcall agents', 'who is there, who is late']],
  async run({ settings, io }) {
    await using view = await openView(settings, io, 'agents');
    const { directory } = view;
    const rows = directory.agents().toSorted(bySlot);
    if (settings.json) {
      for (const row of rows) io.out(jsonLine(row));
      return exit.done;
    }
    if (rows.length > 0) {
      const look = { width: io.columns, palette: io.palette };
      io.out(table(rows, columns(system.clock.wall(), io.palette), look));
      io.out('');
    } else {
      io.out(`no agent is registered in namespace '${settings.namespace}'`);
      io.out(io.palette.dim('start one: rollcall agent --name NAME --instances FILE'));
    }
    io.out(footer(directory, plural(rows.length, 'agent'), io));
    return exit.done;
  },
});

const bySlot = (a: AgentRow, b: AgentRow): number =>
  compare(a.host, b.host) || compare(a.agent, b.agent);

const columns = (now: Instant, palette: Palette): readonly Column<AgentRow>[] => [
  { head: 'AGENT', cell: ({ host, agent }) => printable(`${host}/${agent}`), shrinks: true },
  { head: 'STATE', cell: ({ state }) => stateWord(state, palette) },
  { head: 'REASON', cell: ({ reason }) => reason ?? '' },
  { head: 'SINCE', cell: ({ since }) => ago(since, now), right: true },
  { head: 'INSTANCES', cell: ({ instances }) => `${instances}`, right: true },
  { head: 'TTL', cell: ({ ttl }) => written(ttl), right: true },
  { head: 'TERM', cell: ({ term }) => `${term}`, right: true },
  { head: 'RUN', cell: ({ run }) => run },
];
