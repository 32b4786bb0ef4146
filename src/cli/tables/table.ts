import CliTable from 'cli-table3';
import type { Palette } from '../terminal/palette.ts';
import { columnWidths } from './column-widths.ts';

export interface Column<Row> {
  readonly head: string;
  cell(row: Row): string;
  /** Gives way first where the line gets too long, down to `least` characters; default 10. */
  readonly shrinks?: boolean;
  readonly least?: number;
  /** Left out where there is no room for it. */
  readonly extra?: boolean;
  readonly right?: boolean;
}

const gap = 2;
/** The time that the library takes grows with the square of the rows; below this it does not show. */
const rowsAtOnce = 100;

/** What the library leaves where it cuts a text in the middle of a character. */
const half = /\p{Cs}/gu;

const noBorders = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left'],
    ...['bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((name) => [name, '']),
);

/** Rows as lines of at most `width` characters; what does not fit ends in an ellipsis. */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { width, palette }: { readonly width: number; readonly palette: Palette },
): string {
  const filled = columns.filter(({ cell }) => rows.some((row) => cell(row) !== ''));
  const lines = [
    filled.map(({ head }) => palette.dim(head)),
    ...rows.map((row) => filled.map(({ cell }) => cell(row))),
  ];
  const natural = draw(lines, filled).wide;
  const claims = filled.map(({ least = 10, ...column }, n) => ({
    ...column,
    natural: natural[n] ?? 0,
    least: least + gap,
  }));
  // The gap behind the last column may stand out of the line.
  const widths = columnWidths(claims, width + gap);
  const stays = (_: unknown, n: number) => widths[n] !== undefined;
  const cells = lines.map((line) => line.filter(stays));
  return draw(
    cells,
    filled.filter(stays),
    widths.filter((wide) => wide !== undefined),
  ).text;
}

/** Lines of cells in columns of these widths, or of those that they need; a colour takes no room. */
function draw(
  lines: readonly (readonly string[])[],
  columns: readonly Pick<Column<never>, 'right'>[],
  widths: readonly number[] = [],
): { readonly text: string; readonly wide: readonly number[] } {
  const wide: number[] = [];
  const text: string[] = [];
  for (let from = 0; from < lines.length; from += rowsAtOnce) {
    const some = new CliTable({
      chars: noBorders,
      colWidths: [...widths],
      colAligns: columns.map(({ right }) => (right ? 'right' : 'left')),
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap },
    });
    some.push(...lines.slice(from, from + rowsAtOnce).map((line) => [...line]));
    text.push(
      ...some
        .toString()
        .split('\n')
        .map((line) => line.replace(half, ' ').trimEnd()),
    );
    // Drawing fills in the widths that it was not given.
    for (const [n, each] of some.options.colWidths.entries()) {
      wide[n] = Math.max(wide[n] ?? 0, each ?? 0);
    }
  }
  return { text: text.join('\n'), wide };
}
