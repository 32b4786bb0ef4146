import { systemAdapters } from '../../composition/system-adapters.ts';
import type { InstanceRow } from '../../domain/fleet/directory-rows.ts';
import { compareInstances } from '../../domain/fleet/row-order.ts';
import { ServiceName } from '../../domain/identity/names.ts';
import type { OpenLosses } from '../../domain/losses/losses.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import { Directory } from '../../runtime/directory/directory.ts';
import type { FleetChange } from '../../runtime/directory/fleet-change-detector.ts';
import type { DirectoryChange } from '../../runtime/directory/row-changes.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { Switch } from '../command/settings/common.ts';
import { followLosses } from '../gc/follow-losses.ts';
import { connectPatiently, watchConnection } from '../session/connect.ts';
import { serverNow } from '../session/server-now.ts';
import { untilStopped } from '../session/until-stopped.ts';
import { filterRows, watchFields } from '../tables/apply-filter.ts';
import { changeDocument, changeLine } from '../tables/change-lines.ts';
import { tableLook } from '../tables/column-widths.ts';
import {
  fleetChangeDocument,
  fleetChangeLine,
  fleetDocuments,
  fleetLines,
} from '../tables/fleet-lines.ts';
import { footer, shownOf } from '../tables/footer.ts';
import { instanceTable } from '../tables/instance-table.ts';
import { LiveScreen } from '../tables/live-screen.ts';
import { type LossChange, lossChangeDocument, lossChangeLine } from '../tables/loss-lines.ts';
import { listSettings } from '../tables/print-list.ts';
import { printViewStatus, staleAfter } from '../tables/view-status.ts';
import { zoneName } from '../terminal/format-time.ts';
import { documentLine } from '../terminal/iso-times.ts';

/** How often the collector seats are read. */
const seatsEvery: Millis = seconds(5);

export const watch = command({
  name: 'watch',
  summary: 'show instances, updated on every change; in a pipe, print one line per change',
  settings: {
    service: {
      flag: '--service <name>',
      description: 'only the instances of this service',
      schema: ServiceName.optional(),
    },
    filter: listSettings(watchFields).filter,
    lines: {
      flag: '--lines',
      description: 'print one line per change, also at a terminal',
      schema: Switch,
    },
  },
  examples: [
    ['rollcall watch', 'until Ctrl-C'],
    ['rollcall watch --filter host:db-*,web-* -state:live', 'what needs attention on some hosts'],
    ['rollcall watch --lines', 'the current instances, then one line per change'],
    ['rollcall watch --json | jq -c "select(.change == \\"changed\\")"', 'one document per line'],
  ],
  async run({ settings, io }) {
    const { service, json } = settings;
    const { clock } = systemAdapters;
    // A wrong filter is reported before the command connects.
    filterRows([], settings.filter, watchFields);
    await using connected = await connectPatiently(settings, io, 'watch', { create: false });
    if (!connected) return exitCodes.done;
    let ready = false;
    const live = io.isTerminal && !json && !settings.lines ? new LiveScreen(io) : undefined;
    const tell = (line: string) => (live ? live.add(line) : io.out(line));
    // At a terminal a change is cut to one line; in a pipe it is complete.
    const wide = io.isTerminal ? io.columns : undefined;
    const say = (change: DirectoryChange) => {
      const at = clock.wall();
      tell(
        json ? documentLine(changeDocument(change, at)) : changeLine(change, io.palette, at, wide),
      );
    };
    const filtered = (rows: readonly InstanceRow[]) =>
      filterRows(rows, settings.filter, watchFields);
    const wanted = (row: InstanceRow | undefined) =>
      row !== undefined && (!service || row.service === service) && filtered([row]).length > 0;
    const onChange = (changes: readonly DirectoryChange[]) => {
      if (!ready) return;
      // A change that ends or begins a match is shown too.
      for (const change of changes) if (wanted(change.now) || wanted(change.before)) say(change);
    };
    const onFleetChange = (changes: readonly FleetChange[]) => {
      const at = clock.wall();
      for (const change of ready ? changes : []) {
        const line = json
          ? documentLine(fleetChangeDocument(change, at))
          : fleetChangeLine(change, io.palette, at, wide);
        tell(line);
      }
    };
    let losses: OpenLosses | undefined;
    const onLosses = (changes: readonly LossChange[], open: OpenLosses) => {
      const at = clock.wall();
      const isFirst = losses === undefined;
      losses = open;
      for (const change of changes) {
        if (!json) tell(lossChangeLine(change, io.palette, at, wide));
        else {
          const there = isFirst ? { change: 'there' } : {};
          tell(documentLine({ ...lossChangeDocument(change, at), ...there }));
        }
      }
    };
    const options = { seatsEvery, onChange, onFleetChange };
    await using directory = new Directory(connected.ports, options);
    await using until = untilStopped(io.signal);
    void watchConnection(connected, io, until.signal);
    await Promise.race([directory.ready, until.ended]);
    const ahead = until.signal.aborted ? 0 : (await serverNow(connected.ports)) - clock.wall();
    const now = () => clock.wall() + ahead;
    const count = () => directory.instances(service).length;
    ready = true;
    if (live) {
      void followLosses({ directory, ...connected }, onLosses, until.signal);
      const rows = () => filtered(directory.instances(service));
      await live.show(
        { directory, rows, count, losses: () => losses },
        { staleAfter, now, signal: until.signal },
      );
      return exitCodes.done;
    }
    const rows = filtered(directory.instances(service)).toSorted(compareInstances);
    if (json) {
      for (const row of rows) io.out(documentLine({ event: 'instance', change: 'there', ...row }));
      for (const one of fleetDocuments(directory.fleet, now())) io.out(documentLine(one));
    } else {
      if (rows.length > 0) io.out(`${instanceTable(rows, now(), tableLook(io))}\n`);
      for (const line of fleetLines(directory.fleet, now(), io)) io.out(line);
      io.out(footer(directory, shownOf(rows.length, count(), 'instance'), io));
      io.out(io.palette.dim(`changes from now on, times in ${zoneName(now())}:`));
    }
    await Promise.all([
      printViewStatus(directory, json, io, until.signal),
      followLosses({ directory, ...connected }, onLosses, until.signal),
    ]);
    return exitCodes.done;
  },
});
