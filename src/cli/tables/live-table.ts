import type { InstanceRow } from '../../domain/fleet/directory-rows.ts';
import { compareInstances } from '../../domain/fleet/row-order.ts';
import type { WallTime } from '../../domain/time.ts';
import type { Directory } from '../../runtime/directory/directory.ts';
import type { Terminal } from '../terminal/io.ts';
import { fleetLines } from './fleet-lines.ts';
import { footer, plural } from './footer.ts';
import { instanceTable } from './instance-table.ts';

/** How large the terminal is. */
export interface Window {
  readonly columns: number;
  readonly rows: number;
}

/** What a live table is made of. */
export interface LiveTableData {
  readonly rows: readonly InstanceRow[];
  readonly directory: Pick<Directory, 'fleet' | 'age' | 'observed' | 'unreadable'>;
  /** The last changes, as lines; the latest last. */
  readonly changes: readonly string[];
  readonly stale: boolean;
}

/** Of the table. */
const head = 1;

/**
 * The view as the lines of a window: what is in doubt first, as many instances as fit, and how many do
 * not; never more lines than the window has.
 */
export function liveFrame(
  { rows, directory, changes, stale }: LiveTableData,
  now: WallTime,
  { columns, rows: height }: Window,
  palette: Terminal['palette'],
): readonly string[] {
  const below = [
    ...some(
      fleetLines(directory.fleet, now, { palette, columns }),
      Math.floor(height / 3),
      palette,
    ),
    ...(stale ? [palette.dubious('the store does not answer: the view stays as it was')] : []),
    ...footer(directory, counted(rows), { palette }).split('\n'),
    ...changes,
  ];
  const room = Math.max(1, height - 1 - head - below.length - 1);
  const sorted = rows.toSorted((a, b) => rank(a) - rank(b) || compareInstances(a, b));
  const shown = sorted.slice(0, sorted.length > room ? Math.max(1, room - 1) : room);
  const left = sorted.slice(shown.length);
  const table =
    shown.length > 0 ? instanceTable(shown, now, { width: columns, palette }).split('\n') : [];
  const more = left.length > 0 ? [palette.dim(leftWords(left))] : [];
  return [...table, ...more, '', ...below].slice(0, Math.max(1, height - 1));
}

/** Many holds, or long reasons, leave room for the instances and for what has just changed. */
function some(
  lines: readonly string[],
  most: number,
  palette: Terminal['palette'],
): readonly string[] {
  if (lines.length <= most) return lines;
  const shown = lines.slice(0, Math.max(0, most - 1));
  const left = plural(lines.length - shown.length, 'more line');
  return [...shown, palette.dim(`${left} of brakes and holds: rollcall agents`)];
}

const rank = ({ state }: InstanceRow): number => Number(state === 'live');

function counted(rows: readonly InstanceRow[]): string {
  if (rows.length === 0) return 'no instance is registered';
  const doubtful = rows.filter(({ state }) => state !== 'live').length;
  const all = plural(rows.length, 'instance');
  return doubtful === 0 ? `${all}, all live` : `${all}, ${doubtful} not live`;
}

/** What is not shown is counted, and said to be well only where it is. */
function leftWords(left: readonly InstanceRow[]): string {
  const doubtful = left.filter(({ state }) => state !== 'live').length;
  const how = doubtful === 0 ? 'all live' : `${doubtful} not live`;
  return `and ${left.length} more, ${how}: a taller window shows them, or --service`;
}

/**
 * On a screen of its own, that is given back at the end: frames are drawn over each other, and what is
 * wider than a narrow window is cut there.
 */
export const screen = {
  enter: '\u001b[?1049h\u001b[?25l\u001b[?7l',
  leave: '\u001b[?7h\u001b[?25h\u001b[?1049l',
  frame: (lines: readonly string[]): string =>
    `\u001b[H${lines.map((line) => `${line}\u001b[K`).join('\n')}\n\u001b[J`,
};
