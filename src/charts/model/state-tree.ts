import type { Chart, ChartEdge, ChartNode } from './chart.ts';

/** A state with what is around it. */
export interface TreeNode {
  readonly node: ChartNode;
  /** What it is called where its parent is known. */
  readonly name: string;
  readonly parent: TreeNode | undefined;
  readonly children: readonly TreeNode[];
  /** Of the machine itself: 0. */
  readonly depth: number;
  /** Those that start here. */
  readonly edges: readonly ChartEdge[];
}

export interface Tree {
  readonly root: TreeNode;
  /** In the chart's order: a parent before its children. */
  readonly all: readonly TreeNode[];
  get(id: string): TreeNode | undefined;
}

/** A chart's states as the tree that they are; whatever hangs on nothing hangs on the machine. */
export function treeOf({ machine, nodes, edges }: Chart): Tree {
  const byId = new Map<string, TreeNode & { readonly children: TreeNode[] }>();
  for (const node of nodes) {
    const parent = node.parent === null ? undefined : byId.get(node.parent);
    const one = {
      node,
      name: nameIn(node.id, parent?.node.id),
      parent,
      children: [],
      depth: parent ? parent.depth + 1 : 0,
      edges: edges.filter(({ source }) => source === node.id),
    };
    parent?.children.push(one);
    byId.set(node.id, one);
  }
  const [root] = byId.values();
  if (!root) throw new Error(`the chart of ${machine} has no states`);
  return { root, all: [...byId.values()], get: (id) => byId.get(id) };
}

/** A state with an id of its own is called by that. */
const nameIn = (id: string, parent: string | undefined): string =>
  parent !== undefined && id.startsWith(`${parent}.`) ? id.slice(parent.length + 1) : id;

/** From the machine down to the state itself. */
export function pathOf(one: TreeNode): readonly TreeNode[] {
  return one.parent ? [...pathOf(one.parent), one] : [one];
}
