import type { Chart } from '../../charts/model/chart-data.ts';
import { treeOf } from '../../charts/model/state-tree.ts';
import { chartsIn } from '../charts/select-charts.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { machineSource } from '../command/settings/machines.ts';
import { tableLook } from '../tables/column-widths.ts';
import { table } from '../tables/table.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { documentLine } from '../terminal/iso-times.ts';

export const machinesList = command({
  name: 'machines list',
  summary: 'list the state machines with their hash; each event carries the hash of its machine',
  settings: machineSource,
  examples: [
    ['rollcall machines list', 'the built-in machines'],
    ['rollcall machines list --machines ./machines', 'the machines of a directory'],
  ],
  async run({ settings, io }) {
    const charts = await chartsIn(settings.machines);
    if (settings.json) {
      for (const chart of charts) io.out(documentLine(row(chart)));
      return exitCodes.done;
    }
    const columns = [
      { head: 'NAME', cell: ({ name }: Row) => escapeControls(name) },
      { head: 'STATES', cell: ({ states }: Row) => String(states), right: true },
      { head: 'TRANSITIONS', cell: ({ transitions }: Row) => String(transitions), right: true },
      { head: 'HASH', cell: ({ hash }: Row) => hash },
    ];
    io.out(table(charts.map(row), columns, tableLook(io)));
    io.out(io.palette.dim('\nto draw one: rollcall machines draw NAME'));
    return exitCodes.done;
  },
});

type Row = ReturnType<typeof row>;

/** The count of states excludes the root, which is the machine itself. */
const row = (chart: Chart) => ({
  name: chart.machine,
  states: treeOf(chart).all.length - 1,
  transitions: chart.edges.length,
  hash: chart.hash,
});
