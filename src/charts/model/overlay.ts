import type { Chart } from './chart-data.ts';
import { pathOf, treeOf } from './state-tree.ts';

/** What a picture highlights: active states, last transitions, counts. All by id. */
export interface Overlay {
  /** `one`: a single entity; `fleet`: entities per state; `coverage`: transitions never taken are dimmed. */
  readonly mode: 'one' | 'fleet' | 'coverage';
  /** Active states and their ancestors, from `activeStates`. */
  readonly active?: readonly string[];
  /** The edges taken last: several if an event changed several regions. */
  readonly last?: readonly string[];
  readonly counts?: {
    readonly nodes?: Readonly<Record<string, number>>;
    readonly edges?: Readonly<Record<string, number>>;
  };
}

/** XState's value of a state. */
type StateValue = string | { readonly [region: string]: StateValue | undefined };

/** The ids of the active states, from the machine down. Unknown states are left out. */
export function activeStates(chart: Chart, value: StateValue): readonly string[] {
  const tree = treeOf(chart);
  const found = new Set<string>();
  const enter = (parent: string, childValue: StateValue): void => {
    const parts =
      typeof childValue === 'string'
        ? [[childValue, undefined] as const]
        : Object.entries(childValue);
    for (const [name, inner] of parts) {
      const state = tree
        .get(parent)
        ?.children.find((child) => child.name === name || child.node.id === name);
      if (!state) continue;
      for (const { node } of pathOf(state)) found.add(node.id);
      if (inner !== undefined) enter(state.node.id, inner);
    }
  };
  enter(tree.root.node.id, value);
  return [...found];
}

/** A count in at most four characters: `7`, `1.2k`, `15k`, `3.4M`. */
export function countText(count: number): string {
  if (count < 1000) return String(count);
  for (const [unit, name] of [
    [1000, 'k'],
    [1_000_000, 'M'],
    [1_000_000_000, 'G'],
  ] as const) {
    const scaled = count / unit;
    if (scaled < 9.95) return `${scaled.toFixed(1)}${name}`;
    if (scaled < 999.5) return `${Math.round(scaled)}${name}`;
  }
  return '∞';
}
