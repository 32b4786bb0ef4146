import CliTable from 'cli-table3';
import { displayWidth, shortenMiddle, splitByWidth } from '../terminal/display-width.ts';
import { wrapText } from '../terminal/wrap.ts';
import { columnWidths, type TableLook } from './column-widths.ts';

export interface Column<Row> {
  readonly head: string;
  cell(row: Row): string;
  /** Shrinks first if the line is too long, down to `least` columns; default 10. */
  readonly shrinks?: boolean;
  readonly least?: number;
  /** Left out if there is no room for it. */
  readonly optional?: boolean;
  /** Names that people copy: narrowed last. See `shortensNames`. */
  readonly isName?: boolean;
  /** A text that continues on the next line instead of being cut. */
  readonly wraps?: boolean;
  readonly right?: boolean;
}

const gap = 2;
/** A shorter name tells little. */
const leastName = 16;
/** Rows per call of the library, whose time grows with the square of the rows. */
const rowsAtOnce = 100;

/** Half of a surrogate pair, left by the library when it cuts inside a character. */
const half = /\p{Cs}/gu;

const noBorders = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left'],
    ...['bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((name) => [name, '']),
);

/**
 * Rows as lines of at most `width` columns. A text that does not fit continues on the next line, and so does a name
 * that is not shortened; other cells end in an ellipsis.
 */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { width, palette, shortensNames = false }: TableLook,
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
  // The gap after the last column may exceed the line.
  const widths = columnWidths(
    claims,
    width + gap,
    shortensNames ? Math.max(leastName, Math.floor(width / 4)) + gap : undefined,
  );
  const stays = (_: unknown, n: number) => widths[n] !== undefined;
  const wrapped = (text: string, n: number): string => {
    const room = (widths[n] ?? 0) - gap;
    const { isName, wraps } = filled[n] ?? {};
    if (!(isName || wraps) || displayWidth(text) <= room) return text;
    if (isName && shortensNames) return shortenMiddle(text, room);
    return (wraps ? wrapText(text, room) : splitByWidth(text, room)).join('\n');
  };
  const cells = lines.map((line) => line.map(wrapped).filter(stays));
  return draw(
    cells,
    filled.filter(stays),
    widths.filter((wide) => wide !== undefined),
  ).text;
}

/** Draws cells in columns of these widths, or as wide as needed. Colours have no width. */
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
    // Drawing sets the widths that were not given.
    for (const [n, each] of some.options.colWidths.entries()) {
      wide[n] = Math.max(wide[n] ?? 0, each ?? 0);
    }
  }
  return { text: text.join('\n'), wide };
}
