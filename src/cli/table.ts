import CliTable from 'cli-table3';
import { columnWidths } from './column-widths.ts';
import type { Palette } from './palette.ts';

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
  const natural = draw(rows, filled, palette);
  const claims = filled.map(({ least = 10, ...column }, n) => ({
    ...column,
    natural: natural.wide[n] ?? 0,
    least: least + gap,
  }));
  // The gap behind the last column may stand out of the line.
  const wide = columnWidths(claims, width + gap);
  if (wide.every((each, n) => each === natural.wide[n])) return natural.text;
  const fitting = filled.filter((_, n) => wide[n] !== undefined);
  const widths = wide.filter((each) => each !== undefined);
  return draw(rows, fitting, palette, widths).text;
}

function draw<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  palette: Palette,
  widths: readonly number[] = [],
) {
  const drawn = new CliTable({
    chars: noBorders,
    head: columns.map(({ head }) => palette.dim(head)),
    colWidths: [...widths],
    colAligns: columns.map(({ right }) => (right ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap },
  });
  drawn.push(...rows.map((row) => columns.map(({ cell }) => cell(row))));
  const text = drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
  // Drawing fills in the widths that it was not given.
  return { text, wide: drawn.options.colWidths.map((wide) => wide ?? 0) };
}
