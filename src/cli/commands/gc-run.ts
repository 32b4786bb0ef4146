import { z } from 'zod';
import { type Planned, planDocument, planLive } from '../../composition/gc-plan-now.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import { Duration } from '../../composition/time/duration.ts';
import type { AuditEvent } from '../../domain/events/event-schema.ts';
import { hours, type Millis, seconds } from '../../domain/time.ts';
import { ManualCollection } from '../../runtime/collector/manual-collection.ts';
import { signingAuthor } from '../../runtime/transitions/record-change.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { collectorLease } from '../command/settings/lease.ts';
import { byTime, planCounted, planTable } from '../gc/plan-table.ts';
import { deedDocument, SweepTotals, sweepLines } from '../gc/sweep-report.ts';
import { connectOnce } from '../session/connect.ts';
import { operatorIdentity, operatorSettings, operatorTimeout } from '../session/operator.ts';
import { tableLook } from '../tables/column-widths.ts';
import { plural } from '../tables/footer.ts';
import { clockTime, formatRounded } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';
import { documentLine } from '../terminal/iso-times.ts';

const longest = hours(1);
const tellEvery: Millis = seconds(15);

export const gcRun = command({
  name: 'gc run',
  summary: 'remove records of dead runs now; with --watch, also detect dead runs, like a collector',
  settings: {
    watch: {
      flag: '--watch <duration>',
      description: 'also watch and judge runs for this long, as a collector does',
      fallback: 'one sweep',
      schema: Duration.pipe(
        z
          .number()
          .min(seconds(1), 'at least 1 s')
          .max(longest, 'at most 1 h; for longer, start a collector'),
      ).optional(),
    },
    ...collectorLease,
    ...operatorSettings,
  },
  examples: [
    ['rollcall gc run', 'one sweep: removes the records of runs that were declared dead'],
    [
      'rollcall gc run --watch 2m',
      'if no collector is active: detects dead runs and removes their records',
    ],
  ],
  async run({ settings, io }) {
    await using connected = await connectOnce(settings, io, 'gc run');
    const { ports } = connected;
    const author = signingAuthor(await operatorIdentity(settings, io), ports);
    const own = { ttl: settings.ttl, grace: settings.grace };
    const deeds = new SweepTotals();
    await using visit = new ManualCollection(author, own, ports, {
      onCommitted: (events) => {
        deeds.add(events);
        say(events, settings.json, io);
      },
      onSighted: () =>
        io.err(
          `${clockTime(systemAdapters.clock.wall())} observation complete: runs are judged from now on`,
        ),
      onBlinded: (why) => io.err(`blind, no run is judged: ${why}`),
    });
    await visit.sweep(io.signal);
    if (settings.watch !== undefined) await watch(visit, settings.watch, io);
    await visit.caughtUp(operatorTimeout(io));
    const left = await planLive(visit.view.fleet, own, ports);
    if (settings.json) {
      for (const row of left.rows) io.out(documentLine(planDocument(row)));
      const { runs, instances, leftovers } = deeds;
      const sums = { runs, instances, leftovers, left: left.rows.length, seats: left.seats };
      io.out(documentLine({ event: 'done', ...sums }));
    } else {
      io.out(deeds.summary);
      tellLeft(left, settings.watch === undefined, io);
    }
    return io.signal.aborted ? exitCodes.interrupted : exitCodes.done;
  },
});

function say(events: readonly AuditEvent[], json: boolean, io: Terminal): void {
  if (json) for (const event of events) io.out(documentLine(deedDocument(event)));
  else for (const line of sweepLines(events, systemAdapters.clock.wall(), io.palette)) io.out(line);
}

/** Watches for `duration`, and prints the time left every 15 s. */
async function watch(visit: ManualCollection, duration: Millis, io: Terminal): Promise<void> {
  const over = new AbortController();
  const both = AbortSignal.any([over.signal, io.signal]);
  const until = systemAdapters.clock.monotonic() + duration;
  io.err(`watching for ${formatRounded(duration)}; Ctrl-C ends it`);
  const telling = (async () => {
    for (;;) {
      await systemAdapters.clock.sleep(tellEvery, both);
      if (both.aborted) return;
      io.err(
        `watching: ${formatRounded(Math.max(0, until - systemAdapters.clock.monotonic()))} left`,
      );
    }
  })();
  try {
    await visit.watch(duration, io.signal);
  } finally {
    over.abort();
    await telling;
  }
}

function tellLeft({ rows, seats }: Planned, onlySwept: boolean, io: Terminal): void {
  const { out, palette } = io;
  if (rows.length === 0) {
    out(palette.dim('nothing is left to remove'));
    return;
  }
  out(`remaining: ${planCounted(rows)}\n`);
  out(planTable(rows.toSorted(byTime), systemAdapters.clock.wall(), tableLook(io)));
  if (rows.every(({ next }) => next === 'nothing')) return;
  if (seats > 0) {
    out(
      palette.dim(
        `\n${plural(seats, 'active collector')} will remove the rest; progress: rollcall gc plan`,
      ),
    );
  } else if (onlySwept) {
    out(
      palette.dim('\nno collector is active; to also detect dead runs: rollcall gc run --watch 2m'),
    );
  }
}
