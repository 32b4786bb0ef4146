import { troubleFirst } from '../../domain/fleet/row-order.ts';
import type { WallTime } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Directory } from '../../runtime/directory/directory.ts';
import type { Common } from '../command/command.ts';
import type { Values } from '../command/settings/setting.ts';
import { filterRows, type ListRow } from '../tables/apply-filter.ts';
import { fleetLines } from '../tables/fleet-lines.ts';
import { footer, shownOf } from '../tables/footer.ts';
import { lossDocuments, lossReport } from '../tables/loss-lines.ts';
import { listLook, type listSettings, printDocuments } from '../tables/print-list.ts';
import type { Terminal } from '../terminal/io.ts';
import { recentLosses } from './recent-losses.ts';

/** A list of what agents are on: `agents` or `hosts`. */
interface FleetList<Row extends ListRow> {
  /** What a row is: `agent`. */
  readonly noun: string;
  readonly all: readonly Row[];
  /** The fields of `--filter`. */
  readonly fields: readonly string[];
  readonly nameOf: (row: Row) => string;
  readonly table: (
    rows: readonly Row[],
    now: WallTime,
    look: ReturnType<typeof listLook>,
  ) => string;
  /** The line for a fleet without any row. */
  readonly none: string;
}

/** Prints the rows that the filter leaves, then brakes, holds, drains and losses. @throws {Fault} `bad-setting` */
export async function printFleetList<Row extends ListRow & { readonly state: string }>(
  view: { readonly ports: Ports; readonly directory: Directory; readonly now: WallTime },
  { noun, all, fields, nameOf, table, none }: FleetList<Row>,
  settings: Common & Values<ReturnType<typeof listSettings>>,
  io: Terminal,
): Promise<void> {
  const { directory, now } = view;
  const rows = filterRows(all, settings.filter, fields);
  const documents = async () => lossDocuments(await recentLosses(view, io));
  if (await printDocuments(rows, settings, nameOf, io, documents)) return;
  const losses = async () => lossReport(await recentLosses(view, io), now, io);
  if (rows.length > 0) {
    io.out(table(troubleFirst(rows), now, listLook(io, settings.output)));
    io.out('');
  } else if (all.length > 0) {
    io.out(`no ${noun} matches --filter ${settings.filter}`);
  } else {
    const lost = await losses();
    for (const line of lost) io.out(line);
    io.out(none);
    if (lost.length === 0)
      io.out(io.palette.dim('to start one: rollcall agent --name NAME --instances FILE'));
  }
  for (const line of fleetLines(directory.fleet, now, io)) io.out(line);
  if (all.length > 0) for (const line of await losses()) io.out(line);
  io.out(footer(directory, shownOf(rows.length, all.length, noun), io));
}
