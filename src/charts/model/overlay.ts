import type { Chart } from './chart.ts';
import { pathOf, treeOf } from './state-tree.ts';

/** What is marked on a picture: where somebody is, what was done last, how often. All by id. */
export interface Overlay {
  /** `one`: a single entity; `fleet`: how many are where; `coverage`: what was never taken stands back. */
  readonly mode: 'one' | 'fleet' | 'coverage';
  /** Active states, with those that hold them: what `activeStates` gives. */
  readonly active?: readonly string[];
  /** The edges that were taken last; several where regions moved at once. */
  readonly last?: readonly string[];
  readonly counts?: {
    readonly nodes?: Readonly<Record<string, number>>;
    readonly edges?: Readonly<Record<string, number>>;
  };
}

/** A state as XState names it. */
type StateValue = string | { readonly [region: string]: StateValue | undefined };

/** The ids of all states that are active in this one, from the machine down; unknown ones are left out. */
export function activeStates(chart: Chart, value: StateValue): readonly string[] {
  const tree = treeOf(chart);
  const found = new Set<string>();
  const enter = (parent: string, within: StateValue): void => {
    const parts =
      typeof within === 'string' ? [[within, undefined] as const] : Object.entries(within);
    for (const [name, inner] of parts) {
      const one = tree
        .get(parent)
        ?.children.find(({ node, name: called }) => called === name || node.id === name);
      if (!one) continue;
      for (const { node } of pathOf(one)) found.add(node.id);
      if (inner !== undefined) enter(one.node.id, inner);
    }
  };
  enter(tree.root.node.id, value);
  return [...found];
}

/** A count as its pill has room for it: `7`, `1.2k`, `15k`, `3.4M`. */
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
