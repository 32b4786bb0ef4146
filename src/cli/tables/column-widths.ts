import type { Terminal } from '../terminal/io.ts';
import type { Palette } from '../terminal/palette.ts';

/** How wide a table may be, and its colours. */
export interface TableLook {
  readonly width: number;
  readonly palette: Palette;
  /** Names that do not fit are shortened in the middle, for a person. Without it they continue on the next line. */
  readonly shortensNames?: boolean;
}

/** At a terminal a table has its width; in a pipe, programs read whole names. */
export const tableLook = ({
  tableWidth: width,
  palette,
  isTerminal: shortensNames,
}: Pick<Terminal, 'tableWidth' | 'palette' | 'isTerminal'>): TableLook => ({
  ...{ width, palette, shortensNames },
});

/** Width that a column wants, and how far it can shrink. */
export interface ColumnSpec {
  /** Width of its widest cell. */
  readonly natural: number;
  /** Shrinks first, down to `least`. */
  readonly shrinks?: boolean;
  readonly least?: number;
  /** Left out if the other columns do not fit with it. */
  readonly optional?: boolean;
  /** Names that people copy: narrowed last, or down to `leastName`. */
  readonly isName?: boolean;
}

/** A narrower column is not legible. */
const narrowest = 8;

type Widths = readonly (number | undefined)[];

/**
 * Width of each column so that all fit in `width`; undefined means left out.
 *
 * The widest columns that shrink are narrowed first, down to their `least`. If that is not enough, the
 * last optional column is left out; without an optional column, all columns are narrowed, names last.
 * With `leastName`, names that do not fit even without the optional columns shrink too, down to that width.
 */
export function columnWidths(
  claims: readonly ColumnSpec[],
  width: number,
  leastName?: number,
): Widths {
  const whole = fitted(claims, width);
  if (whole !== undefined) return whole;
  const needed = claims.filter(({ optional }) => !optional);
  const narrow = (one: ColumnSpec) => Math.min(one.natural, narrowest);
  if (leastName === undefined) {
    const others = shortened(needed, (one) => (one.isName ? one.natural : narrow(one)), width);
    if (sum(others) <= width) return withoutOptional(others, claims);
  } else {
    const short = claims.map((one) =>
      one.isName ? { ...one, isName: false, shrinks: true, least: leastName } : one,
    );
    const found = fitted(short, width);
    if (found !== undefined) return found;
  }
  return withoutOptional(shortened(needed, narrow, width), claims);
}

/** The widths with which no column is narrower than its minimum; undefined: there are none, also without optional columns. */
function fitted(claims: readonly ColumnSpec[], width: number): Widths | undefined {
  const least = ({ natural, shrinks, least = 10, isName }: ColumnSpec) =>
    shrinks && !isName ? Math.min(natural, least) : natural;
  const shrunk = shortened(claims, least, width);
  if (sum(shrunk) <= width) return shrunk;
  const extra = claims.findLastIndex((claim) => claim.optional);
  if (extra < 0) return undefined;
  return fitted(claims.toSpliced(extra, 1), width)?.toSpliced(extra, 0, undefined);
}

/** The widths of the columns that are not optional, in the places of all. */
const withoutOptional = (widths: readonly number[], claims: readonly ColumnSpec[]): Widths => {
  const left = widths.values();
  return claims.map(({ optional }) => (optional ? undefined : left.next().value));
};

function shortened(
  claims: readonly ColumnSpec[],
  leastOf: (claim: ColumnSpec) => number,
  width: number,
): readonly number[] {
  const least = claims.map(leastOf);
  const wide = claims.map(({ natural }) => natural);
  for (let over = sum(wide) - width; over > 0; over -= 1) {
    const widest = Math.max(...wide.filter((each, n) => each > (least[n] ?? 0)));
    const at = wide.findIndex((each, n) => each === widest && each > (least[n] ?? 0));
    if (at < 0) break;
    wide[at] = widest - 1;
  }
  return wide;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);
