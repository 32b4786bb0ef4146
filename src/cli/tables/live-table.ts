import type { InstanceRow } from '../../domain/fleet/directory-rows.ts';
import { compareInstances, troubleFirst } from '../../domain/fleet/row-order.ts';
import type { OpenLosses } from '../../domain/losses/losses.ts';
import type { WallTime } from '../../domain/time.ts';
import type { Directory } from '../../runtime/directory/directory.ts';
import type { Terminal } from '../terminal/io.ts';
import { fleetLines } from './fleet-lines.ts';
import { footer, plural, shownOf } from './footer.ts';
import { instanceTable } from './instance-table.ts';
import { lossLines } from './loss-lines.ts';

/** Size of the terminal. */
export interface Window {
  readonly columns: number;
  readonly rows: number;
}

/** Data of a live table. */
export interface LiveTableData {
  readonly rows: readonly InstanceRow[];
  /** How many instances there are without a filter. */
  readonly count: number;
  readonly directory: Pick<Directory, 'fleet' | 'age' | 'observed' | 'observedAge' | 'unreadable'>;
  /** What is lost; undefined: not known yet. */
  readonly losses?: OpenLosses | undefined;
  /** The last changes as lines, oldest first. */
  readonly changes: readonly string[];
  readonly stale: boolean;
}

/** Lines of the table head. */
const head = 1;

/**
 * The view as lines of a window: instances that are not live first, as many as fit, then the number of
 * those left out. Never more lines than the window has.
 */
export function liveFrame(
  { rows, count, directory, losses, changes, stale }: LiveTableData,
  now: WallTime,
  { columns, rows: height }: Window,
  palette: Terminal['palette'],
): readonly string[] {
  const below = [
    ...some(
      [
        ...(losses ? lossLines(losses, now, { palette, columns }) : []),
        ...fleetLines(directory.fleet, now, { palette, columns }),
      ],
      Math.floor(height / 3),
      palette,
    ),
    ...(stale ? [palette.dubious('the store does not answer: the view may be out of date')] : []),
    ...footer(directory, counted(rows, count), { palette }).split('\n'),
    ...changes,
  ];
  const room = Math.max(1, height - 1 - head - below.length - 1);
  const sorted = troubleFirst(rows.toSorted(compareInstances));
  const shown = sorted.slice(0, sorted.length > room ? Math.max(1, room - 1) : room);
  const left = sorted.slice(shown.length);
  const table =
    shown.length > 0
      ? instanceTable(shown, now, { width: columns, palette, shortensNames: true }).split('\n')
      : [];
  const more = left.length > 0 ? [palette.dim(leftWords(left))] : [];
  return [...table, ...more, '', ...below].slice(0, Math.max(1, height - 1));
}

/** At most `most` lines, so that many holds leave room for instances and changes. */
function some(
  lines: readonly string[],
  most: number,
  palette: Terminal['palette'],
): readonly string[] {
  if (lines.length <= most) return lines;
  const shown = lines.slice(0, Math.max(0, most - 1));
  const left = plural(lines.length - shown.length, 'more line');
  return [...shown, palette.dim(`${left} of losses, brakes and holds: rollcall agents`)];
}

function counted(rows: readonly InstanceRow[], count: number): string {
  if (count === 0) return 'no instance is registered';
  const doubtful = rows.filter(({ state }) => state !== 'live').length;
  const all = shownOf(rows.length, count, 'instance');
  if (rows.length === 0) return all;
  return doubtful === 0 ? `${all}, all live` : `${all}, ${doubtful} not live`;
}

/** Counts the instances that are not shown, and those of them that are not live. */
function leftWords(left: readonly InstanceRow[]): string {
  const doubtful = left.filter(({ state }) => state !== 'live').length;
  const how = doubtful === 0 ? 'all live' : `${doubtful} not live`;
  return `and ${left.length} more, ${how}: enlarge the window, or use --service`;
}

/**
 * Control sequences: alternate screen, hidden cursor, no line wrap. Frames are drawn over each other, and
 * lines wider than the window are cut.
 */
export const screen = {
  enter: '\u001b[?1049h\u001b[?25l\u001b[?7l',
  leave: '\u001b[?7h\u001b[?25h\u001b[?1049l',
  frame: (lines: readonly string[]): string =>
    `\u001b[H${lines.map((line) => `${line}\u001b[K`).join('\n')}\n\u001b[J`,
};
