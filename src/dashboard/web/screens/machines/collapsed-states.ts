import type { Chart, ChartNode } from '../../../../charts/model/chart-data.ts';

/** The states with inner states, except the machine itself. These can be closed. */
export const closable = ({ nodes }: Chart): readonly string[] =>
  nodes
    .filter(({ id, parent }) => parent !== null && nodes.some((one) => one.parent === id))
    .map(({ id }) => id);

/** The states closed at first: those that no entity is in. */
export const overview = (chart: Chart, active: ReadonlySet<string>): readonly string[] =>
  outermost(
    chart,
    closable(chart).filter((id) => !active.has(id)),
  );

/** The closed states named in the address, if this chart has them. undefined: the address names none. */
export function readClosed(chart: Chart, word: string | undefined) {
  if (word === undefined) return undefined;
  const named = new Set(word.split(',').map((name) => `${chart.machine}.${name}`));
  return outermost(
    chart,
    closable(chart).filter((id) => named.has(id)),
  );
}

/** The text that `readClosed` reads. `-` means that no state is closed. */
export const writeClosed = ({ machine }: Chart, closed: readonly string[]): string =>
  closed.map((id) => id.slice(machine.length + 1)).join() || '-';

/** Closes an open state, opens a closed one. */
export const toggled = (closed: readonly string[], id: string): readonly string[] =>
  closed.includes(id) ? closed.filter((one) => one !== id) : [...closed, id];

/** Opens what hides these states. */
export const showing = (closed: readonly string[], shown: ReadonlySet<string>): readonly string[] =>
  closed.filter((id) => ![...shown].some((one) => one.startsWith(`${id}.`)));

/** Drops states inside another closed one: they do not change the picture. */
function outermost(chart: Chart, closed: readonly string[]): readonly string[] {
  const inside = new Set(closed);
  const parents = new Map(chart.nodes.map(({ id, parent }) => [id, parent]));
  const isCovered = (id: string): boolean => {
    const parent = parents.get(id) ?? null;
    return parent !== null && (inside.has(parent) || isCovered(parent));
  };
  return closed.filter((id) => !isCovered(id)).sort();
}

/** The state itself, or the closed state that contains it. */
export function visibleAncestor(closed: readonly string[], id: string): string {
  return closed.find((one) => id.startsWith(`${one}.`)) ?? id;
}

export const nameOf = ({ id }: Pick<ChartNode, 'id'>): string => id.split('.').at(-1) ?? id;
