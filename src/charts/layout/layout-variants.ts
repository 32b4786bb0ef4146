/** One way to ask ELK; which is best differs from chart to chart. */
export interface Variant {
  readonly name: string;
  readonly root: Readonly<Record<string, string>>;
  readonly nested: Readonly<Record<string, string>>;
}

/** `considerModelOrder` and the cycle breakers that go by it throw on a nested state: for the root only. */
const cycles = {
  depth: { root: 'DEPTH_FIRST', nested: 'DEPTH_FIRST' },
  model: { root: 'GREEDY_MODEL_ORDER', nested: 'DEPTH_FIRST' },
  greedy: { root: 'GREEDY', nested: 'GREEDY' },
} as const;

const placements = {
  straight: 'NETWORK_SIMPLEX',
  balanced: 'BRANDES_KOEPF',
} as const;

/** Not `STRETCH_WIDTH`, which never returns with nested states. */
const layerings = { short: 'NETWORK_SIMPLEX', long: 'LONGEST_PATH' } as const;

const orders = { ordered: 'NODES_AND_EDGES', free: 'NONE' } as const;

/** The first is the one that always works. */
export const variants: readonly Variant[] = Object.entries(cycles).flatMap(([cycle, breaking]) =>
  Object.entries(placements).flatMap(([placement, placing]) =>
    Object.entries(layerings).flatMap(([layering, layers]) =>
      Object.entries(orders).map(([order, strategy]) => {
        const both = {
          'elk.layered.nodePlacement.strategy': placing,
          'elk.layered.layering.strategy': layers,
          'elk.layered.thoroughness': '20',
        };
        return {
          name: `${cycle}-${placement}-${layering}-${order}`,
          root: {
            ...both,
            'elk.layered.cycleBreaking.strategy': breaking.root,
            'elk.layered.considerModelOrder.strategy': strategy,
          },
          nested: { ...both, 'elk.layered.cycleBreaking.strategy': breaking.nested },
        };
      }),
    ),
  ),
);
