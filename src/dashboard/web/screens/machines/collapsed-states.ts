import type { ChartData, ChartNode } from './chart-states.ts';

/** The states that hold others, the machine itself aside: what can be closed in a picture. */
export const closable = ({ nodes }: ChartData): readonly string[] =>
  nodes
    .filter(({ id, parent }) => parent !== null && nodes.some((one) => one.parent === id))
    .map(({ id }) => id);

/** Only what somebody is in is open: where a picture begins. */
export const overview = (chart: ChartData, active: ReadonlySet<string>): readonly string[] =>
  outermost(
    chart,
    closable(chart).filter((id) => !active.has(id)),
  );

/** What the address says is closed, as far as this chart has it; undefined: it says nothing. */
export function readClosed(chart: ChartData, word: string | undefined) {
  if (word === undefined) return undefined;
  const named = new Set(word.split(',').map((name) => `${chart.machine}.${name}`));
  return outermost(
    chart,
    closable(chart).filter((id) => named.has(id)),
  );
}

/** As `readClosed` reads it; that nothing is closed is said too. */
export const writeClosed = ({ machine }: ChartData, closed: readonly string[]): string =>
  closed.map((id) => id.slice(machine.length + 1)).join() || '-';

/** Closes what is open, and opens what is closed. */
export const toggled = (closed: readonly string[], id: string): readonly string[] =>
  closed.includes(id) ? closed.filter((one) => one !== id) : [...closed, id];

/** Open enough to see these states. */
export const showing = (closed: readonly string[], shown: ReadonlySet<string>): readonly string[] =>
  closed.filter((id) => ![...shown].some((one) => one.startsWith(`${id}.`)));

/** What is inside another closed one makes no other picture. */
function outermost(chart: ChartData, closed: readonly string[]): readonly string[] {
  const inside = new Set(closed);
  const parents = new Map(chart.nodes.map(({ id, parent }) => [id, parent]));
  const isCovered = (id: string): boolean => {
    const parent = parents.get(id) ?? null;
    return parent !== null && (inside.has(parent) || isCovered(parent));
  };
  return closed.filter((id) => !isCovered(id)).sort();
}

/** What stands for a state in a picture: itself, or the closed one that it is in. */
export function visibleAncestor(closed: readonly string[], id: string): string {
  return closed.find((one) => id.startsWith(`${one}.`)) ?? id;
}

export const nameOf = ({ id }: Pick<ChartNode, 'id'>): string => id.split('.').at(-1) ?? id;
