import type { Judged } from './benchmark.ts';
import type { Summary } from './statistics.ts';

/** A result as a line of the table. */
export interface Line {
  readonly name: string;
  readonly n: string;
  readonly median: string;
  readonly range: string;
  readonly p99: string;
  readonly limit: string;
  readonly reached: boolean;
  readonly floor: string;
}

export const lineOf = (judged: Judged): Line => ({
  name: judged.name,
  n: `${judged.n}`,
  median: `${formatSignificant(judged.median)} ${judged.unit}`,
  range: rangeOf(judged),
  p99: judged.n < 20 ? '' : formatSignificant(judged.p99),
  limit: limitOf(judged),
  reached: judged.reached,
  floor: `${formatSignificant(judged.floor.median)} (${rangeOf(judged.floor)})`,
});

/** The notes below the table: what each row measures, its floor, and additional values. */
export function footnotes(results: readonly Judged[]): readonly string[] {
  return results.map(({ name, what, floor, peer, unit, notes = {} }) => {
    const beside = peer
      ? [`${peer.name} ${formatSignificant(peer.median)} ${unit} (${rangeOf(peer)})`]
      : [];
    const more = Object.entries(notes).map(([note, value]) => `${spaced(note)} ${value}`);
    return [`${name}: ${what}; floor: ${floor.what}`, ...beside, ...more].join('; ');
  });
}

/** A result as JSON. Numbers are in the unit that it names. */
export const documentOf = ({ name, notes, ...judged }: Judged): Record<string, unknown> => {
  const { n, median, min, max, p99, unit, what, limit, reaches, reached, floor, peer } = judged;
  return {
    event: 'row',
    row: name,
    what,
    unit,
    ...rounded({ n, median, min, max, p99 }),
    limit,
    reaches: round(reaches),
    reached,
    floor: { what: floor.what, ...rounded(floor) },
    ...(peer && { peer: { name: peer.name, ...rounded(peer) } }),
    ...(notes && { notes }),
  };
};

function limitOf({ limit, unit, reaches }: Judged): string {
  if (limit.of === 'times-floor') {
    const bound = 'atLeast' in limit ? `≥ ${limit.atLeast}` : limit.atMost;
    return `${bound}× floor (${formatSignificant(reaches)}×)`;
  }
  if ('atLeast' in limit) return `≥ ${formatSignificant(limit.atLeast)} ${unit}`;
  const { of, atMost } = limit;
  return `${formatSignificant(atMost)} ${unit}${of === 'p99' ? ' p99' : ''}`;
}

const rangeOf = ({ min, max }: Summary): string =>
  `${formatSignificant(min)}–${formatSignificant(max)}`;

const spaced = (name: string): string => name.replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`);

/** A number with at most three significant digits. */
export const formatSignificant = (value: number): string =>
  Math.abs(value) >= 100 ? `${Math.round(value)}` : `${Number(value.toPrecision(3))}`;

const round = (value: number): number => Math.round(value * 100) / 100;

const rounded = ({ n, median, min, max, p99 }: Summary): Summary => ({
  n,
  median: round(median),
  min: round(min),
  max: round(max),
  p99: round(p99),
});
