import { formatDrainTarget } from '../../composition/names/drain-target.ts';
import { formatTarget } from '../../composition/names/host-or-agent.ts';
import { type BrakeForecast, forecastBrakes } from '../../domain/collection/brake-forecast.ts';
import { overdueSince } from '../../domain/collection/hold-end.ts';
import type { Fleet } from '../../domain/fleet/fleet.ts';
import type { DrainRecord, HoldRecord } from '../../domain/records/schemas.ts';
import type { WallTime } from '../../domain/time.ts';
import type { FleetChange } from '../../runtime/directory/fleet-change-detector.ts';
import { changedSettings } from '../command/settings/policy-settings.ts';
import { truncate } from '../terminal/display-width.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { clockTime, formatRounded, formatSetting, when } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';
import type { Palette } from '../terminal/palette.ts';
import { wrapText } from '../terminal/wrap.ts';
import { acknowledgementWords, newAcknowledgements } from './acknowledgement-words.ts';

/** The brakes, holds and drains of the fleet, as lines. */
export function fleetLines(
  fleet: Fleet,
  now: WallTime,
  { palette, columns }: Pick<Terminal, 'palette' | 'columns'>,
  brakes: readonly BrakeForecast[] = forecastBrakes(fleet, now),
): readonly string[] {
  const labelled = (head: string, paint: keyof Palette, text: string): readonly string[] => {
    const [first = '', ...more] = wrapText(escapeControls(`${head}: ${text}`), columns);
    return [`${palette[paint](head)}${first.slice(head.length)}`, ...more];
  };
  return [
    ...brakes.flatMap((one) => labelled('brake', 'dubious', brakeWords(one, now))),
    ...[...fleet.controls.holds()].flatMap(({ record }) =>
      labelled('hold', 'draining', holdWords(record, now)),
    ),
    ...[...fleet.controls.drains()].flatMap(({ record }) =>
      labelled('drain', 'draining', drainWords(record, now)),
    ),
  ];
}

/** `h1 is on hold until 12:03:10 (in 8 min): new kernel (by alice)`. */
export const holdWords = (hold: HoldRecord, now: WallTime): string =>
  `${formatTarget(hold)} is on hold ${untilWords(hold.until, now)}${hold.why === undefined ? '' : `: ${hold.why}`} (by ${hold.by.agent})`;

/** `h1 is drained by alice until 12:03:10 (in 8 min): new kernel`. */
export const drainWords = ({ target, by, until, why }: DrainRecord, now: WallTime): string => {
  const end = until === undefined ? '' : ` ${untilWords(until, now)}`;
  return `${formatDrainTarget(target)} is drained by ${by.agent}${end}${why === undefined ? '' : `: ${why}`}`;
};

/** `until 12:03:10 (in 8 min)`; a collector ends the hold a moment later. `now`: the server's time, if known. */
export function untilWords(until: WallTime, now: WallTime): string {
  // Rounded up, so that a hold of 10 min does not begin with 9 min left.
  const seconds = Math.ceil((until - now) / 1000);
  const overdue = overdueSince(until, now);
  const past =
    overdue === undefined ? 'ends at any moment' : `overdue for ${formatRounded(now - overdue)}`;
  const left = seconds > 0 ? `in ${formatRounded(seconds * 1000)}` : past;
  return `until ${when(until, now)} (${left})`;
}

export function brakeWords(forecast: BrakeForecast, now: WallTime): string {
  const { zone, record, seen, suspect, heldBack, pace, endsAt } = forecast;
  if (record === 'unreadable') {
    return `the brake record of zone ${zone} is unreadable, so no run there is declared dead`;
  }
  const is =
    record === undefined
      ? 'is about to be braked'
      : `has been braked since ${when(record.since, now)}`;
  const ends =
    endsAt === null
      ? 'until agents come back or an operator acts'
      : `until about ${when(endsAt, now)}${endsAt > now ? ` (in ${formatRounded(endsAt - now)})` : ''}`;
  return `zone ${zone} ${is}: ${suspect} of ${seen} runs are suspect, ${heldBack} held back by the brake, one is declared dead every ${formatSetting(pace)}, ${ends}`;
}

/** The change as a JSON document. */
export function fleetChangeDocument(change: FleetChange, at: WallTime): object {
  const { of, before, now } = change;
  if (of === 'policy') return { event: 'policy', change: 'changed', at, was: before, policy: now };
  const what = now ? (before ? 'changed' : 'begun') : 'ended';
  const { v: _v, n: _n, hash: _hash, ...fields } = now ?? before ?? {};
  return { event: of, change: what, at, ...fields };
}

/** The current holds, drains and brakes as JSON documents, for the start of a watch. */
export function fleetDocuments({ controls }: Fleet, at: WallTime): readonly object[] {
  const none = { before: undefined };
  const holds = [...controls.holds()].map(({ record }) => ({ of: 'hold' as const, now: record }));
  const brakes = [...controls.brakes()].flatMap((read) =>
    read.kind === 'stored' ? [{ of: 'brake' as const, now: read.record }] : [],
  );
  const drains = [...controls.drains()].map(({ record }) => {
    return { of: 'drain' as const, now: record };
  });
  return [...holds, ...drains, ...brakes].map((one) => ({
    ...fleetChangeDocument({ ...none, ...one }, at),
    change: 'there',
  }));
}

/** The change as a line of at most `columns`. */
export function fleetChangeLine(
  change: FleetChange,
  palette: Palette,
  at: WallTime,
  columns = Number.POSITIVE_INFINITY,
): string {
  const time = clockTime(at);
  const words = truncate(escapeControls(changeWords(change, at)), columns - time.length - 1);
  return `${palette.dim(time)} ${words}`;
}

function changeWords(change: FleetChange, at: WallTime): string {
  if (change.of === 'policy') {
    const { before, now } = change;
    const changed = changedSettings(before, now).map(
      ({ name, was, now: to }) => `${name} ${was} → ${to}`,
    );
    const added = newAcknowledgements(now, before).map(acknowledgementWords);
    return `policy: ${[...changed, ...added].join(', ')}`;
  }
  if (change.of === 'hold') {
    if (change.now) return holdWords(change.now, at);
    return change.before
      ? `${formatTarget(change.before)} is no longer on hold: silence is counted again`
      : '';
  }
  if (change.of === 'drain') {
    if (change.now) return drainWords(change.now, at);
    return change.before ? `${formatDrainTarget(change.before.target)} is no longer drained` : '';
  }
  if (!change.now) return `zone ${change.before?.zone} is no longer braked`;
  const { zone, seen, suspect, expired } = change.now;
  return change.before
    ? `zone ${zone} is braked: ${expired} declared dead so far, ${suspect} of ${seen} runs were suspect`
    : `zone ${zone} is braked: ${suspect} of ${seen} runs are suspect`;
}
