import CliTable from 'cli-table3';
import type { Palette } from './palette.ts';

export interface Column<Row> {
  readonly head: string;
  cell(row: Row): string;
  /** Gives way first where the line gets too long. */
  readonly shrinks?: boolean;
  readonly right?: boolean;
}

const gap = 2;
/** Below this a column says nothing any more. */
const narrowest = 10;

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
  const shown = columns.filter(({ cell }) => rows.some((row) => cell(row) !== ''));
  const cells = rows.map((row) => shown.map(({ cell }) => cell(row)));
  const draw = (colWidths: readonly number[]) => {
    const drawn = new CliTable({
      chars: noBorders,
      head: shown.map(({ head }) => palette.dim(head)),
      colWidths: [...colWidths],
      colAligns: shown.map(({ right }) => (right ? 'right' : 'left')),
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap },
    });
    drawn.push(...cells);
    // Drawing fills in the widths that it was not given.
    return { text: drawn.toString(), wide: drawn.options.colWidths.map((wide) => wide ?? 0) };
  };
  const natural = draw([]);
  const wide = fitted(natural.wide, shown, width + gap);
  const { text } = wide.every((each, n) => each === natural.wide[n]) ? natural : draw(wide);
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Takes from the widest of those that give way, until the line fits or nobody has more to give. */
function fitted<Row>(
  natural: readonly number[],
  columns: readonly Column<Row>[],
  width: number,
): readonly number[] {
  const wide = [...natural];
  for (const giving of [columns.map(({ shrinks }) => shrinks === true), columns.map(() => true)]) {
    for (let over = sum(wide) - width; over > 0; over -= 1) {
      const widest = Math.max(...wide.filter((each, n) => giving[n] && each > narrowest));
      const at = wide.findIndex((each, n) => giving[n] && each === widest);
      if (at < 0) break;
      wide[at] = widest - 1;
    }
  }
  return wide;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);
