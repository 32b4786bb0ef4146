/** The ids of the active states and their parents: `a.b+a.c` below machine `m` is `m`, `m.a`, `m.a.b`, `m.a.c`. */
export function activeIds(machine: string, state: string): ReadonlySet<string> {
  const ids = new Set([machine]);
  for (const leaf of state.split('+')) {
    let id = machine;
    for (const part of leaf.split('.')) {
      id = `${id}.${part}`;
      ids.add(id);
    }
  }
  return ids;
}

/** The number of entities in each state, parents included. */
export function occupants(
  machine: string,
  states: readonly string[],
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const state of states) {
    for (const id of activeIds(machine, state)) counts[id] = (counts[id] ?? 0) + 1;
  }
  return counts;
}

/** A count in at most four characters. */
export function shortCount(count: number): string {
  if (count < 1000) return String(count);
  for (const [unit, name] of [
    [1000, 'k'],
    [1_000_000, 'M'],
  ] as const) {
    const scaled = count / unit;
    if (scaled < 9.95) return `${scaled.toFixed(1)}${name}`;
    if (scaled < 999.5) return `${Math.round(scaled)}${name}`;
  }
  return '∞';
}
