import type { Chart, ChartEdge, ChartNode } from './chart-data.ts';

/** A state with its parent, its children and its transitions. */
export interface TreeNode {
  readonly node: ChartNode;
  /** The name relative to the parent. */
  readonly name: string;
  readonly parent: TreeNode | undefined;
  readonly children: readonly TreeNode[];
  /** 0 for the machine itself. */
  readonly depth: number;
  /** The transitions from this state. */
  readonly edges: readonly ChartEdge[];
}

export interface Tree {
  readonly root: TreeNode;
  /** In the order of the chart: a parent before its children. */
  readonly all: readonly TreeNode[];
  get(id: string): TreeNode | undefined;
}

/** The states of a chart as a tree. */
export function treeOf({ machine, nodes, edges }: Chart): Tree {
  const byId = new Map<string, TreeNode & { readonly children: TreeNode[] }>();
  for (const node of nodes) {
    const parent = node.parent === null ? undefined : byId.get(node.parent);
    const state = {
      node,
      name: relativeName(node.id, parent?.node.id),
      parent,
      children: [],
      depth: parent ? parent.depth + 1 : 0,
      edges: edges.filter(({ source }) => source === node.id),
    };
    parent?.children.push(state);
    byId.set(node.id, state);
  }
  const [root] = byId.values();
  if (!root) throw new Error(`the chart of ${machine} has no states`);
  return { root, all: [...byId.values()], get: (id) => byId.get(id) };
}

/** A state with a custom id has that id as its name. */
const relativeName = (id: string, parent: string | undefined): string =>
  parent !== undefined && id.startsWith(`${parent}.`) ? id.slice(parent.length + 1) : id;

/** The states from the machine down to this state. */
export function pathOf(state: TreeNode): readonly TreeNode[] {
  return state.parent ? [...pathOf(state.parent), state] : [state];
}
