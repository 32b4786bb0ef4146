/** What a column claims of a line that is too short for all. */
export interface ColumnSpec {
  /** What it would take. */
  readonly natural: number;
  /** Gives way first, down to its `least`. */
  readonly shrinks?: boolean;
  readonly least?: number;
  /** Left out where the others do not fit beside it. */
  readonly optional?: boolean;
}

/** Below this a column says nothing any more. */
const narrowest = 8;

/**
 * How wide each column gets, so that all fit; undefined: it is left out.
 *
 * The widest of those that give way are shortened, not below their `least`. Where that is not enough
 * the last extra is left out, and where there is none, all are shortened.
 */
export function columnWidths(
  claims: readonly ColumnSpec[],
  width: number,
): readonly (number | undefined)[] {
  const least = ({ natural, shrinks, least = 10 }: ColumnSpec) =>
    shrinks ? Math.min(natural, least) : natural;
  const shrunk = shortened(claims, least, width);
  if (sum(shrunk) <= width) return shrunk;
  const extra = claims.findLastIndex((claim) => claim.optional);
  if (extra >= 0)
    return columnWidths(claims.toSpliced(extra, 1), width).toSpliced(extra, 0, undefined);
  return shortened(claims, ({ natural }) => Math.min(natural, narrowest), width);
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
