import { brakeDocument, planDocument, planLive } from '../../composition/gc-plan-now.ts';
import { Fleet } from '../../domain/fleet/fleet.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { collectorLease } from '../command/settings/lease.ts';
import { filterPlan, planFields } from '../gc/filter-plan.ts';
import { byTime, planCount, planTable } from '../gc/plan-table.ts';
import { openDirectoryOnce } from '../session/open-view.ts';
import { tableLook } from '../tables/column-widths.ts';
import { fleetLines } from '../tables/fleet-lines.ts';
import { footer } from '../tables/footer.ts';
import { listSettings } from '../tables/print-list.ts';
import { documentLine } from '../terminal/iso-times.ts';
import { withSpinner } from '../terminal/spinner.ts';

export const gcPlan = command({
  name: 'gc plan',
  summary: 'show what will be removed, when, why, and what delays it; changes nothing',
  settings: { ...collectorLease, filter: listSettings(planFields).filter },
  examples: [
    ['rollcall gc plan', 'exits with 1 if there is something to remove, or an unreadable record'],
    ['rollcall gc plan --filter zone:a silent', 'only the silent runs of a zone'],
    ['rollcall gc plan --json', 'one document per row, then a summary'],
  ],
  async run({ settings, io }) {
    // A wrong filter is reported before the command connects.
    filterPlan([], settings.filter, new Fleet());
    await using view = await openDirectoryOnce(settings, io, 'gc plan');
    const { directory, now, ports } = view;
    const orphans = { ttl: settings.ttl, grace: settings.grace };
    const plan = await withSpinner(io, 'probing silent runs', () =>
      planLive(directory.fleet, orphans, ports),
    );
    const rows = filterPlan(plan.rows, settings.filter, directory.fleet).toSorted(byTime);
    const none =
      plan.rows.length === 0
        ? 'nothing to remove'
        : `nothing to remove matches --filter ${settings.filter}`;
    const code = rows.length > 0 ? exitCodes.wanting : exitCodes.done;
    if (settings.json) {
      for (const row of rows) io.out(documentLine(planDocument(row)));
      const brakes = plan.brakes.map(brakeDocument);
      io.out(documentLine({ event: 'planned', rows: rows.length, seats: plan.seats, brakes }));
      return code;
    }
    if (rows.length > 0) {
      io.out(planTable(rows, now, tableLook(io)));
      io.out('');
    }
    for (const line of fleetLines(directory.fleet, now, io, plan.brakes)) io.out(line);
    io.out(footer(directory, planCount(rows, plan.rows, none), io));
    return code;
  },
});
