import type { Chart, ChartEdge } from '../model/chart.ts';
import { type Tree, type TreeNode, treeOf } from '../model/state-tree.ts';
import { labelOf, labelText, type TransitionLabel } from '../model/transition-label.ts';

/** One line of text that stands for transitions: on a line between states, or inside one. */
export interface LabelLine extends TransitionLabel {
  /** More than one only where a collapsed state hides in what they differ. */
  readonly edges: readonly string[];
  readonly description: string | null;
}

/** A state that is drawn. */
export interface Box {
  readonly id: string;
  readonly parent: string | null;
  readonly name: string;
  readonly kind: 'state' | 'compound' | 'parallel' | 'final' | 'history';
  /** One of several that are active at once. */
  readonly region: boolean;
  /** It has states that are not drawn. */
  readonly collapsed: boolean;
  readonly depth: number;
  readonly description: string | null;
  /** What leads from it to itself, or nowhere. */
  readonly rows: readonly InnerLabelLine[];
  /** The box in it that is entered first. */
  readonly initial: string | null;
}

export interface InnerLabelLine extends LabelLine {
  /** It leaves the state and enters it again; else it merely does something. */
  readonly reenters: boolean;
}

/** All that leads from one box to another one. */
export interface DiagramEdge {
  readonly source: string;
  readonly target: string;
  readonly rows: readonly LabelLine[];
}

/** What is to be drawn of a chart, without a place. */
export interface Diagram {
  readonly boxes: readonly Box[];
  readonly lines: readonly DiagramEdge[];
  /** The first state of the machine, where the machine itself is not drawn. */
  readonly initial: string | null;
}

/** A chart with some of its states collapsed; the machine is drawn only where lines start or end at it. */
export function buildDiagram(chart: Chart, collapsed: readonly string[]): Diagram {
  const tree = treeOf(chart);
  const hidden = new Set(collapsed);
  const seen = (id: string): string => {
    const one = tree.get(id);
    return one ? (covering(one, hidden) ?? one).node.id : id;
  };
  const { inner, lines } = arranged(chart, seen);
  const { root } = tree;
  const rootDrawn =
    root.children.length === 0 ||
    inner.has(root.node.id) ||
    lines.some(({ source, target }) => source === root.node.id || target === root.node.id);
  const boxes = tree.all
    .filter((one) => seen(one.node.id) === one.node.id && (one !== root || rootDrawn))
    .map((one) => boxOf(one, { hidden, rootDrawn, seen, rows: inner.get(one.node.id) ?? [] }));
  return { boxes, lines, initial: rootDrawn ? null : firstOf(root, seen) };
}

/** The states that are drawn collapsed where only so many levels are shown. */
export const collapsedBelow = (chart: Chart, depth: number): readonly string[] =>
  treeOf(chart)
    .all.filter((one) => one.depth === depth && one.children.length > 0)
    .map(({ node }) => node.id);

/** The outermost collapsed state that holds this one. */
function covering(one: TreeNode, hidden: ReadonlySet<string>): TreeNode | undefined {
  const above = one.parent && covering(one.parent, hidden);
  return above ?? (one.children.length > 0 && hidden.has(one.node.id) ? one : undefined);
}

function boxOf(
  one: TreeNode,
  context: {
    readonly hidden: ReadonlySet<string>;
    readonly rootDrawn: boolean;
    readonly rows: readonly InnerLabelLine[];
    seen(id: string): string;
  },
): Box {
  const { node, parent } = one;
  const collapsed = one.children.length > 0 && context.hidden.has(node.id);
  const inRoot = parent?.parent === undefined && !context.rootDrawn;
  return {
    id: node.id,
    parent: parent && !inRoot ? parent.node.id : null,
    name: one.name,
    kind: node.kind === 'atomic' ? 'state' : node.kind,
    region: parent?.node.kind === 'parallel',
    collapsed,
    depth: one.depth - (context.rootDrawn ? 0 : 1),
    description: node.description,
    rows: context.rows,
    initial: collapsed ? null : firstOf(one, context.seen),
  };
}

function firstOf({ node }: Tree['root'], seen: (id: string) => string): string | null {
  if (node.initial === null || node.kind !== 'compound') return null;
  const first = seen(node.initial);
  return first === node.id ? null : first;
}

/** Every transition where it is drawn: on a line, in a box, or nowhere. */
function arranged(chart: Chart, seen: (id: string) => string) {
  const inner = new Map<string, InnerLabelLine[]>();
  const lines = new Map<string, { source: string; target: string; rows: LabelLine[] }>();
  for (const edge of chart.edges) {
    const source = seen(edge.source);
    for (const target of new Set(edge.targets.map(seen))) {
      if (target === source) continue;
      const name = JSON.stringify([source, target]);
      const line = lines.get(name) ?? { source, target, rows: [] };
      lines.set(name, line);
      addRow(line.rows, rowOf(edge));
    }
    if (source !== edge.source || !staysAt(edge)) continue;
    const rows = inner.get(source) ?? [];
    inner.set(source, rows);
    addRow(rows, { ...rowOf(edge), reenters: edge.targets.length > 0 });
  }
  return { inner, lines: [...lines.values()] };
}

const staysAt = ({ source, targets }: ChartEdge): boolean =>
  targets.every((target) => target === source);

const rowOf = (edge: ChartEdge): LabelLine => ({
  ...labelOf(edge),
  edges: [edge.id],
  description: edge.description,
});

/** What reads the same is one row. */
function addRow<R extends LabelLine>(rows: R[], row: R): void {
  const same = rows.findIndex((other) => labelText(other) === labelText(row));
  const one = rows[same];
  if (one) rows[same] = { ...one, edges: [...one.edges, ...row.edges] };
  else rows.push(row);
}
