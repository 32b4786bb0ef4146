/** Width that a column wants, and how far it can shrink. */
export interface ColumnSpec {
  /** Width of its widest cell. */
  readonly natural: number;
  /** Shrinks first, down to `least`. */
  readonly shrinks?: boolean;
  readonly least?: number;
  /** Left out if the other columns do not fit with it. */
  readonly optional?: boolean;
  /** Names that people copy: narrowed last. */
  readonly isName?: boolean;
}

/** A narrower column is not legible. */
const narrowest = 8;

/**
 * Width of each column so that all fit in `width`; undefined means left out.
 *
 * The widest columns that shrink are narrowed first, down to their `least`. If that is not enough, the
 * last optional column is left out; without an optional column, all columns are narrowed, names last.
 */
export function columnWidths(
  claims: readonly ColumnSpec[],
  width: number,
): readonly (number | undefined)[] {
  const least = ({ natural, shrinks, least = 10, isName }: ColumnSpec) =>
    shrinks && !isName ? Math.min(natural, least) : natural;
  const shrunk = shortened(claims, least, width);
  if (sum(shrunk) <= width) return shrunk;
  const extra = claims.findLastIndex((claim) => claim.optional);
  if (extra >= 0)
    return columnWidths(claims.toSpliced(extra, 1), width).toSpliced(extra, 0, undefined);
  const narrow = (one: ColumnSpec) => Math.min(one.natural, narrowest);
  const others = shortened(claims, (one) => (one.isName ? one.natural : narrow(one)), width);
  return sum(others) <= width ? others : shortened(claims, narrow, width);
}

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
