import type { Chart, ChartEdge } from '../model/chart-data.ts';
import { type TreeNode, treeOf } from '../model/state-tree.ts';
import { labelOf, labelText, type TransitionLabel } from '../model/transition-label.ts';
import { joinEdges } from './join-edges.ts';

/** A line of text for one or more transitions, on an edge or inside a state. */
export interface LabelLine extends TransitionLabel {
  /** Edge ids. More than one if the transitions have the same text, for instance after a collapse. */
  readonly edges: readonly string[];
  readonly description: string | null;
}

/** A state in a picture. */
export interface Box {
  readonly id: string;
  readonly parent: string | null;
  readonly name: string;
  readonly kind: 'state' | 'compound' | 'parallel' | 'final' | 'history';
  /** It is a region of a parallel state. */
  readonly region: boolean;
  /** It has inner states that are not drawn. */
  readonly collapsed: boolean;
  readonly depth: number;
  readonly description: string | null;
  /** Transitions to itself, or without a target. */
  readonly labelLines: readonly InnerLabelLine[];
  /** The box of its initial state. */
  readonly initial: string | null;
}

export interface InnerLabelLine extends LabelLine {
  /** The transition leaves the state and enters it again. Otherwise it only runs actions. */
  readonly reenters: boolean;
}

/** All transitions from one box to another. */
export interface DiagramEdge {
  readonly source: string;
  readonly target: string;
  readonly labelLines: readonly LabelLine[];
}

/** Several states with the same transition to one target: their lines meet at its label, and one line goes on. */
export interface Junction {
  /** The box of which all sources are children. */
  readonly parent: string | null;
  readonly sources: readonly { readonly source: string; readonly edges: readonly string[] }[];
  readonly target: string;
  readonly labelLines: readonly LabelLine[];
}

/** The contents of a picture, without coordinates. */
export interface Diagram {
  readonly boxes: readonly Box[];
  readonly edges: readonly DiagramEdge[];
  readonly junctions: readonly Junction[];
  /** The initial state of the machine, if the machine itself is not drawn. */
  readonly initial: string | null;
}

/** The diagram of a chart. The machine itself is drawn only if edges start or end at it. */
export function buildDiagram(chart: Chart, collapsed: readonly string[]): Diagram {
  const tree = treeOf(chart);
  const collapsedIds = new Set(collapsed);
  const visible = (id: string): string => {
    const state = tree.get(id);
    return state ? (collapsedAncestor(state, collapsedIds) ?? state).node.id : id;
  };
  const { inner, edges } = groupTransitions(chart, visible);
  const { root } = tree;
  const isRootDrawn =
    root.children.length === 0 ||
    inner.has(root.node.id) ||
    edges.some(({ source, target }) => source === root.node.id || target === root.node.id);
  const boxes = tree.all
    .filter((state) => visible(state.node.id) === state.node.id && (state !== root || isRootDrawn))
    .map((state) => {
      const labelLines = inner.get(state.node.id) ?? [];
      return boxOf(state, { collapsedIds, isRootDrawn, visible, labelLines });
    });
  return {
    boxes,
    ...joinEdges(edges, boxes),
    initial: isRootDrawn ? null : initialOf(root, visible),
  };
}

/** The states to collapse if only `depth` levels are drawn. */
export const collapsedBelow = (chart: Chart, depth: number): readonly string[] =>
  treeOf(chart)
    .all.filter((state) => state.depth === depth && state.children.length > 0)
    .map(({ node }) => node.id);

/** The outermost collapsed state that contains this one. */
function collapsedAncestor(state: TreeNode, collapsed: ReadonlySet<string>): TreeNode | undefined {
  const outer = state.parent && collapsedAncestor(state.parent, collapsed);
  return outer ?? (state.children.length > 0 && collapsed.has(state.node.id) ? state : undefined);
}

function boxOf(
  state: TreeNode,
  context: {
    readonly collapsedIds: ReadonlySet<string>;
    readonly isRootDrawn: boolean;
    readonly labelLines: readonly InnerLabelLine[];
    visible(id: string): string;
  },
): Box {
  const { node, parent } = state;
  const collapsed = state.children.length > 0 && context.collapsedIds.has(node.id);
  const isOutermost = parent?.parent === undefined && !context.isRootDrawn;
  return {
    id: node.id,
    parent: parent && !isOutermost ? parent.node.id : null,
    name: state.name,
    kind: node.kind === 'atomic' ? 'state' : node.kind,
    region: parent?.node.kind === 'parallel',
    collapsed,
    depth: state.depth - (context.isRootDrawn ? 0 : 1),
    description: node.description,
    labelLines: context.labelLines,
    initial: collapsed ? null : initialOf(state, context.visible),
  };
}

function initialOf({ node }: TreeNode, visible: (id: string) => string): string | null {
  if (node.initial === null || node.kind !== 'compound') return null;
  const initial = visible(node.initial);
  return initial === node.id ? null : initial;
}

/** Groups the transitions by where they are drawn: on an edge or in a box. */
function groupTransitions(chart: Chart, visible: (id: string) => string) {
  const inner = new Map<string, InnerLabelLine[]>();
  const edges = new Map<string, { source: string; target: string; labelLines: LabelLine[] }>();
  for (const transition of chart.edges) {
    const source = visible(transition.source);
    for (const target of new Set(transition.targets.map(visible))) {
      if (target === source) continue;
      const key = JSON.stringify([source, target]);
      const edge = edges.get(key) ?? { source, target, labelLines: [] };
      edges.set(key, edge);
      addLine(edge.labelLines, labelLineOf(transition));
    }
    if (source !== transition.source || !isInner(transition)) continue;
    const lines = inner.get(source) ?? [];
    inner.set(source, lines);
    addLine(lines, { ...labelLineOf(transition), reenters: transition.targets.length > 0 });
  }
  return { inner, edges: [...edges.values()] };
}

const isInner = ({ source, targets }: ChartEdge): boolean =>
  targets.every((target) => target === source);

const labelLineOf = (edge: ChartEdge): LabelLine => ({
  ...labelOf(edge),
  edges: [edge.id],
  description: edge.description,
});

/** Merges lines with the same text. */
function addLine<L extends LabelLine>(lines: L[], line: L): void {
  const index = lines.findIndex((other) => labelText(other) === labelText(line));
  const same = lines[index];
  if (same) lines[index] = { ...same, edges: [...same.edges, ...line.edges] };
  else lines.push(line);
}
